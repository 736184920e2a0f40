--- scripts/doctor.lua: what it sees, and the exit code of the first thing that is wrong.
local json = require("os2.json")
local worlds = require("tests.lib.world")

describe("doctor", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function() world:reset() end)

  local function doctor(changes)
    local ran = world:run({ "doctor" }, changes)
    return ran, json.decode(world:run({ "doctor", "--json" }, changes).stdout)
  end

  local function finding(document, name)
    for _, found in ipairs(document.findings) do
      if found.name == name then return found end
    end
  end

  it("finds all well", function()
    world:write("policy.lua", "policy.api(1)\npolicy.set('cache.ttl', 60)\n")
    local ran, document = doctor{ OS2_POLICY = "policy.lua" }
    assert.equal(0, ran.code, ran.stdout .. ran.stderr)
    assert.is_true(document.ok)
    for _, words in ipairs{ "docker ", "'full', permissions: write:snapshots", "prefix " .. worlds.PREFIX,
      "set cache.ttl", "sandbox/Dockerfile" } do
      assert.truthy(ran.stdout:find(words, 1, true), words .. " in " .. ran.stdout)
    end
    assert.is_nil(ran.stdout:find("dtn_test_key_full", 1, true))
  end)

  it("goes on after what is wrong, and ends with its code", function()
    local ran, document = doctor{ DOCKER_HOST = "unix:///nowhere/docker.sock",
      DAYTONA_SNAPSHOT_PREFIX = "dev" }
    assert.equal(75, ran.code)
    assert.is_false(document.ok)
    assert.equal(75, document.error.exit)
    assert.is_false(finding(document, "engine").ok)
    assert.is_false(finding(document, "environment").ok)
    assert.is_true(finding(document, "key").ok)
  end)

  it("says that there is no key", function()
    local ran, document = doctor{ DAYTONA_API_KEY = false }
    assert.equal(3, ran.code)
    assert.truthy(finding(document, "key").words:find("--provider docker", 1, true))
  end)
end)
