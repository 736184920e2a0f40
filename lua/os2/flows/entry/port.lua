--- The sockets that listen on a port of this machine, according to /proc.
local fs = require("os2.fs")
local lfs = require("lfs")
local task = require("os2.task")

---@class os2.flows.entry.port
local M = {}

local TABLES <const> = { "/proc/net/tcp", "/proc/net/tcp6" }
local LISTENING <const> = "0A" -- TCP_LISTEN, as the kernel's tables write it

-- An IPv6 address is written in these tables as four words in the machine's byte order.
local NAMES <const> = {
  [("0"):rep(32)] = "::", ["00000000000000000000000001000000"] = "::1",
}
-- an IPv4 address mapped to IPv6
local MAPPED <const> = "^0000000000000000FFFF0000(%x%x%x%x%x%x%x%x)$"

local function name_of(hex)
  hex = hex:match(MAPPED) or hex
  if #hex > 8 then return NAMES[hex] or "an address of IPv6" end
  local bytes = {}
  for byte in hex:gmatch("%x%x") do table.insert(bytes, 1, tonumber(byte, 16)) end
  return table.concat(bytes, ".")
end

local function add_listeners(found, sockets, port)
  local ending = (":%04X"):format(port)
  for place, state, inode in
    sockets:gmatch("\n%s*%d+: (%S+) %S+ (%x%x) %S+ %S+ %S+%s+%d+%s+%d+ (%d+)")
  do
    if state == LISTENING and place:sub(-#ending) == ending then
      found[#found + 1] = { address = name_of(place:sub(1, -#ending - 1)), inode = inode }
    end
  end
end

--- Returns the sockets that listen on a port; an empty list when the kernel does not tell.
---@param port integer
---@return {address: string, inode: string}[]
function M.listeners(port)
  local found = {}
  for _, path in ipairs(TABLES) do
    local sockets = task.try(fs.read, path)
    if sockets then add_listeners(found, sockets, port) end
  end
  return found
end

--- Returns the addresses on which a port is served, when none of them can be reached from outside
--- of this machine; else nil.
---@param port integer
---@return string?
function M.loopback_only(port)
  local names = {}
  for _, listener in ipairs(M.listeners(port)) do
    if listener.address ~= "::1" and not listener.address:find("^127%.") then return nil end
    names[#names + 1] = listener.address
  end
  return #names > 0 and table.concat(names, " and ") or nil
end

local function holds(pid, links)
  local directory = ("/proc/%s/fd"):format(pid)
  for _, name in ipairs(task.try(fs.list, directory) or {}) do
    if links[lfs.symlinkattributes(directory .. "/" .. name, "target") or ""] then return true end
  end
  return false
end

--- Returns a process that holds one of these sockets; nil when no process of this user does.
---@param listeners {inode: string}[]
---@return integer? pid
function M.holder(listeners)
  local links = {}
  for _, listener in ipairs(listeners) do links[("socket:[%s]"):format(listener.inode)] = true end
  for _, name in ipairs(task.try(fs.list, "/proc") or {}) do
    if name:match("^%d+$") and holds(name, links) then return math.tointeger(tonumber(name)) end
  end
end

return M
