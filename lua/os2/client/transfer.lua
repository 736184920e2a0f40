--- A request whose body, or whose answer, comes in pieces and is never held whole. Everything here
--- raises.
local err = require("os2.err")

---@class os2.client.rest.Transfer
---@field private op userdata  host operation
---@field private check fun(response: table?, failure: os2.Err?): os2.Err?
local Transfer = {}
Transfer.__index = Transfer

local M = {}

--- Makes a transfer of a started request.
---@param op userdata
---@param check fun(response: table?, failure: os2.Err?): os2.Err?  the error of what it ended with
---@return os2.client.rest.Transfer
function M.new(op, check)
  return setmetatable({ op = op, check = check }, Transfer)
end

--- Waits for the end; raises where it was no good one.
function Transfer:finish()
  local failure = self.check(self.op:result())
  if failure then err.raise(failure) end
end

--- Returns an iterator over the pieces of the answer, which raises where the answer is an error or
--- does not come to its end. Waits.
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

--- Sends a piece of the body; false where the server wants no more of it. Waits.
---@param bytes string
---@return boolean
function Transfer:send(bytes)
  return self.op:send(bytes)
end

--- The body is complete: waits for the answer; raises where that is an error.
function Transfer:send_end()
  self.op:send_end()
  self:finish()
end

--- Ends it: what is under way is cut off. May be called again.
function Transfer:close()
  self.op:close()
end

Transfer.__close = Transfer.close

return M
