--- Waits that are told of changes: how many requests they take, and that they end right whatever
--- happens to the events. At a stand-in whose gateway is npm's socket.io.
local hostile = require("tests.lib.hostile")
local json = require("os2.json")
local worlds = require("tests.lib.world")

local SNAPSHOT <const> = worlds.PREFIX .. "20261101-100000"
-- Milliseconds that a state lasts: so long that looking at intervals alone comes late.
local STATE_MS <const> = 200

-- Two of them, others at each run.
local function some_of(faults)
  local names, some = {}, {}
  for name in pairs(faults) do names[#names + 1] = name end
  for _ = 1, 2 do
    local name = table.remove(names, math.random(#names))
    some[name] = faults[name]
  end
  return some
end

describe("waits", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)

  before_each(function()
    world:reset()
    world:control("POST", "config", {
      timetable = {
        creating = STATE_MS, starting = STATE_MS, stopping = STATE_MS, archiving = STATE_MS,
        destroying = STATE_MS, pending = 50, pulling = STATE_MS,
      },
      createWait = 10, activationCooldown = 0,
    })
    world:control("POST", "seed", { name = SNAPSHOT, createdAt = "2026-11-01T10:00:00Z" })
  end)

  local function gateway(faults) return world:control("POST", "gateway", faults) end

  local BESIDE <const> = 'policy.set("wait.beside", 30)\n'
  -- For tests that count looks: none comes by the time that a slow machine takes.
  local TOLD <const> = BESIDE .. 'policy.set("poll.first", 30)\npolicy.set("poll.longest", 30)\n'

  -- Runs os2 with the slow look so slow that it does not help.
  local function os2(words, policies)
    world:write("policy.lua", 'policy.api(1)\n' .. (policies or BESIDE))
    local ran = world:run(words, { OS2_POLICY = "policy.lua" })
    assert.equal(0, ran.code, ran.stderr)
    return ran
  end

  -- The looks at one thing that a command took.
  local function looks(ran, path)
    local count = 0
    for line in ran.stderr:gmatch("[^\n]+") do
      if line:find("os2: GET daytona " .. path, 1, true) then count = count + 1 end
    end
    return count
  end

  local function id_of(name)
    for _, sandbox in ipairs(world:control("GET", "state").sandboxes) do
      if sandbox.name == name then return sandbox.id end
    end
  end

  it("of a machine take one look when it is told, and one before", function()
    os2({ "machine", "create", "--name", "box" }, TOLD)
    local id = id_of("box")
    for _, verb in ipairs{ "stop", "start", "stop", "archive", "delete" } do
      local ran = os2({ "machine", "-v", verb, "box" }, TOLD)
      assert.is_true(looks(ran, "/sandbox/" .. id) <= 3, verb .. ran.stderr)
    end
  end)

  it("of a snapshot take one look when it is told, and one before", function()
    world:control("POST", "turn-off", { name = SNAPSHOT, ago = 1000 })
    local ran = os2({ "snapshot", "activate", "-v", SNAPSHOT }, TOLD)
    assert.is_true(looks(ran, "/snapshots/") <= 4, ran.stderr)
  end)

  it("of several machines share one connection", function()
    local before = gateway({}).connections
    os2{ "machine", "create", "--count", "5" }
    assert.equal(1, gateway({}).connections - before)
  end)

  local FAULTS <const> = {
    ["is not there: 404"] = { absent = 404 }, ["is not there: 400"] = { absent = 400 },
    ["is a proxy's: 502"] = { absent = 502 }, ["tells twice"] = { duplicate = true },
    ["tells in another order"] = { reorder = 100 }, ["tells late"] = { late = 300 },
    ["is cut before it answers"] = { cutBytes = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
    ["is cut in its answer"] = { cutBytes = { 60, 61, 100, 129, 130 } },
    ["is cut in an opening"] = { cutBytes = { 150, 200, 240, 250, 260 } },
    ["is cut in an event"] = { cutBytes = { 300, 400, 500, 600, 700, 800, 1000 } },
  }
  for what, faults in pairs(hostile.IS_LONG and FAULTS or some_of(FAULTS)) do
    it("end right where the gateway " .. what, function()
      gateway(faults)
      local ran = os2{ "machine", "create", "--name", "box", "--json" }
      assert.equal("started", json.decode(ran.stdout).machines[1].state)
      gateway(faults)
      os2{ "machine", "delete", "box" }
      assert.same({}, world:control("GET", "state").sandboxes)
    end)
  end

  it("end as early as by polling where all events are lost", function()
    gateway{ drop = 1 }
    os2({ "machine", "create", "--name", "box" }, 'policy.set("wait.beside", 600)\n')
    os2({ "machine", "delete", "box" }, 'policy.set("wait.beside", 600)\n')
    assert.same({}, world:control("GET", "state").sandboxes)
  end)

  it("end right where every other event is lost", function()
    gateway{ drop = 2 }
    os2({ "machine", "create", "--name", "box" }, 'policy.set("wait.beside", 0.5)\n')
    os2({ "machine", "delete", "box" }, 'policy.set("wait.beside", 0.5)\n')
    assert.same({}, world:control("GET", "state").sandboxes)
  end)

  it("of many machines are answered by lists", function()
    os2({ "machine", "create", "--name", "box", "--count", "40", "--limit", "40", "--yes" },
      TOLD .. 'policy.set("wait.gather_from", 5)\n'
        -- until a slow machine has connected, and has asked for all of a moment
        .. 'policy.set("wait.connect", 60)\npolicy.set("wait.gather", 8)\n')
    local counts = world:requests()
    assert.equal(40, counts["POST /api/sandbox"])
    local singles = counts["GET /api/sandbox/{sandboxIdOrName}"] or 0
    assert.is_true(singles + counts["GET /api/sandbox"] <= 20, json.encode(counts))
  end)

  it("ask at intervals where there is no gateway, and say so with -v", function()
    gateway{ absent = 404 }
    local ran = os2{ "machine", "-v", "create", "--name", "box" }
    assert.matches("no events, so os2 asks at intervals: the server answers 404", ran.stderr, 1, true)
    local before = gateway({}).connections
    os2({ "machine", "delete", "box" }, 'policy.set("wait.by", "polling")\n')
    assert.equal(before, gateway({}).connections)
  end)
end)
