--- The members of a process group, according to /proc.
local clock = require("os2.clock")
local fs = require("os2.fs")
local task = require("os2.task")

---@class os2.flows.entry.group
local M = {}

local PAUSE_SECONDS <const> = 0.02 -- seconds between two looks

-- A process name may contain spaces and parentheses, so the fields are read after the last
-- parenthesis.
local function group_of(pid)
  local line = task.try(fs.read, ("/proc/%s/stat"):format(pid))
  local state, group = (line or ""):match("^.*%) (%a) %d+ (%d+) ")
  if state == "Z" or state == "X" then return nil end
  return math.tointeger(group)
end

--- Returns true when a process of the group is running. A zombie, which has ended and was not
--- reaped, does not count.
---@param group integer
---@return boolean
function M.is_alive(group)
  for _, name in ipairs(task.try(fs.list, "/proc") or {}) do
    if name:match("^%d+$") and group_of(name) == group then return true end
  end
  return false
end

--- Waits until no process of the group is running, at most `seconds`. Returns whether that is so.
---@param group integer
---@param seconds number
---@return boolean
function M.wait(group, seconds)
  local due = clock.monotonic() + seconds
  while M.is_alive(group) do
    if clock.monotonic() >= due then return false end
    task.sleep(PAUSE_SECONDS)
  end
  return true
end

return M
