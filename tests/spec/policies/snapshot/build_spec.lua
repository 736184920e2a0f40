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

  it("repeat a build whose image another run removed, four times at most", function()
    local function again(message, attempt)
      return policy.ask("snapshot.build_again", { err = { kind = "invalid", message = message }, attempt = attempt })
    end
    for _, message in ipairs{
      "failed to get digest sha256:4f: open /var/lib/docker/image/4f: no such file or directory",
      "No such image: sha256:4f", "failed to export image: layer does not exist",
      'step 2/9 (COPY . /): unable to find image "sha256:4f"',
      "push r:1/os2:a: tag does not exist: r:1/os2:a",
      "push r:1/os2:a: An image does not exist locally with the tag: r:1/os2",
    } do
      assert.is_true(again(message, 1), message)
      assert.is_true(again(message, 3), message)
      assert.is_false(again(message, 4), message)
    end
    for _, message in ipairs{ "COPY failed: no such file or directory", "No such image: base:1",
      "unable to find image 'base:1' locally", "" } do
      assert.is_false(again(message, 1), message)
    end
  end)
end)
