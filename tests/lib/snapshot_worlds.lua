--- What the specs of `os2 snapshot` share: a world with a registry that wants a password, and what
--- they ask of it.
local assert = require("luassert")
local docker = require("os2.docker")
local worlds = require("tests.lib.world")

---@class tests.lib.snapshot_worlds
local M = {}

local PREFIX <const> = worlds.PREFIX
local CREATE <const> = "POST /api/snapshots"

--- The name of what `fixed` makes.
M.NAME = PREFIX .. "20260111-193045"

-- A fixed time, so that the test knows the name before the run; a later second stays later, and
-- that of a candidate is the second one.
local FIXED <const> = [[
policy.api(1)
policy.override("naming.format", function(base, facts)
  local later = facts.now - 1768159845
  return base{ prefix = facts.prefix, now = 1768159845 + (later < 55 and math.max(later, 1) or 0) }
end, {why = "a name that the test knows"})
]]

M.FIXED = FIXED

--- Returns the functions of one spec: `start`, which returns the world, `stop`, `reset` and `clean`
--- for the hooks of busted, and those that run `os2 snapshot`, change the stand-in and look at it.
---@return table
function M.new()
  local world

  local function start()
    world = worlds.start{ registry = "password" }
    return world
  end

  -- For a spec that starts a world of its own kind.
  local function use(other) world = other end

  local function stop()
    if world then world:stop() end
  end

  local function reset() world:reset() end

  -- What this spec could leave with the engine: its own references.
  local function own_references()
    local found = {}
    for _, image in ipairs(docker.images()) do
      for _, ref in ipairs(type(image.RepoTags) == "table" and image.RepoTags or {}) do
        if ref:find(PREFIX, 1, true) or ref:find(world.registry.REGISTRY, 1, true) then
          found[#found + 1] = ref
        end
      end
    end
    return found
  end

  local function clean()
    local left = own_references()
    for _, ref in ipairs(left) do docker.untag(ref) end
    assert.same({}, left)
  end

  local function snapshot(words, changes)
    return world:run({ "snapshot", table.unpack(words or {}) }, changes)
  end

  local function fixed(words, changes)
    world:write("policy.lua", FIXED)
    changes = changes or {}
    changes.OS2_POLICY = "policy.lua"
    return snapshot(words, changes)
  end

  local function snapshots()
    return world:control("GET", "state").snapshots
  end

  -- The names of those that are or may become active.
  local function alive()
    local names = {}
    for _, found in ipairs(snapshots()) do
      local is_over = found.state == "removing" or found.state == "error"
      if not is_over then names[#names + 1] = found.name end
    end
    return names
  end

  local function creates()
    return (world:requests())[CREATE] or 0
  end

  local function fault(match, action, times)
    world:control("POST", "faults", { match = match, times = times or 1, action = action })
  end

  local function one_line(text)
    local lines = {}
    for line in text:gmatch("[^\n]+") do
      if line:find("^os2: ") and not line:find("^os2: warning") then lines[#lines + 1] = line end
    end
    assert.equal(1, #lines, text)
    return lines[1]
  end

  local function assert_refused(ran, code, ...)
    assert.equal(code, ran.code, ran.stderr)
    assert.equal("", ran.stdout)
    local line = one_line(ran.stderr)
    for _, words in ipairs{ ... } do
      assert.truthy(line:find(words, 1, true), words .. ": " .. line)
    end
    return line
  end

  local function with_policy(text, words)
    world:write("policy.lua", "policy.api(1)\n" .. text .. "\n")
    return snapshot(words, { OS2_POLICY = "policy.lua" })
  end

  return {
    start = start, use = use, stop = stop, reset = reset, clean = clean,
    own_references = own_references,
    snapshot = snapshot, fixed = fixed, snapshots = snapshots, alive = alive, creates = creates,
    fault = fault,
    one_line = one_line, assert_refused = assert_refused, with_policy = with_policy,
  }
end

return M
