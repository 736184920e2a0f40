--- Reads what a decision about snapshots needs: all of them, the machines that name them, the pins.
local err = require("os2.err")
local judge = require("os2.flows.snapshots.judge")
local pages = require("os2.flows.snapshots.pages")
local policy = require("os2.policy")
local use = require("os2.flows.snapshots.use")

---@class os2.flows.snapshots.world_reader
local M = {}

local READS <const> = 5

-- A deletion while the pages are read moves others over the border of a page that was read already.
local function read_once(ctx)
  local list, seen, before, is_steady = {}, {}, nil, true
  for page, total in pages.each(ctx) do
    is_steady = is_steady and not (total and before and total < before)
    before = total or before
    for _, snapshot in ipairs(page) do
      local key = judge.key(snapshot)
      if not seen[key] then list[#list + 1] = snapshot end
      seen[key] = true
    end
  end
  return list, is_steady
end

local function read_list(ctx)
  for _ = 1, READS do
    local list, is_steady = read_once(ctx)
    if is_steady then return list end
  end
  err.raise(err.new{
    kind = "unavailable", op = "snapshot",
    message = ("snapshots were deleted during each of %d readings of their list, so it may lack "
      .. "some"):format(READS),
    hint = "nothing was changed; run again when nobody deletes snapshots",
  })
end

--- Returns the prefixes of these snapshots.
---@param snapshots table[]
---@return string[]
function M.prefixes(snapshots)
  local list, seen = {}, {}
  for _, snapshot in ipairs(snapshots) do
    local prefix = policy.ask("naming.prefix", { name = snapshot.name })
    if prefix and not seen[prefix] then
      seen[prefix] = true
      list[#list + 1] = prefix
    end
  end
  return list
end

local function most(one, other)
  local all = {}
  for name, count in pairs(one) do all[name] = count end
  for name, count in pairs(other) do all[name] = math.max(all[name] or 0, count) end
  return all
end

--- Returns the world as it is now. The machines are read before the snapshots and after them: one
--- that is made meanwhile is in one of the two. Any page that fails raises.
---@param ctx os2.flows.snapshots.ctx
---@param options? {keep: integer?, younger: number?}
---@return os2.flows.snapshots.world
function M.read(ctx, options)
  local before = use.by_snapshot(ctx.provider)
  local snapshots = read_list(ctx)
  return {
    snapshots = snapshots, pins = use.pins(M.prefixes(snapshots)),
    machines = most(before, use.by_snapshot(ctx.provider)), is_local = ctx.provider.is_local,
    is_whole = true, keep = options and options.keep, younger = options and options.younger,
  }
end

local function others_of(list, snapshot, prefix)
  local others = {}
  for _, other in ipairs(list) do
    local is_own = other.name:sub(1, #prefix) == prefix
    if is_own and judge.key(other) ~= judge.key(snapshot) then others[#others + 1] = other end
  end
  return others
end

-- Returns true when the list tells all that a decision about a snapshot needs of its prefix: a
-- newest one in each of its regions, and `keep` newer ones. Of a snapshot that has none, only the
-- end of the list tells.
local function is_enough(ctx, list, snapshot, prefix, keep)
  local others = others_of(list, snapshot, prefix)
  local regions = table.move(snapshot.regionIds or {}, 1, #(snapshot.regionIds or {}), 2, { false })
  for _, region in ipairs(regions) do
    local newest = policy.ask("resolution.pick", {
      snapshots = others, prefix = prefix, region = region or nil, is_local = ctx.provider.is_local,
    })
    if not newest then return false end
  end
  return #others >= keep and judge.new{ snapshots = others, is_local = ctx.provider.is_local }
    :newer(snapshot) >= keep
end

-- Returns the newest snapshots of all prefixes, and those of one prefix as far as they are needed.
local function fresh_list(ctx, snapshot, prefix, keep)
  local list, seen = {}, {}
  local function add(page)
    for _, other in ipairs(page or {}) do
      local key = judge.key(other)
      if not seen[key] then list[#list + 1] = other end
      seen[key] = true
    end
    return is_enough(ctx, list, snapshot, prefix, keep)
  end
  if add(pages.each(ctx)()) then return list end
  for page in pages.each(ctx, prefix) do
    if add(page) then break end
  end
  return list
end

local function with(list, snapshot)
  for index, other in ipairs(list) do
    if judge.key(other) == judge.key(snapshot) then
      list[index] = snapshot
      return list
    end
  end
  list[#list + 1] = snapshot
  return list
end

-- Docker's snapshots are known by their names only: an image may have several.
local function find(ctx, snapshot)
  return ctx.snapshots.get(ctx.provider.is_local and snapshot.name or snapshot.id)
end

local function difference(found, snapshot)
  if not found or found.id ~= snapshot.id then return "it is gone" end
  if found.state ~= snapshot.state then
    return ("it was %s and is %s"):format(snapshot.state, found.state)
  end
  if found.updatedAt ~= snapshot.updatedAt then
    return ("it has changed at %s"):format(tostring(found.updatedAt))
  end
end

-- Returns true when another prefix had a snapshot of the same image: it may be its newest by now.
local function has_twin(snapshot, world)
  local prefix = policy.ask("naming.prefix", { name = snapshot.name })
  for _, other in ipairs(world.snapshots) do
    local is_same = other.imageName == snapshot.imageName
      or other.ref ~= nil and other.ref == snapshot.ref
    if is_same and policy.ask("naming.prefix", { name = other.name }) ~= prefix then return true end
  end
  return false
end

local function list_for(ctx, found, prefix, action, world, keep)
  local is_shared = action == "delete" and not ctx.provider.is_local and has_twin(found, world)
  return with(is_shared and read_list(ctx) or fresh_list(ctx, found, prefix, keep), found)
end

--- Looks at a snapshot right before it is changed. Returns why it must not be changed any more; nil
--- when it may be.
---@param ctx os2.flows.snapshots.ctx
---@param snapshot table  as it was when the decision was made
---@param action "deactivate"|"delete"
---@param world os2.flows.snapshots.world  of that decision
---@param is_pruning? boolean  what prune keeps counts, too
---@return string? why
function M.refusal(ctx, snapshot, action, world, is_pruning)
  local found = find(ctx, snapshot)
  local changed = difference(found, snapshot)
  if changed then return changed end
  local prefix = policy.ask("naming.prefix", { name = snapshot.name })
  if not prefix then return "its name is not one of os2's" end
  local keep = is_pruning and (world.keep or policy.ask("retention.keep")) or 0
  local judged = judge.new{
    snapshots = list_for(ctx, found, prefix, action, world, keep), pins = use.pins{ prefix },
    machines = { [found.name] = use.of_one(ctx.provider, found) }, keep = world.keep,
    younger = world.younger, is_local = ctx.provider.is_local, is_whole = true,
  }
  if is_pruning then return judged:keeps(found, action) end
  return judged:protection(found, action)
end

return M
