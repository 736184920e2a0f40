--- What the specs of `os2 machine` at the Daytona stand-in share: a world, and what they ask of it.
local assert = require("luassert")
local worlds = require("tests.lib.world")

---@class tests.lib.daytona_machines
local M = {}

M.SNAPSHOT = worlds.PREFIX .. "20261101-100000"

local CREATE <const> = "POST /api/sandbox"

--- Returns the functions of one spec: `start`, which returns the world, `stop` and `reset` for the
--- hooks of busted, and those that run `os2 machine`, change the stand-in and look at it.
---@return table
function M.new()
  local world

  local function start()
    world = worlds.start()
    return world
  end

  local function stop()
    if world then world:stop() end
  end

  -- The stand-in as it was at the start, with one snapshot.
  local function reset()
    world:reset()
    world:control("POST", "config", {
      proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
    })
    world:control("POST", "seed", { name = M.SNAPSHOT, createdAt = "2026-11-01T10:00:00Z" })
  end

  local function machine(words, changes)
    return world:run({ "machine", table.unpack(words) }, changes)
  end

  -- With short pauses: what counts is how often, not how long.
  local function patient(words, more)
    world:write("policy.lua", 'policy.api(1)\npolicy.set("retry.base", 0.01)\n'
      .. 'policy.set("poll.longest", 0.05)\n' .. (more or ""))
    return machine(words, { OS2_POLICY = "policy.lua" })
  end

  local function config(change) world:control("POST", "config", change) end

  local function fault(match, action, times)
    world:control("POST", "faults", { match = match, times = times or 1, action = action })
  end

  -- Those that stay: what the service is about to remove is none of them.
  local function sandboxes()
    local staying = {}
    for _, sandbox in ipairs(world:control("GET", "state").sandboxes) do
      if sandbox.state ~= "destroying" then staying[#staying + 1] = sandbox end
    end
    return staying
  end

  local function creates() return (world:requests())[CREATE] or 0 end

  local function assert_ok(ran)
    assert.equal(0, ran.code, ran.stderr)
    return ran
  end

  -- Refused, with these words on stderr, and nothing left.
  local function assert_refused(ran, code, ...)
    assert.equal(code, ran.code, ran.stderr)
    assert.equal("", ran.stdout)
    for _, words in ipairs{ ... } do
      assert.truthy(ran.stderr:find(words, 1, true), ran.stderr)
    end
    assert.same({}, sandboxes())
  end

  -- Refused because of a deadline, with the words before the seconds that it took: a slow machine
  -- takes more of them than the deadline has.
  local function assert_late(ran, words, seconds)
    assert_refused(ran, 5, words)
    local took = tonumber(ran.stderr:match(words:gsub("%p", "%%%0") .. " ([%d.]+) s%f[%W]"))
    assert.is_true(took ~= nil and took >= seconds, ran.stderr)
  end

  return {
    start = start, stop = stop, reset = reset, machine = machine, patient = patient,
    config = config, fault = fault, sandboxes = sandboxes, creates = creates, assert_ok = assert_ok,
    assert_refused = assert_refused, assert_late = assert_late,
  }
end

return M
