--- Whether somebody serves a port of this machine.
local fs = require("os2.fs")
local task = require("os2.task")

---@class os2.flows.entry.port
local M = {}

local TABLES <const> = { "/proc/net/tcp", "/proc/net/tcp6" }
local LISTENING <const> = "0A" -- TCP_LISTEN, as the kernel's tables write it

local function serves(sockets, port)
  local ending = (":%04X"):format(port)
  for address, state in sockets:gmatch("\n%s*%d+: (%S+) %S+ (%x%x)") do
    if state == LISTENING and address:sub(-#ending) == ending then return true end
  end
  return false
end

--- Says whether a program listens on a port, on whatever address; false where the kernel does not
--- tell.
---@param port integer
---@return boolean
function M.is_taken(port)
  for _, path in ipairs(TABLES) do
    local sockets = task.try(fs.read, path)
    if sockets and serves(sockets, port) then return true end
  end
  return false
end

return M
