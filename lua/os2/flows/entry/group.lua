--- The members of a process group, as the kernel tells of them.
local clock = require("os2.clock")
local fs = require("os2.fs")
local task = require("os2.task")

---@class os2.flows.entry.group
local M = {}

local PAUSE <const> = 0.02 -- seconds between two looks

-- The name may hold spaces and parentheses, so the fields are those behind the last one.
local function group_of(pid)
  local line = task.try(fs.read, ("/proc/%s/stat"):format(pid))
  local state, group = (line or ""):match("^.*%) (%a) %d+ (%d+) ")
  if state == "Z" or state == "X" then return nil end
  return math.tointeger(group)
end

--- Says whether a process of that group still runs. One that has ended and that nobody has asked
--- after (a zombie) runs no more.
---@param group integer
---@return boolean
function M.is_alive(group)
  for _, name in ipairs(task.try(fs.list, "/proc") or {}) do
    if name:match("^%d+$") and group_of(name) == group then return true end
  end
  return false
end

--- Waits until nobody of the group runs any more, at most so long. Says whether that is so.
---@param group integer
---@param seconds number
---@return boolean
function M.wait(group, seconds)
  local due = clock.monotonic() + seconds
  while M.is_alive(group) do
    if clock.monotonic() >= due then return false end
    task.sleep(PAUSE)
  end
  return true
end

return M
