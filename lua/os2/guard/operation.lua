--- An operation that was not started, with the methods of the host's: it has its events and its
--- result at once, and takes whatever is sent.

---@class os2.guard.operation
---@field private events any[][]
---@field private outcome any
---@field private answer table?  of head
---@field private at integer
local Operation = {}
Operation.__index = Operation

local M = {}

--- Makes an operation.
---@param result any
---@param events? any[][]  the values of each event
---@param head? table
---@return os2.guard.operation
function M.new(result, events, head)
  return setmetatable({ outcome = result, events = events or {}, answer = head, at = 0 }, Operation)
end

--- Returns the next event.
function Operation:next()
  self.at = self.at + 1
  local event = self.events[self.at]
  if event then return table.unpack(event) end
end

--- Returns the result.
function Operation:result() return self.outcome end

--- Returns the head of the answer.
function Operation:head() return self.answer end

local NOBODY <const> = 4194305 -- above the largest pid of Linux

--- Returns the pid of a program that was not started: no process has it.
function Operation.pid() return NOBODY end

--- Returns true, as the host's operations do once they have news.
function Operation.is_ready() return true end

-- With a code, as a WebSocket is closed, the ending is returned.
function Operation:close(code)
  if code then return self.outcome end
end

local function taken() return true end

for _, name in ipairs{
  "send", "send_end", "send_from", "ping", "write", "close_stdin", "kill", "answer",
  "answer_secret",
} do
  Operation[name] = taken
end

Operation.__call, Operation.__close = Operation.next, function() end

return M
