--- scripts/snapshot.lua where nothing has changed, and where a newer snapshot is there.
local docker = require("os2.docker")
local json = require("os2.json")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local CREATE <const> = "POST /api/snapshots"
local ACCESS <const> = "GET /api/docker-registry/registry-push-access"

describe("snapshot --if-changed", function()
  local world

  setup(function() world = worlds.start{ registry = "password" } end)
  teardown(function() if world then world:stop() end end)
  before_each(function()
    world:reset()
    world:write("sandbox/Dockerfile", "FROM scratch\nCOPY hello /hello\nENTRYPOINT [\"/hello\"]\n")
  end)

  -- Of runs in one second the second one's name moves on, and would be newer than the third one's.
  local function snapshot(...)
    local ran = world:run({ "snapshot", "--json", "--on-newer", "publish", ... })
    assert.equal(0, ran.code, ran.stderr)
    return json.decode(ran.stdout), ran
  end

  it("makes none, prints the newest one's name, and asks three times at most", function()
    local first = snapshot()
    task.sleep(1.1) -- a name of the same second is taken, which is found out by one more request
    assert.matches("^%x+$", first.content)
    assert.equal(12, #first.content)
    world:control("DELETE", "requests")
    local second, ran = snapshot("--if-changed")
    assert.same({ first.name, first.id, true, first.content, first.digest },
      { second.name, second.id, second.reused, second.content, second.digest })
    local counts, total = world:requests()
    assert.is_nil(counts[CREATE])
    assert.is_nil(counts[ACCESS])
    assert.truthy(total <= 3, ran.stderr)
  end)

  it("pushes nothing with --also either, and says so", function()
    snapshot()
    local second, ran = snapshot("--if-changed", "--also", "127.0.0.1:1/mine")
    assert.is_true(second.reused)
    assert.matches("nothing was pushed to 127.0.0.1:1/mine (--also)", ran.stderr, 1, true)
  end)

  it("makes one where content or size has changed", function()
    local first = snapshot()
    world:write("hello", "other")
    local second = snapshot("--if-changed")
    assert.is_false(second.reused)
    assert.not_equal(first.content, second.content)
    assert.not_equal(second.name, snapshot("--if-changed", "--cpu", "3").name)
  end)

  it("makes one all the same without the option, and says so", function()
    local first = snapshot()
    local second, ran = snapshot()
    assert.not_equal(first.name, second.name)
    assert.equal(first.content, second.content)
    assert.matches(first.name .. " has the same content", ran.stderr, 1, true)
  end)

  it("tells commit and content by the name of the pushed image", function()
    local made = snapshot()
    assert.matches("-c" .. made.content .. "-", made.image, 1, true)
  end)

  it("does the same on this machine", function()
    local first = snapshot("--provider", "docker")
    local second = snapshot("--provider", "docker", "--if-changed")
    assert.same({ first.name, true }, { second.name, second.reused })
    docker.untag(first.name .. ":snapshot")
  end)

  it("takes a newer one as its result with --on-newer skip", function()
    world:control("POST", "seed", { name = worlds.PREFIX .. "20260112-000000" })
    local made = snapshot("--name", worlds.PREFIX .. "20260111-000000", "--on-newer", "skip")
    assert.same({ worlds.PREFIX .. "20260112-000000", true }, { made.name, made.skipped })
    assert.is_nil(world:requests()[CREATE])
    local ran = world:run{ "snapshot", "--name", worlds.PREFIX .. "20260111-000000" }
    assert.equal(6, ran.code, ran.stderr)
    made = snapshot("--name", worlds.PREFIX .. "20260111-000000", "--on-newer", "publish")
    assert.equal(worlds.PREFIX .. "20260111-000000", made.name)
  end)
end)
