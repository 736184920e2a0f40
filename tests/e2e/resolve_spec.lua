--- scripts/resolve.lua against the stand-in: what it asks, what it takes, what it keeps.
local fs = require("os2.fs")
local proc = require("os2.proc")
local resolving = require("tests.lib.resolving")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX

describe("resolve", function()
  local shared, world = resolving.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local seed, resolve, resolve_json, asked, fault =
    shared.seed, shared.resolve, shared.resolve_json, shared.asked, shared.fault

  it("prints the newest usable one and nothing else", function()
    seed(PREFIX .. "20260111-193045", { createdAt = "2026-01-11T19:30:45Z" })
    seed(PREFIX .. "20260112-080000", { createdAt = "2026-01-12T08:00:00Z" })
    local ran = resolve()
    assert.equal(0, ran.code)
    assert.equal(PREFIX .. "20260112-080000\n", ran.stdout)
    assert.equal("", ran.stderr)
  end)

  it("passes over what is not one's own, not of the prefix, no time, or not usable", function()
    seed(PREFIX .. "20260111-193045", { createdAt = "2026-01-11T19:30:45Z" })
    local later = "2026-02-01T00:00:00Z"
    seed("my-" .. PREFIX .. "20260201-000000", { createdAt = later })
    seed(PREFIX:upper() .. "20260201-000000", { createdAt = later })
    seed(PREFIX .. "20260231-000000", { createdAt = later })
    seed(PREFIX .. "latest", { createdAt = later })
    seed(PREFIX .. "20260202-000000", { createdAt = later, set = { state = "error" } })
    seed(PREFIX .. "20260203-000000", { createdAt = later, set = { general = true } })
    local document = resolve_json()
    assert.equal(PREFIX .. "20260111-193045", document.name)
    local passed = 0
    for _, count in pairs(document.passed) do passed = passed + count end
    assert.equal(6, passed)
    assert.equal(1, document.passed["state error"])
    assert.equal(1, document.passed.shared)
  end)

  it("takes wildcards in a prefix for what they are", function()
    seed("a_b--20260111-193045")
    seed("axb--20260112-193045")
    assert.equal("a_b--20260111-193045\n", resolve("--prefix", "a_b--").stdout)
    local query = world:control("GET", "requests").requests[1].query
    assert.equal("a\\_b--", query.name)
  end)

  it("takes what was created last, and warns when the names say otherwise", function()
    seed(PREFIX .. "20260111-193045", { createdAt = "2026-01-11T19:30:45Z" })
    seed(PREFIX .. "20260111-193046", { createdAt = "2026-01-11T19:30:40Z" })
    local document, ran = resolve_json()
    assert.equal(PREFIX .. "20260111-193045", document.name)
    assert.equal(1, #document.warnings)
    assert.truthy(ran.stderr:find("warning", 1, true))
  end)

  it("asks once among 10 000 snapshots", function()
    seed(PREFIX .. "{time}", { count = 10000, createdAt = "2025-01-01T00:00:00Z" })
    assert.equal(PREFIX .. "20250101-024639\n", resolve().stdout)
    assert.equal(1, asked())
  end)

  it("asks for the next page only when the first holds no match", function()
    seed(PREFIX .. "20240101-000000", { createdAt = "2024-01-01T00:00:00Z" })
    seed(PREFIX .. "{time}", { count = 150, createdAt = "2025-01-01T00:00:00Z",
      set = { state = "inactive" } })
    local document = resolve_json()
    assert.equal(PREFIX .. "20240101-000000", document.name)
    assert.equal(2, asked())
    assert.equal(150, document.passed["state inactive"])
  end)

  it("keeps the answer, with its age, until asked anew", function()
    seed(PREFIX .. "20260111-193045", { createdAt = "2026-01-11T19:30:45Z" })
    assert.is_false(resolve_json().cached)
    seed(PREFIX .. "20260112-193045", { createdAt = "2026-01-12T19:30:45Z" })
    local document = resolve_json()
    assert.is_true(document.cached)
    assert.equal("number", type(document.age))
    assert.equal(PREFIX .. "20260111-193045", document.name)
    assert.equal(1, asked())
    assert.equal(PREFIX .. "20260112-193045\n", resolve("--refresh").stdout)
    assert.equal(PREFIX .. "20260112-193045\n", resolve("--fresh").stdout)
    assert.equal(3, asked())
  end)

  it("loads no libcurl for a cached answer", function()
    seed(PREFIX .. "20260111-193045")
    resolve()
    local ran = world:run({ "resolve" }, { LD_DEBUG = "files" })
    assert.equal(0, ran.code)
    assert.truthy(ran.stderr:find("libc.so", 1, true))
    assert.is_nil(ran.stderr:find("libcurl", 1, true))
    assert.is_nil(ran.stderr:find("libos2http", 1, true))
  end)

  it("keeps answers of different keys, organizations and policies apart", function()
    seed(PREFIX .. "20260111-193045", { set = { regionIds = { "us", "eu" } } })
    resolve()
    world:write("policy.lua", "policy.api(1)\npolicy.set('resolution.limit', 7)\n")
    for _, changes in ipairs{
      { DAYTONA_API_KEY = "dtn_test_key_read" }, { DAYTONA_ORGANIZATION_ID = "other" },
      { DAYTONA_TARGET = "eu" }, { OS2_POLICY = "policy.lua" },
    } do
      assert.equal(0, world:run({ "resolve" }, changes).code)
    end
    assert.equal(5, asked())
  end)

  it("keeps answers apart by what a function of a policy reads", function()
    seed(PREFIX .. "20260111-193045", { createdAt = "2026-01-11T19:30:45Z" })
    seed(PREFIX .. "20260112-193045", { createdAt = "2026-01-12T19:30:45Z" })
    world:write("policy.lua", [[
policy.api(1)
policy.set("cache.variables", { "CANARY" })
policy.override("resolution.pick", function(base, facts)
  if facts.env.CANARY then return base() end
  facts.snapshots = { facts.snapshots[2] }
  return base(facts)
end)
]])
    local function with(canary)
      return world:run({ "resolve" }, { OS2_POLICY = "policy.lua", CANARY = canary }).stdout
    end
    for _ = 1, 2 do
      assert.equal(PREFIX .. "20260111-193045\n", with(false))
      assert.equal(PREFIX .. "20260112-193045\n", with("1"))
    end
    assert.equal(2, asked())
  end)

  it("asks once for 100 processes at once", function()
    seed(PREFIX .. "20260111-193045")
    local numbers = {}
    for number = 1, 100 do numbers[number] = number end
    for _, outcome in ipairs(task.map(numbers, function() return resolve() end)) do
      assert.equal(0, outcome.value.code)
      assert.equal(PREFIX .. "20260111-193045\n", outcome.value.stdout)
    end
    assert.equal(1, asked())
  end)

  it("waits for no asker that was killed", function()
    seed(PREFIX .. "20260111-193045")
    world:control("POST", "faults", { times = 1, action = { type = "slow", ms = 30000 } })
    local asker <close> = world:spawn{ "resolve" }
    while asked() == 0 do task.sleep(0.02) end
    local outcomes = task.map({ 1, 2 }, function(index)
      if index == 1 then return resolve() end
      task.sleep(0.3)
      asker:kill(proc.signals.KILL)
    end)
    local ran = outcomes[1].value
    assert.equal(PREFIX .. "20260111-193045\n", ran.stdout)
    assert.equal(2, asked())
  end)

  it("gives the waiters a failed asker's error", function()
    fault{ type = "status", status = 401, body = { message = "Invalid credentials" } }
    -- longer than 20 processes take to start, on whatever machine
    world:write("policy.lua", 'policy.api(1)\npolicy.set("cache.error_ttl", 60)\n')
    local numbers = {}
    for number = 1, 20 do numbers[number] = number end
    for _, outcome in ipairs(task.map(numbers, function()
      return world:run({ "resolve" }, { OS2_POLICY = "policy.lua" })
    end)) do
      assert.equal(7, outcome.value.code)
      assert.truthy(outcome.value.stderr:find("Invalid credentials", 1, true))
    end
    assert.equal(1, asked())
  end)

  it("answers with a stale one, loudly, when the API is unavailable", function()
    seed(PREFIX .. "20260111-193045")
    resolve()
    fault{ type = "html", status = 500 }
    local document, ran = resolve_json("--refresh")
    assert.equal(0, ran.code)
    assert.is_true(document.stale)
    assert.truthy(ran.stderr:find("STALE", 1, true))
    assert.equal(75, resolve("--fresh").code)
  end)

  it("answers with a stale one when nothing listens", function()
    seed(PREFIX .. "20260111-193045")
    resolve()
    fault{ type = "reset" }
    assert.is_true(resolve_json("--refresh").stale)
  end)

  it("never hides 401, 403, 404 and 429 behind a stale one", function()
    seed(PREFIX .. "20260111-193045")
    for status, code in pairs{ [401] = 7, [403] = 7, [404] = 4, [429] = 75 } do
      world:control("DELETE", "faults")
      resolve("--fresh")
      fault{ type = "status", status = status, body = { message = "no" },
        headers = { ["Retry-After"] = "3600" } }
      local ran = resolve("--refresh")
      assert.equal(code, ran.code, "status " .. status)
      assert.equal("", ran.stdout)
    end
  end)

  it("tries again after a passing failure", function()
    seed(PREFIX .. "20260111-193045")
    world:control("POST", "faults", { times = 1, action = { type = "html", status = 502 } })
    assert.equal(0, resolve().code)
    assert.equal(2, asked())
  end)

  it("says a long pause before it makes one", function()
    seed(PREFIX .. "20260111-193045")
    world:control("POST", "faults", { times = 1, action = { type = "throttled", seconds = 1 } })
    world:write("policy.lua", 'policy.api(1)\npolicy.set("retry.said_from", 1)\n')
    local ran = world:run({ "resolve" }, { OS2_POLICY = "policy.lua" })
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("429 [^\n]+; trying again in 1.0 s"), ran.stderr)
    assert.equal(2, asked())
  end)

  it("says with code 4 that there is none, how many were passed over, and the way on", function()
    seed(PREFIX .. "20260111-193045", { set = { state = "error" } })
    local ran = resolve()
    assert.equal(4, ran.code)
    assert.equal("", ran.stdout)
    for _, words in ipairs{ PREFIX, "1 candidate passed over", "state error", "os2 snapshot" } do
      assert.truthy(ran.stderr:find(words, 1, true), words)
    end
    assert.equal(1, select(2, ran.stderr:gsub("\n", "")))
  end)

  it("stops with the error that resolution.pick answers instead of one", function()
    seed(PREFIX .. "20260111-193045")
    world:write("policy.lua", [[
policy.api(1)
policy.override("resolution.pick", function()
  return nil, require("os2.err").new{ kind = "conflict", op = "acme", message = "frozen" }
end)
]])
    local ran = world:run({ "resolve" }, { OS2_POLICY = "policy.lua" })
    assert.equal(6, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("frozen", 1, true))
  end)

  it("refuses a pin that is no name", function()
    for pin, word in pairs{ ["dev--1\n"] = "a line break", ["dev 1"] = "' '" } do
      local ran = world:run({ "resolve" }, { DAYTONA_SNAPSHOT_PIN = pin })
      assert.equal(3, ran.code, ran.stderr)
      assert.equal("", ran.stdout)
      assert.equal(1, select(2, ran.stderr:gsub("\n", "")), ran.stderr)
      assert.truthy(ran.stderr:find("DAYTONA_SNAPSHOT_PIN", 1, true))
      assert.truthy(ran.stderr:find(word, 1, true), ran.stderr)
    end
  end)

  it("survives a cache that is torn or cannot be written", function()
    seed(PREFIX .. "20260111-193045")
    resolve()
    local directory = world.directory .. "/cache/os2"
    for _, name in ipairs(fs.list(directory)) do
      if name:match("%.json$") then fs.write_atomic(directory .. "/" .. name, "{\"torn") end
    end
    assert.equal(0, resolve().code)
    assert.equal(2, asked())
    local ran = world:run({ "resolve" }, { XDG_CACHE_HOME = "/proc/nowhere" })
    assert.equal(0, ran.code)
    assert.equal(PREFIX .. "20260111-193045\n", ran.stdout)
  end)
end)
