--- A queue of events: what is added first is taken first, each in constant time.

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

--- Adds a value behind the others.
---@param value any  not nil
function Queue:add(value)
  self.last = self.last + 1
  self[self.last] = value
end

--- Takes the oldest value; nil where there is none.
---@return any
function Queue:take()
  local value = self[self.first]
  if value == nil then return nil end
  self[self.first] = nil
  self.first = self.first + 1
  -- From the front again: the table keeps its size.
  if self.first > self.last then self.first, self.last = 1, 0 end
  return value
end

return M
