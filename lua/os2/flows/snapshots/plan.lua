--- The file of a prune's plan: it is written for a review, and read again when it is applied.
local clock = require("os2.clock")
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")
local judge = require("os2.flows.snapshots.judge")
local refusal = require("os2.base.refusal")
local task = require("os2.task")

---@class os2.flows.snapshots.plan
local M = {}

local VERSION <const> = 1
local KIND <const> = "os2 snapshot prune"
local SHOWN <const> = 3 -- differences that an error names

local refuse = refusal.of("snapshot.prune", "usage")

---@class os2.flows.snapshots.plan.file
---@field version integer
---@field kind string
---@field made_at string
---@field provider string
---@field place string  the API or the engine
---@field prefix string?  nil: all prefixes
---@field action "deactivate"|"delete"
---@field keep integer?
---@field younger number?
---@field newest table<string, string>  prefix -> the id of its newest usable one
---@field snapshots table[]  {id, name, state, updated_at, created_at, why} of each that is to go

--- Returns where the snapshots of a provider are, without any secret.
---@param provider table
---@return string
function M.place(provider)
  return provider.identity()[2] or "default"
end

local function newest_ids(judged)
  local ids = {}
  for prefix, list in pairs(judged.newest) do ids[prefix] = list[1] and list[1].id end
  return ids
end

local function item_of(item)
  local snapshot = item.snapshot
  return {
    id = snapshot.id, name = snapshot.name, state = snapshot.state, why = item.why,
    updated_at = snapshot.updatedAt, created_at = snapshot.createdAt,
  }
end

--- Writes a plan, readable by its owner only.
---@param path string
---@param prune os2.flows.snapshots.prune.state
function M.write(path, prune)
  local items = json.array{}
  for index, item in ipairs(prune.items) do items[index] = item_of(item) end
  local text = json.encode{
    version = VERSION, kind = KIND, made_at = clock.iso(clock.now()),
    provider = prune.ctx.provider.name, place = M.place(prune.ctx.provider),
    prefix = prune.prefix, action = prune.action, keep = prune.world.keep,
    younger = prune.world.younger, newest = newest_ids(prune.judged), snapshots = items,
  }
  fs.write_atomic(path, text .. "\n", { mode = tonumber("600", 8) })
end

local FIELDS <const> = {
  made_at = "string", provider = "string", place = "string", action = "string", newest = "table",
  snapshots = "table",
}
local ITEM_FIELDS <const> = { "id", "name", "state" }
local ACTIONS <const> = { deactivate = true, delete = true }

local WRITE <const> = "write one: os2 snapshot prune --plan FILE"

local function refuse_file(path, why)
  refuse(("%s is no plan of `os2 snapshot prune`: %s"):format(path, why), WRITE)
end

local function check_items(path, items)
  for index, item in ipairs(items) do
    for _, field in ipairs(ITEM_FIELDS) do
      if type(item) ~= "table" or type(item[field]) ~= "string" then
        refuse_file(path, ("snapshot %d has no %s"):format(index, field))
      end
    end
  end
end

local function decode(path)
  local text, failure = task.try(fs.read, path)
  if failure then
    failure.hint = WRITE
    err.raise(failure)
  end
  local ok, plan = pcall(json.decode, text)
  if not ok or type(plan) ~= "table" then refuse_file(path, "it is not JSON") end
  return plan
end

--- Reads a plan. Raises `invalid` (exit 2) for a file that is none, or of another version.
---@param path string
---@return os2.flows.snapshots.plan.file
function M.read(path)
  local plan = decode(path)
  if plan.kind ~= KIND then refuse_file(path, "its kind is another one") end
  if plan.version ~= VERSION then
    refuse(("%s has the version %s, and this os2 reads %d"):format(path, tostring(plan.version),
      VERSION), "make the plan again with this os2")
  end
  for field, kind in pairs(FIELDS) do
    if type(plan[field]) ~= kind then refuse_file(path, "it has no " .. field) end
  end
  if not ACTIONS[plan.action] then refuse_file(path, "its action is unknown") end
  check_items(path, plan.snapshots)
  return plan
end

local function by_key(list)
  local found = {}
  for _, item in ipairs(list) do found[item.id .. " " .. item.name] = item end
  return found
end

local function item_difference(item, snapshot, why)
  if not snapshot then return "it is gone" end
  if snapshot.state ~= item.state then
    return ("it was %s and is %s"):format(item.state, snapshot.state)
  end
  if snapshot.updatedAt ~= item.updated_at then return "it has changed" end
  return why
end

local function newest_differences(plan, judged, list)
  local now = newest_ids(judged)
  for prefix, id in pairs(now) do
    local is_meant = plan.prefix == nil or plan.prefix == prefix
    if is_meant and plan.newest[prefix] ~= id then
      list[#list + 1] = ("%s: its newest usable one is another"):format(prefix)
    end
  end
  for prefix in pairs(plan.newest) do
    if not now[prefix] then list[#list + 1] = prefix .. ": it has no usable one any more" end
  end
end

-- What is different from the world of the plan.
local function differences(plan, judged)
  local list, present = {}, {}
  for _, snapshot in ipairs(judged.world.snapshots) do present[judge.key(snapshot)] = snapshot end
  newest_differences(plan, judged, list)
  for key, item in pairs(by_key(plan.snapshots)) do
    local snapshot = present[key]
    local why = item_difference(item, snapshot, snapshot and judged:keeps(snapshot, plan.action))
    if why then list[#list + 1] = ("%s: %s"):format(item.name, why) end
  end
  table.sort(list)
  return list
end

--- Raises `conflict` (exit 6) when the world is not the one of the plan any more.
---@param path string
---@param plan os2.flows.snapshots.plan.file
---@param provider table
---@param judged os2.flows.snapshots.judge
function M.check(path, plan, provider, judged)
  local list = differences(plan, judged)
  if plan.provider ~= provider.name or plan.place ~= M.place(provider) then
    table.insert(list, 1, ("it is of %s at %s"):format(plan.provider, plan.place))
  end
  if #list == 0 then return end
  err.raise(err.new{
    kind = "conflict", op = "snapshot.prune",
    message = ("the plan %s of %s is stale, nothing was changed: %s%s"):format(path, plan.made_at,
      table.concat(list, "; ", 1, math.min(#list, SHOWN)),
      #list > SHOWN and ("; and %d more"):format(#list - SHOWN) or ""),
    hint = "make a new one: os2 snapshot prune --plan " .. path,
  })
end

return M
