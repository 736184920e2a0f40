--- A transfer as an iterator that raises errors: `for event in stream`, `stream:result()`.
local err = require("os2.err")
local event_stream = require("os2.base.event_stream")
local explain = require("os2.git.explain")

---@class os2.git.stream
---@field package op userdata  the host operation
local Stream = {}

local M = {}

--- Returns the next event, {type = "progress", phase, done, total, bytes}, or nil after the last
--- one. Waits.
---@return table?
function Stream:next()
  return self.op:next()
end

--- Takes the remaining events and returns the result, or raises. Waits.
---@return table
function Stream:result()
  local result, failure = self.op:result()
  if result == nil and failure then err.raise(explain.of(failure)) end
  return result
end

event_stream.class(Stream)

--- Returns the stream of an operation. With `on_progress` it runs the stream to its end instead,
--- calls the function with each event, and returns the result; then it waits.
---@param op userdata
---@param on_progress? fun(event: table)
---@return any
function M.open(op, on_progress)
  return event_stream.open(setmetatable({ op = op }, Stream), on_progress)
end

return M
