--- What stands out of a list of snapshots: the latest of each prefix, pins, candidates, and what is
--- in flight, left behind or failed. The list comes page by page, the newest first.
local identity = require("os2.flows.snapshots.identity")
local orphan = require("os2.flows.snapshots.orphan")
local policy = require("os2.policy")
local use = require("os2.flows.snapshots.use")

---@class os2.flows.snapshots.marks
---@field private is_local boolean
---@field private latest table<string, string>  prefix -> id
---@field private pins table<string, table<string, boolean>>  prefix -> names
---@field private candidates table<string, boolean>  prefix -> whether its snapshots are candidates
local Marks = {}
Marks.__index = Marks

local M = {}

--- Returns the marks of a list that begins.
---@param provider table
---@return os2.flows.snapshots.marks
function M.new(provider)
  return setmetatable({
    is_local = provider.is_local, latest = {}, pins = {}, candidates = {},
  }, Marks)
end

-- Returns whether the snapshots of a prefix are candidates.
function Marks:is_candidate(prefix)
  if self.candidates[prefix] == nil then
    self.candidates[prefix] = policy.ask("retention.candidate", { prefix = prefix })
  end
  return self.candidates[prefix]
end

function Marks:by_prefix(page)
  local groups = {}
  for _, snapshot in ipairs(page) do
    local prefix = identity.prefix(snapshot)
    if prefix and not self:is_candidate(prefix) then
      groups[prefix] = groups[prefix] or {}
      table.insert(groups[prefix], snapshot)
    end
  end
  return groups
end

--- Takes the next page: finds the newest usable one of each prefix that has none yet, as resolve
--- does.
---@param page table[]
function Marks:read(page)
  for prefix, group in pairs(self:by_prefix(page)) do
    if not self.latest[prefix] then
      local newest = policy.ask("resolution.pick", {
        snapshots = group, prefix = prefix, is_local = self.is_local,
      })
      self.latest[prefix] = newest and newest.id .. newest.name
    end
  end
end

--- Returns whether the newest usable one of a prefix was found.
---@param prefix string
---@return boolean
function Marks:knows(prefix)
  return self.latest[prefix] ~= nil
end

function Marks:is_pinned(name, prefix)
  local key = prefix or ""
  self.pins[key] = self.pins[key] or use.pins{ key }
  return self.pins[key][name] == true
end

--- Returns the marks of a snapshot of the page that was read last: latest, pinned, candidate,
--- in_flight, orphan, error.
---@param snapshot table
---@return string[]
function Marks:of(snapshot)
  local prefix, list = identity.prefix(snapshot), {}
  local function add(mark, is_so)
    if is_so then list[#list + 1] = mark end
  end
  local is_waiting = policy.ask("snapshot.progress", { snapshot = snapshot }) == "waiting"
  local is_orphan = orphan.is_orphan(snapshot)
  add("latest", prefix and self.latest[prefix] == snapshot.id .. snapshot.name)
  add("pinned", self:is_pinned(snapshot.name, prefix))
  add("candidate", prefix and self:is_candidate(prefix))
  add("in_flight", is_waiting and not is_orphan)
  add("orphan", is_orphan)
  add("error", snapshot.state == "error" or snapshot.state == "build_failed")
  return list
end

return M
