--- `os2 status`: what it shows, what it calls wrong, and what it asks for that.
local json = require("os2.json")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local IMAGE <const> = "r/p/os2:20260112-080000-g1a2b3c4d5e-c0123456789ab-19999999"

describe("status", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function() world:reset() end)

  local function seed(name, createdAt, set)
    set = set or {}
    set.imageName = set.imageName or IMAGE
    world:control("POST", "seed", { name = name, createdAt = createdAt, set = set })
  end

  local function status(words, changes)
    return world:run({ "status", table.unpack(words or {}) }, changes)
  end

  local function document(words, changes)
    local ran = status({ "--json", table.unpack(words or {}) }, changes)
    assert.equal(0, ran.code, ran.stderr)
    return json.decode(ran.stdout), ran
  end

  local function assert_wrong(found, ...)
    local words = json.encode(found.problems)
    for _, wanted in ipairs{ ... } do assert.truthy(words:find(wanted, 1, true), words) end
  end

  local function fill()
    for day = 10, 16 do
      seed(("%s202601%d-080000"):format(PREFIX, day), ("2026-01-%dT08:00:00Z"):format(day))
    end
    world:control("POST", "seed-sandboxes", { count = 3, name = "a-{n}", set = {
      snapshot = PREFIX .. "20260116-080000" } })
    world:control("POST", "seed-sandboxes", { count = 1, name = "b-{n}", set = {
      snapshot = PREFIX .. "20260110-080000" } })
  end

  it("shows all of an environment with three requests", function()
    fill()
    world:run{ "resolve" }
    world:control("DELETE", "requests")
    local found = document()
    local _, total = world:requests()
    assert.equal(3, total)
    assert.same({}, found.problems)
    assert.same({}, found.unknown)
    assert.equal("full", found.key.name)
    assert.equal(0, found.clock_offset)
    assert.equal(PREFIX .. "20260116-080000", found.latest)
    assert.equal(5, #found.snapshots)
    assert.same({ "latest" }, found.snapshots[1].marks)
    assert.same({ 3, 0 }, { found.snapshots[1].machines, found.snapshots[2].machines })
    assert.same({ total = 4, whole = true, by_snapshot = {
      { snapshot = PREFIX .. "20260116-080000", count = 3 },
      { snapshot = PREFIX .. "20260110-080000", count = 1 },
    } }, found.machines)
    assert.same({ found.latest, "fresh" }, { found.cache[1].name, found.cache[1].state })
    local ran = status()
    assert.equal(0, ran.code, ran.stderr)
    for _, words in ipairs{ "key          'full'", "clock        as Daytona's", "wrong        nothing",
      "machines     4: 3 of " .. PREFIX .. "20260116-080000", "3 machines" } do
      assert.truthy(ran.stdout:find(words, 1, true), ran.stdout)
    end
  end)

  it("says for what is wrong what mends it", function()
    seed(PREFIX .. "20260112-080000", "2026-01-12T08:00:00Z", { state = "inactive" })
    seed(PREFIX .. "20260111-080000", "2026-01-11T08:00:00Z", { state = "error", errorReason = "x" })
    local found = document({}, { DAYTONA_API_KEY = "dtn_test_key_read",
      DAYTONA_SNAPSHOT_PIN = PREFIX .. "20260101-000000" })
    assert_wrong(found, "lacks write:snapshots", "does not exist", "unset DAYTONA_SNAPSHOT_PIN",
      "no usable snapshot", "os2 snapshot activate " .. PREFIX .. "20260112-080000",
      "os2 snapshot delete " .. PREFIX .. "20260111-080000")
    assert.same({ PREFIX .. "20260111-080000" }, found.orphans)
    assert_wrong(document({ "--prefix", "nobody--" }), "no usable snapshot", '"os2 snapshot --prefix nobody--"')
  end)

  it("finds a cached answer that is not the newest any more", function()
    seed(PREFIX .. "20260111-080000", "2026-01-11T08:00:00Z")
    world:run{ "resolve" }
    seed(PREFIX .. "20260112-080000", "2026-01-12T08:00:00Z")
    assert_wrong(document(), "the cache answers " .. PREFIX .. "20260111-080000",
      "os2 resolve --refresh")
  end)

  it("tells nothing of another account's cached answers of the prefix", function()
    seed(PREFIX .. "20260111-080000", "2026-01-11T08:00:00Z")
    world:run{ "resolve" }
    seed(PREFIX .. "20260112-080000", "2026-01-12T08:00:00Z")
    for _, changes in ipairs{ { DAYTONA_API_KEY = "dtn_test_key_read" }, { DAYTONA_TARGET = "us" } } do
      local found = document({}, changes)
      assert.same({}, found.cache)
      assert.is_nil(json.encode(found.problems):find("the cache answers", 1, true))
    end
    assert.equal(PREFIX .. "20260111-080000", document().cache[1].name)
  end)

  it("shows what is being made, and a pin", function()
    world:control("POST", "config", { timetable = { pending = 60000 } })
    seed(PREFIX .. "20260111-080000", "2026-01-11T08:00:00Z")
    local now = os.time()
    seed(PREFIX .. os.date("!%Y%m%d-%H%M%S", now), os.date("!%Y-%m-%dT%H:%M:%SZ", now),
      { state = "pending" })
    local found = document({}, { DAYTONA_SNAPSHOT_PIN = PREFIX .. "20260111-080000" })
    assert.equal(1, #found.in_flight)
    assert.same({ name = PREFIX .. "20260111-080000", state = "active" }, found.pin)
    assert.same({}, found.problems)
  end)

  it("tells by how much the clock differs", function()
    local answer = { name = "full", permissions = { "write:snapshots" } }
    for seconds, words in pairs{ [-1000] = "ahead of Daytona's", [1000] = "behind Daytona's" } do
      world:control("POST", "faults", { match = { path = "api-keys" }, times = 0, action = {
        type = "status", status = 200, body = answer,
        headers = { date = os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + seconds) } } })
      local found, ran = document()
      assert.is_true(math.abs(found.clock_offset + seconds) < 300, ran.stdout)
      assert_wrong(found, words)
      world:control("DELETE", "faults")
    end
  end)

  it("says what cannot be had, and shows the rest", function()
    seed(PREFIX .. "20260112-080000", "2026-01-12T08:00:00Z")
    world:control("POST", "faults", { match = { path = "api-keys" }, times = 0,
      action = { type = "status", status = 403, body = { message = "Access denied" } } })
    local found = document({}, { DOCKER_HOST = "unix:///nowhere" })
    assert.equal(PREFIX .. "20260112-080000", found.latest)
    local unknown = {}
    for _, row in ipairs(found.unknown) do unknown[row.what] = row.why end
    assert.truthy(unknown.key:find("Access denied", 1, true))
    assert.truthy(unknown.engine:find("no Docker engine answers", 1, true))
    assert_wrong(found, "Access denied", "systemctl start docker")
  end)

  it("waits for no part longer than its deadline", function()
    seed(PREFIX .. "20260112-080000", "2026-01-12T08:00:00Z")
    world:write("policy.lua", [[
policy.api(1)
policy.override("timeouts.status", function(_, facts)
  return facts.part == "machines" and 0.5 or 60
end)
]])
    world:control("POST", "faults", { match = { path = "/sandbox" }, times = 0,
      action = { type = "slow", ms = 30000 } })
    local found = document({}, { OS2_POLICY = "policy.lua" })
    assert.equal(PREFIX .. "20260112-080000", found.latest)
    assert_wrong(found, "machines: not done within 0.5 s", "timeouts.status")
  end)

  it("goes on without a key, a prefix, or a policy file that can be read", function()
    world:write("policy.lua", "policy.api(1)\npolicy.set('no.such', 1)\n")
    local found = document({}, { DAYTONA_API_KEY = false, DAYTONA_SNAPSHOT_PREFIX = false,
      OS2_POLICY = "policy.lua" })
    assert_wrong(found, "DAYTONA_API_KEY is not set", "no snapshot prefix is set", "no.such")
    assert.is_nil(found.snapshots)
  end)

  it("counts no more machines than the policy says", function()
    fill()
    world:write("policy.lua", 'policy.api(1)\npolicy.set("status.machines", 2)\n')
    local found = document({}, { OS2_POLICY = "policy.lua" })
    assert.same({ 2, false }, { found.machines.total, found.machines.whole })
  end)

  it("asks no API for the local engine", function()
    local found = document({ "--provider", "docker" }, { DAYTONA_API_KEY = false })
    local _, total = world:requests()
    assert.equal(0, total)
    assert.is_nil(found.key)
    assert_wrong(found, "os2 snapshot --provider docker")
  end)
end)
