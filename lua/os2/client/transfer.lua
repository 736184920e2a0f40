--- A request whose body or answer is streamed and never held in memory as a whole. Every function
--- raises error objects.
local err = require("os2.err")

---@class os2.client.rest.Transfer
---@field private op userdata  the host operation
---@field private check fun(response: table?, failure: os2.Err?): os2.Err?
local Transfer = {}
Transfer.__index = Transfer

local M = {}

--- Makes a transfer of a request that was started.
---@param op userdata
---@param check fun(response: table?, failure: os2.Err?): os2.Err?  returns the error that the
---  outcome means
---@return os2.client.rest.Transfer
function M.new(op, check)
  return setmetatable({ op = op, check = check }, Transfer)
end

--- Waits for the end. Raises when the request failed.
function Transfer:finish()
  local failure = self.check(self.op:result())
  if failure then err.raise(failure) end
end

--- Returns an iterator over the pieces of the answer. It raises when the answer is an error or is
--- incomplete. Waits.
---@return fun(): string?
function Transfer:chunks()
  local head = self.op:head()
  if not head or head.status >= 300 then self:finish() end
  return function()
    local bytes = self.op:next()
    if bytes == nil then self:finish() end
    return bytes
  end
end

--- Sends a piece of the body. Returns false when the server does not want more. Waits while the
--- queue is full.
---@param bytes string
---@return boolean
function Transfer:send(bytes)
  return self.op:send(bytes)
end

--- Declares the body complete and waits for the answer. Raises when the answer is an error.
function Transfer:send_end()
  self.op:send_end()
  self:finish()
end

--- Ends the transfer; a transfer in progress is cancelled. May be called again.
function Transfer:close()
  self.op:close()
end

Transfer.__close = Transfer.close

return M
