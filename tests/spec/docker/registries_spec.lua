--- Which credentials the engine is told when it asks for them in a build.
local client = require("os2.docker.client")
local dockerfile = require("os2.docker.dockerfile")
local fixture = require("tests.lib.docker_fixture")
local json = require("os2.json")
local policy = require("os2.policy")
local registries = require("os2.docker.registries")
local temporary = require("tests.lib.temporary")

describe("os2.docker.registries", function()
  local here
  local ask = policy.ask

  before_each(function()
    here = fixture.open()
    here.variables.DOCKER_CONFIG = here.directory .. "/config"
    local auths = { ["https://index.docker.io/v1/"] = { auth = "aHViOng=" } } -- hub:x
    for _, host in ipairs{ "named.io", "other.io", "cache.io" } do auths[host] = { auth = "bWU6eA==" } end -- me:x
    auths["token.io"] = { identitytoken = "tok" }
    temporary.write(here.variables.DOCKER_CONFIG .. "/config.json", json.encode{ auths = auths })
    client.forget()
  end)

  after_each(function()
    policy.ask = ask
    here:close()
  end)

  -- What the engine is told of a host: "username:secret".
  local function told(registry, host)
    local answer
    registry:answer({ answer = function(_, id, username, secret)
      answer = ("%d %s:%s"):format(id, username, secret)
    end }, { id = 7, host = host })
    return answer
  end

  it("are told for what the Dockerfile names, and for nothing else", function()
    local registry = registries.new(dockerfile.read("ARG H=named.io\nFROM $H/a\nCOPY --from=token.io/x /a /b\n"))
    assert.equal("7 me:x", told(registry, "named.io"))
    assert.equal("7 :tok", told(registry, "token.io"))
    assert.equal("7 :", told(registry, "other.io"))
    assert.equal("7 :", told(registry, "registry-1.docker.io"))
    assert.same({ "other.io", "registry-1.docker.io" }, registry.refused)
  end)

  it("are told under each name of Docker Hub", function()
    local registry = registries.new(dockerfile.read("FROM debian:12\n"))
    for _, host in ipairs{ "docker.io", "index.docker.io", "registry-1.docker.io" } do
      assert.equal("7 hub:x", told(registry, host))
    end
    assert.equal("7 :", told(registry, "named.io"))
  end)

  it("are told for what the build arguments make of it, and for the cache", function()
    local file = dockerfile.read("ARG H=named.io\nFROM $H/a\n", { args = { H = "other.io" } })
    local registry = registries.new(file, { "cache.io/a:1" })
    assert.equal("7 me:x", told(registry, "other.io"))
    assert.equal("7 me:x", told(registry, "cache.io"))
    assert.equal("7 :", told(registry, "named.io"))
  end)

  it("are told to a foreign front end, and where a policy says so", function()
    assert.equal("7 me:x", told(registries.new(dockerfile.read("# syntax=me/front\nFROM a\n")), "other.io"))
    local plain = registries.new(dockerfile.read("# syntax=docker/dockerfile:1\nFROM a\n"))
    assert.equal("7 :", told(plain, "other.io"))
    policy.ask = function() return true end
    assert.equal("7 me:x", told(plain, "other.io"))
  end)
end)
