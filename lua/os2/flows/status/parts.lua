--- The parts of `os2 status`: each asks one thing with few requests, and returns the fields of the
--- document that it knows.
local cache = require("os2.store.cache")
local clock = require("os2.clock")
local json = require("os2.json")
local lists = require("os2.base.lists")
local marks = require("os2.flows.snapshots.marks")
local pages = require("os2.flows.snapshots.pages")
local policy = require("os2.policy")
local resolve = require("os2.flows.resolve")
local shown = require("os2.flows.snapshots.shown")

---@class os2.flows.status.parts
local M = {}

-- A difference of less is none.
local SLACK_SECONDS <const> = 0.5

-- Returns by how many seconds this machine's clock is ahead. The API's time has whole seconds, and
-- was taken at some moment of the request: what lies between is no difference.
local function offset_of(asked, now)
  if not now then return nil end
  local least, most = asked - (now + 1), clock.now() - now
  if least <= SLACK_SECONDS and most >= -SLACK_SECONDS then return 0 end
  return math.floor((least + most) / 2 + 0.5)
end

--- Asks for the key in use, and compares the clocks.
---@param ctx table
---@return table
function M.key(ctx)
  if ctx.provider.is_local then return {} end
  local asked = clock.now()
  local key, now = ctx.provider.key()
  return {
    key = {
      name = key.name, permissions = json.array(key.permissions), expires_at = key.expiresAt,
    },
    clock_offset = offset_of(asked, now),
  }
end

--- Asks the local engine.
---@return table
function M.engine()
  local found = require("os2.docker").ping()
  return { engine = {
    version = found.engine_version, api_version = found.api_version,
    platform = ("%s/%s"):format(found.os, found.arch), place = found.place,
  } }
end

local function marked(list, mark)
  local names = {}
  for _, fields in ipairs(list) do
    if lists.has(fields.marks, mark) then names[#names + 1] = fields.name end
  end
  return json.array(names)
end

-- Reads pages until the newest usable one of the prefix is found.
local function read(ctx)
  local list, noted, count = {}, marks.new(ctx.provider), 0
  for page in pages.each(ctx, ctx.prefix) do
    count = count + 1
    noted:read(page)
    for _, snapshot in ipairs(page) do
      local fields = shown.fields(snapshot)
      fields.marks = json.array(noted:of(snapshot))
      list[#list + 1] = fields
    end
    if noted:knows(ctx.prefix) or count >= policy.ask("status.pages") then break end
  end
  return list
end

local function named(list, name)
  for _, fields in ipairs(list) do
    if fields.name == name then return fields end
  end
end

-- Returns what the provider knows of the pin.
local function pin_of(ctx, list)
  if not ctx.pin then return nil end
  local found = named(list, ctx.pin)
  local record = not found and ctx.provider.find_snapshot(ctx.pin)
  return { name = ctx.pin, state = found and found.state or record and record.state or nil }
end

--- Lists the newest snapshots of the prefix, and looks at the pin.
---@param ctx table
---@return table
function M.snapshots(ctx)
  local list, newest = read(ctx), {}
  for index = 1, math.min(#list, policy.ask("status.newest")) do newest[index] = list[index] end
  return {
    snapshots = json.array(newest), latest = marked(list, "latest")[1],
    in_flight = marked(list, "in_flight"), orphans = marked(list, "orphan"),
    pin = pin_of(ctx, list), inactive = list[1] and list[1].state == "inactive" and list[1].name
      or nil,
  }
end

local function by_count(one, other)
  if one.count ~= other.count then return one.count > other.count end
  return one.snapshot < other.snapshot
end

--- Counts the machines by their snapshots.
---@param ctx table
---@return table
function M.machines(ctx)
  local machines = require(("os2.providers.%s.machines"):format(ctx.provider.name))
  local counts, total, most, is_whole = {}, 0, policy.ask("status.machines"), true
  for machine in machines.list({}, true) do
    if total >= most then
      is_whole = false
      break
    end
    total = total + 1
    local name = machine.snapshot or ""
    counts[name] = (counts[name] or 0) + 1
  end
  local list = {}
  for name, count in pairs(counts) do list[#list + 1] = { snapshot = name, count = count } end
  table.sort(list, by_count)
  return { machines = { total = total, whole = is_whole, by_snapshot = json.array(list) } }
end

--- Reads the cached answer that `os2 resolve` with the same options would look at. The directory
--- may hold answers of the prefix from other accounts, providers and regions, which say nothing
--- here.
---@param ctx table
---@return table
function M.cache(ctx)
  local entry = cache.entry(resolve.key{ prefix = ctx.prefix, provider = ctx.provider.name })
  return { cache = json.array{ entry and {
    name = tostring(entry.answer.name), age = entry.age,
    state = policy.ask("cache.state", { stored_at = entry.answered_at }),
  } } }
end

return M
