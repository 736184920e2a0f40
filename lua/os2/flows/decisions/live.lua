--- The facts of a decision from the live environment, gathered as the commands gather them.
local err = require("os2.err")
local facts = require("os2.flows.facts")
local policy = require("os2.policy")
local provider_choice = require("os2.flows.provider_choice")
local region = require("os2.flows.region")
local revision = require("os2.flows.snapshot.revision")
local task = require("os2.task")

---@class os2.flows.decisions.live
local M = {}

-- The newest snapshots of the prefix: the first page of what resolve asks.
local function page_of(world)
  if not world.page then
    local query = policy.ask("resolution.query", { prefix = world.prefix() })
    world.page = world.provider().pages(query)() or {}
  end
  return world.page
end

-- Fact -> how it is found out. Others belong to one moment of a run; --facts or --at gives them.
local GATHER <const> = {
  prefix = function(world) return world.prefix() end,
  environment = function(world)
    world.prefix()
    return world.settled.environment
  end,
  git = function() return (revision.find(".")) end,
  is_local = function(world) return world.provider().is_local or false end,
  provider = function(world) return world.provider().name end,
  region = function(world) return region.of(world.args) end,
  snapshots = page_of,
  snapshot = function(world) return page_of(world)[1] end,
  name = function(world)
    local snapshot = page_of(world)[1]
    return snapshot and snapshot.name
  end,
}

local function world_of(args)
  local world = { args = args }
  function world.prefix()
    world.settled = world.settled or facts.settle(args.prefix)
    return world.settled.prefix
  end
  function world.provider()
    world.chosen = world.chosen or provider_choice.choose(args.provider)
    return world.chosen
  end
  return world
end

local function reason_of(failure)
  return err.is(failure) and failure.message or tostring(failure)
end

--- Gathers the declared facts of a policy. Returns them, and why others are missing. Waits.
---@param record table  from `policy.explain`
---@param args {prefix: string?, provider: string?, region: string?}
---@return table facts, {name: string, why: string}[] missing
function M.gather(record, args)
  local world, found, missing = world_of(args), {}, {}
  local function lacks(name, why) missing[#missing + 1] = { name = name, why = why } end
  for _, field in ipairs(record.facts or {}) do
    local name, gather = field.name, GATHER[field.name]
    if gather then
      local value, failure = task.try(gather, world)
      if failure then lacks(name, reason_of(failure)) else found[name] = value end
    elseif name ~= "env" and name ~= "now" and not field.type:find("%?$") then
      lacks(name, "it belongs to one moment of a run; give it with --facts")
    end
  end
  return found, missing
end

return M
