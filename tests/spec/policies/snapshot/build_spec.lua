--- How the builder is asked to build.
local policy = require("os2.policy")

describe("the policies of a build", function()
  after_each(function() policy.reset() end)

  it("are the builder's own defaults", function()
    assert.equal("", policy.ask("snapshot.target"))
    assert.is_false(policy.ask("snapshot.no_cache"))
    assert.is_false(policy.ask("snapshot.pull"))
    assert.same({}, policy.ask("snapshot.cache_from"))
    assert.same({}, policy.ask("snapshot.hosts"))
    assert.equal("default", policy.ask("snapshot.network"))
    assert.equal("linux/amd64", policy.ask("snapshot.platform"))
  end)

  it("take what Docker's --add-host takes", function()
    for _, host in ipairs{ "db:10.0.0.1", "db:::1", "db:fe80::1", "db:host-gateway" } do
      policy.set("snapshot.hosts", { host })
      assert.same({ host }, policy.ask("snapshot.hosts"))
    end
    for _, host in ipairs{ "db", "db:", ":10.0.0.1", "db:10.0.0.256", "db:10.0.0", "d b:10.0.0.1" } do
      assert.has_error(function() policy.set("snapshot.hosts", { host }) end)
    end
  end)

  it("take a network by its name, and no empty image as a cache", function()
    assert.has_error(function() policy.set("snapshot.network", "bridge") end)
    assert.has_error(function() policy.set("snapshot.cache_from", { "" }) end)
  end)
end)
