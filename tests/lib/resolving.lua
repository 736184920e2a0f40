--- What the specs of `os2 resolve` share: a world, and what they ask of it.
local json = require("os2.json")
local worlds = require("tests.lib.world")

---@class tests.lib.resolving
local M = {}

local LIST <const> = "GET /api/snapshots"

--- Returns the functions of one spec: `start`, which returns the world, `stop` and `reset` for the
--- hooks of busted, and those that run `os2 resolve` and look at the stand-in.
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

  local function reset() world:reset() end

  local function seed(name, more)
    local body = { name = name }
    for key, value in pairs(more or {}) do body[key] = value end
    return world:control("POST", "seed", body)
  end

  local function resolve(...)
    return world:run{ "resolve", ... }
  end

  local function resolve_json(...)
    local ran = resolve("--json", ...)
    return json.decode(ran.stdout), ran
  end

  local function asked()
    local counts = world:requests()
    return counts[LIST] or 0
  end

  local function fault(action, match)
    world:control("POST", "faults", { match = match or {}, times = 0, action = action })
  end

  return {
    start = start, stop = stop, reset = reset, seed = seed, resolve = resolve,
    resolve_json = resolve_json, asked = asked, fault = fault,
  }
end

return M
