--- Random worlds of snapshots, machines and pins as a provider that lives in this process, with a
--- judge of its own: it checks each change at the moment when it is made.
local clock = require("os2.clock")
local err = require("os2.err")

---@class tests.lib.pruned_worlds
local M = {}

local DAY <const> = 24 * 3600
local PREFIXES <const> = { "dev--", "stg--", "prd--" }
local REGIONS <const> = { { "us" }, { "eu" }, { "us", "eu" } }
local PAGE <const> = 20

local function one_of(list) return list[math.random(#list)] end

-- Mostly active ones, and of each other state some.
local function random_state()
  local dice = math.random(20)
  return ({ "inactive", "inactive", "pending", "pulling", "error", "removing" })[dice] or "active"
end

local function stamp(time)
  return (clock.iso(time):gsub("[-:Z]", ""):gsub("T", "-"))
end

local World = {}
World.__index = World

function World:add(fields)
  self.count = self.count + 1
  local time = math.floor(fields.time) -- as the API's times, which os2 reads
  -- a name has whole seconds, and each name is there once
  local name = (fields.prefix or "") .. stamp(time)
  while self.by_name[name] do
    time = time - 1
    name = (fields.prefix or "") .. stamp(time)
  end
  local snapshot = {
    id = ("id-%06d"):format(self.count), name = name, prefix = fields.prefix, time = time,
    state = fields.state or random_state(), general = fields.general or false,
    createdAt = clock.iso(time), updatedAt = clock.iso(time),
    regionIds = one_of(REGIONS), ref = fields.ref or ("ref-%d"):format(self.count),
    imageName = ("registry/os2:20260101-000000-c0123456789ab-%08x"):format(self.count),
  }
  self.by_name[name] = snapshot
  self.snapshots[#self.snapshots + 1] = snapshot
  table.sort(self.snapshots, function(one, other) return one.time > other.time end)
  return snapshot
end

--- Makes a world.
---@param size integer  how many snapshots
---@param now number
function M.new(size, now)
  local world = setmetatable({
    now = now, snapshots = {}, by_name = {}, machines = {}, count = 0, changes = {}, faults = {},
    calls = {},
  }, World)
  for _ = 1, size do
    local prefix = one_of(PREFIXES)
    if math.random(12) == 1 then prefix = prefix:gsub("%-%-$", "-candidate--") end
    if math.random(25) == 1 then prefix = nil end
    local age = math.random(3) == 1 and math.random() * DAY * 9 or math.random() * DAY * 60
    local shared = world.snapshots[1] and math.random(8) == 1 and one_of(world.snapshots).ref
    world:add{
      prefix = prefix, time = now - age, ref = shared or nil, general = math.random(40) == 1,
    }
  end
  for _ = 1, math.random(0, size // 6) do world:start() end
  if math.random(2) == 1 and size > 0 then world.pin = one_of(world.snapshots).name end
  return world
end

--- Starts a machine from one of the snapshots.
function World:start(snapshot)
  local from = snapshot or one_of(self.snapshots)
  self.machines[#self.machines + 1] = {
    name = "m", id = "m" .. #self.machines, snapshot = from.name,
  }
end

local function is_in(list, region)
  for _, other in ipairs(list) do
    if other == region then return true end
  end
  return false
end

-- The newest active one of a prefix, of any region or of one.
function World:newest(prefix, region)
  for _, snapshot in ipairs(self.snapshots) do
    local is_fit = snapshot.prefix == prefix and not snapshot.general and snapshot.state == "active"
    if is_fit and (not region or is_in(snapshot.regionIds, region)) then return snapshot end
  end
end

local function is_candidate(snapshot)
  return snapshot.prefix ~= nil and snapshot.prefix:find("candidate", 1, true) ~= nil
end

local function is_waiting(snapshot)
  return snapshot.state == "pending" or snapshot.state == "pulling"
end

-- Returns why a snapshot is one of the newest.
function World:recent(snapshot)
  local newer = 0
  for _, other in ipairs(self.snapshots) do
    local is_own = other.prefix == snapshot.prefix and other.state == "active" and not other.general
    if is_own and other.time > snapshot.time then newer = newer + 1 end
  end
  if newer < 5 then return "of the newest five" end
  for _, region in ipairs{ "us", "eu" } do
    if self:newest(snapshot.prefix, region) == snapshot then return "newest of " .. region end
  end
end

--- Returns why a change is forbidden now; nil when it is allowed. This is the issue's list, written
--- without os2's policies.
function World:forbidden(snapshot, action)
  local age = self.now - snapshot.time
  if snapshot.general or not snapshot.prefix then return "foreign" end
  if self.pin == snapshot.name then return "pinned" end
  if is_waiting(snapshot) and age < 3600 then return "in flight" end
  if is_candidate(snapshot) and age < DAY then return "candidate" end
  if age < 7 * DAY then return "young" end
  for _, machine in ipairs(self.machines) do
    if machine.snapshot == snapshot.name then return "used" end
  end
  local why = not is_candidate(snapshot) and self:recent(snapshot)
  if why then return why end
  if action ~= "delete" then return nil end
  return self:sharing(snapshot)
end

-- Returns why the newest one of another prefix, in any region, has the same image.
function World:sharing(snapshot)
  for _, prefix in ipairs(PREFIXES) do
    for _, region in ipairs{ false, "us", "eu" } do
      local newest = prefix ~= snapshot.prefix and self:newest(prefix, region or nil)
      if newest and newest.ref == snapshot.ref then return "shared with " .. newest.name end
    end
  end
end

-- Counts a call, does what the test wants to happen meanwhile, and fails where a fault stands.
function World:called(what)
  self.calls[what] = (self.calls[what] or 0) + 1
  if self.meanwhile then self:meanwhile(what) end
  if self.faults[what] == self.calls[what] then
    err.raise(err.new{ kind = "denied", op = "test", message = what .. " failed" })
  end
end

local function copy(record)
  local fields = {}
  for key, value in pairs(record) do fields[key] = value end
  return fields
end

local function pages_of(world)
  local at, is_done = 1, false
  return function()
    if is_done then return nil end
    world:called("page")
    local page = {}
    for index = at, math.min(at + PAGE - 1, #world.snapshots) do
      page[#page + 1] = copy(world.snapshots[index])
    end
    at = at + PAGE
    is_done = at > #world.snapshots
    return page, #world.snapshots
  end
end

function World:change(snapshot, action)
  local found = assert(self.by_name[snapshot.name], "it is gone")
  local why = self:forbidden(found, action)
  assert(not why, ("%s of %s, which is protected: %s"):format(action, found.name, tostring(why)))
  self.changes[#self.changes + 1] = found.name
  if action == "deactivate" then
    found.state = "inactive"
    return
  end
  self:remove(found)
end

--- Removes a snapshot, as somebody else does.
function World:remove(snapshot)
  self.by_name[snapshot.name] = nil
  for index, other in ipairs(self.snapshots) do
    if other == snapshot then return table.remove(self.snapshots, index) end
  end
end

--- Installs the world as the provider `pruned` and returns the function that removes it.
function World:install()
  local name = "os2.providers.pruned"
  local known = {
    [name] = {
      name = "pruned", is_local = false, is_available = function() return true end,
      identity = function() return table.pack("pruned", "here") end,
    },
    [name .. ".snapshots"] = {
      list = function() return pages_of(self) end,
      get = function(id)
        self:called("get")
        for _, snapshot in ipairs(self.snapshots) do
          if snapshot.id == id or snapshot.name == id then return copy(snapshot) end
        end
      end,
      is_cooling = function() return false end,
      deactivate = function(snapshot) self:change(snapshot, "deactivate") end,
      delete = function(snapshot) self:change(snapshot, "delete") end,
    },
    [name .. ".machines"] = {
      list = function(_, _, names)
        self:called(names and "use" or "machines")
        local index = 0
        return function()
          index = index + 1
          return self.machines[index]
        end
      end,
    },
  }
  for module, value in pairs(known) do package.loaded[module] = value end
  return function()
    for module in pairs(known) do package.loaded[module] = nil end
  end
end

return M
