--- The pages of snapshots of one prefix, or of all prefixes, the newest first.
local facts = require("os2.flows.facts")
local identity = require("os2.flows.snapshots.identity")
local policy = require("os2.policy")

---@class os2.flows.snapshots.pages
local M = {}

local PAGE <const> = 200 -- the most that the API takes

local function is_candidate_of(own, prefix)
  return policy.ask("naming.candidate", { prefix = prefix }) == own
end

--- Returns true for a snapshot of a prefix, or a candidate of it; nil stands for all prefixes. The
--- filter of the API finds too much, and the local engine has none.
---@param snapshot table
---@param prefix? string
---@return boolean
function M.is_of(snapshot, prefix)
  if prefix == nil then return true end
  local own = identity.prefix(snapshot)
  if snapshot.general or not own then return false end
  return own == prefix or is_candidate_of(own, prefix)
end

local function query_of(prefix)
  local stem = prefix and prefix:gsub("%-+$", "")
  return {
    name = stem and policy.ask("naming.filter", { prefix = stem }), limit = PAGE,
    sort = policy.ask("resolution.sort"), order = policy.ask("resolution.order"),
  }
end

--- Returns an iterator over the pages: lists that may be empty, without those that were on the page
--- before, because a snapshot that is made meanwhile moves the others down. Beside the page, the
--- number of snapshots of the whole list, where the provider tells.
---@param ctx os2.flows.snapshots.ctx
---@param prefix? string  its own snapshots and its candidates; nil for all
---@return fun(): table[]?, integer?
function M.each(ctx, prefix)
  local next_page, before = ctx.snapshots.list(query_of(prefix)), {}
  return function()
    local page, total = next_page()
    if not page then return nil end
    local own, seen = {}, {}
    for _, snapshot in ipairs(page) do
      local key = snapshot.id .. snapshot.name
      seen[key] = true
      if not before[key] and M.is_of(snapshot, prefix) then own[#own + 1] = snapshot end
    end
    before = seen
    return own, total
  end
end

--- Returns the prefix that a command is about: nil with --all-prefixes. Raises `invalid` (exit 3)
--- when there is none.
---@param args {prefix: string?, is_all_prefixes: boolean?}
---@return string? prefix
---@return string? environment
function M.prefix_of(args)
  if args.is_all_prefixes then return nil end
  local settled = facts.settle(args.prefix)
  return settled.prefix, settled.environment
end

return M
