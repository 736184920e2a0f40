--- A first-in, first-out queue of events; adding and taking need constant time.

---@class os2.docker.queue
---@field private first integer
---@field private last integer
local Queue = {}
Queue.__index = Queue

local M = {}

--- Returns an empty queue.
---@return os2.docker.queue
function M.new()
  return setmetatable({ first = 1, last = 0 }, Queue)
end

--- Adds a value at the end.
---@param value any  not nil
function Queue:add(value)
  self.last = self.last + 1
  self[self.last] = value
end

--- Removes and returns the oldest value; nil when the queue is empty.
---@return any
function Queue:take()
  local value = self[self.first]
  if value == nil then return nil end
  self[self.first] = nil
  self.first = self.first + 1
  -- starts at the front again, so that the table does not grow
  if self.first > self.last then self.first, self.last = 1, 0 end
  return value
end

return M
