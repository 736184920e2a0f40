--- Which snapshots of a world may be changed, and why not: what the policies of `retention` say. No
--- I/O is done here.
local orphan = require("os2.flows.snapshots.orphan")
local policy = require("os2.policy")

---@class os2.flows.snapshots.world
---@field snapshots table[]  the newest first
---@field machines table<string, integer>  how many machines name each snapshot
---@field pins table<string, boolean>  by name
---@field is_local boolean
---@field is_whole boolean  the lists were read to their ends
---@field now number?  by default the clock's
---@field keep integer?
---@field younger number?  seconds

---@class os2.flows.snapshots.judge
---@field world os2.flows.snapshots.world
---@field newest table<string, table[]>  prefix -> the newest usable ones, that of no region first
---@field private groups table<string, table>  prefix -> {snapshots, times}
---@field private sharing table<string, table>  image -> the newest one that has it
local Judge = {}
Judge.__index = Judge

local M = {}

-- In the order in which their reasons are told.
local PROTECTIONS <const> = {
  "retention.foreign", "retention.unread", "retention.newest", "retention.pinned",
  "retention.in_flight", "retention.verified", "retention.used", "retention.shared",
}
local KEEPERS <const> = { "retention.settled", "retention.young", "retention.recent" }

--- Returns what identifies a snapshot: on the local engine one image is several.
---@param snapshot table
---@return string
function M.key(snapshot)
  return snapshot.id .. " " .. snapshot.name
end

local function prefix_of(snapshot)
  return not snapshot.general and policy.ask("naming.prefix", { name = snapshot.name }) or nil
end

local function is_candidate(prefix)
  return policy.ask("retention.candidate", { prefix = prefix })
end

local function grouped(snapshots)
  local groups = {}
  for _, snapshot in ipairs(snapshots) do
    local prefix = prefix_of(snapshot)
    if prefix then
      groups[prefix] = groups[prefix] or { snapshots = {}, regions = {} }
      local group = groups[prefix]
      table.insert(group.snapshots, snapshot)
      for _, region in ipairs(snapshot.regionIds or {}) do group.regions[region] = true end
    end
  end
  return groups
end

local function time_of(snapshot, prefix)
  return (policy.ask("naming.parse", { name = snapshot.name, prefix = prefix }))
end

-- Returns the times of the usable ones, in any region, sorted.
local function times_of(group, prefix)
  if group.times then return group.times end
  group.times = {}
  for _, snapshot in ipairs(group.snapshots) do
    if policy.ask("resolution.usable", { snapshot = snapshot }) then
      table.insert(group.times, time_of(snapshot, prefix))
    end
  end
  table.sort(group.times)
  return group.times
end

-- Machines may start in every region, so the newest one of each is needed.
local function newest_of(world, group, prefix)
  local found, seen = {}, {}
  local function pick(region)
    local snapshot = policy.ask("resolution.pick", {
      snapshots = group.snapshots, prefix = prefix, region = region, is_local = world.is_local,
      now = world.now,
    })
    if snapshot and not seen[snapshot] then found[#found + 1] = snapshot end
    if snapshot then seen[snapshot] = true end
  end
  pick(nil)
  for region in pairs(group.regions) do pick(region) end
  return found
end

local function images_of(snapshot)
  local list = {}
  for _, field in ipairs{ "imageName", "ref" } do
    local value = snapshot[field]
    if type(value) == "string" and value ~= "" then list[#list + 1] = field .. " " .. value end
  end
  return list
end

function Judge:learn(prefix, group)
  if is_candidate(prefix) then return end
  self.newest[prefix] = newest_of(self.world, group, prefix)
  for _, snapshot in ipairs(self.newest[prefix]) do
    self.is_newest[M.key(snapshot)] = true
    for _, image in ipairs(images_of(snapshot)) do
      self.sharing[image] = self.sharing[image] or {}
      self.sharing[image][prefix] = snapshot.name
    end
  end
end

--- Returns the judge of a world.
---@param world os2.flows.snapshots.world
---@return os2.flows.snapshots.judge
function M.new(world)
  local judge = setmetatable({
    world = world, groups = grouped(world.snapshots), newest = {}, is_newest = {}, sharing = {},
  }, Judge)
  for prefix, group in pairs(judge.groups) do judge:learn(prefix, group) end
  return judge
end

function Judge:sharing_of(snapshot, prefix)
  for _, image in ipairs(images_of(snapshot)) do
    for other, name in pairs(self.sharing[image] or {}) do
      if other ~= prefix then return name end
    end
  end
end

-- How many of the sorted times are after this one.
local function count_after(times, time)
  local low, high = 1, #times + 1
  while low < high do
    local middle = (low + high) // 2
    if times[middle] > time then high = middle else low = middle + 1 end
  end
  return #times - low + 1
end

--- Returns how many usable ones of its prefix are newer than a snapshot.
---@param snapshot table
---@return integer
function Judge:newer(snapshot)
  local prefix = prefix_of(snapshot)
  local group = prefix and self.groups[prefix]
  if not group then return 0 end
  return count_after(times_of(group, prefix), time_of(snapshot, prefix))
end

function Judge:facts(snapshot, action)
  local world, prefix = self.world, prefix_of(snapshot)
  return {
    snapshot = snapshot, prefix = prefix or "", is_named = prefix ~= nil, action = action,
    newer = 0,
    is_newest = self.is_newest[M.key(snapshot)] or false,
    is_orphan = orphan.is_orphan(snapshot, world.now),
    is_pinned = world.pins[snapshot.name] or world.pins[snapshot.id] or false,
    machines = (world.machines[snapshot.name] or 0) + (world.machines[snapshot.id] or 0),
    sharing = prefix and self:sharing_of(snapshot, prefix),
    is_local = world.is_local, is_whole = world.is_whole, now = world.now, keep = world.keep,
    younger = world.younger,
  }
end

local function first_reason(rules, facts)
  for _, rule in ipairs(rules) do
    local is_so, why = policy.ask(rule, facts)
    if is_so then return type(why) == "string" and why or "policy " .. rule .. " says so" end
  end
end

--- Returns why a snapshot must not be changed by anybody; nil when it may be.
---@param snapshot table  one of the world's
---@param action "deactivate"|"delete"
---@return string?
function Judge:protection(snapshot, action)
  return first_reason(PROTECTIONS, self:facts(snapshot, action))
end

--- Returns why prune leaves a snapshot alone; nil when it is to go.
---@param snapshot table  one of the world's
---@param action "deactivate"|"delete"
---@return string?
function Judge:keeps(snapshot, action)
  local facts = self:facts(snapshot, action)
  local why = first_reason(PROTECTIONS, facts)
  if why then return why end
  facts.newer = self:newer(snapshot)
  return first_reason(KEEPERS, facts)
end

return M
