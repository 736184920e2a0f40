--- What a rollback remembers on this machine while it goes, so that a run after one that was killed
--- knows which snapshot was the bad one: by then, the good image may be the newest.
local cache = require("os2.store.cache")
local clock = require("os2.clock")
local policy = require("os2.policy")
local state = require("os2.store.state")

---@class os2.flows.snapshot.rollback.memory
---@field good string  the id of the good snapshot
---@field good_name string
---@field bad string  the id of the bad snapshot
---@field bad_name string
---@field began number  seconds since 1970
local M = {}

local KIND <const> = "rollbacks"

local function key_of(ctx)
  local parts = ctx.provider.identity()
  parts.n = parts.n + 1
  parts[parts.n] = ctx.prefix
  return cache.key(parts)
end

local FIELDS <const> = {
  good = "string", good_name = "string", bad = "string", bad_name = "string", began = "number",
}

local function fits(value)
  for field, kind in pairs(FIELDS) do
    if type(value[field]) ~= kind then return false end
  end
  local age = clock.now() - value.began
  return age >= 0 and age <= policy.ask("snapshot.rollback_memory")
end

--- Returns what a run that was stopped has begun; nil when there is none.
---@param ctx table
---@return os2.flows.snapshot.rollback.memory?
function M.read(ctx)
  local value = state.read(KIND, key_of(ctx))
  return value and fits(value) and value or nil
end

--- Remembers the rollback that is about to change something.
---@param ctx table  with source and bad
function M.write(ctx)
  if not ctx.bad then return end
  local failure = state.write(KIND, key_of(ctx), {
    good = ctx.source.id, good_name = ctx.source.name, bad = ctx.bad.id, bad_name = ctx.bad.name,
    began = math.floor(clock.now()),
  })
  if failure then ctx.ui:warn("the rollback is not remembered: " .. failure.message) end
end

--- Forgets it, once all is done.
---@param ctx table
function M.forget(ctx)
  state.remove(KIND, key_of(ctx))
end

return M
