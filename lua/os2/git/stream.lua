--- A transfer as a raising iterator: `for event in stream`, `stream:result()`.
local err = require("os2.err")
local event_stream = require("os2.base.event_stream")
local explain = require("os2.git.explain")

---@class os2.git.stream
---@field package op userdata  host operation
local Stream = {}

local M = {}

--- Returns the next event, {type = "progress", phase, done, total, bytes}, or nil after the last.
--- Waits.
---@return table?
function Stream:next()
  return self.op:next()
end

--- Takes the events that are left and returns the result, or raises. Waits.
---@return table
function Stream:result()
  local result, failure = self.op:result()
  if result == nil and failure then err.raise(explain.of(failure)) end
  return result
end

event_stream.class(Stream)

--- Returns the stream of an operation; with `on_progress` runs it to its end instead, gives each
--- event to the function, and returns the result. Waits then.
---@param op userdata
---@param on_progress? fun(event: table)
---@return any
function M.open(op, on_progress)
  return event_stream.open(setmetatable({ op = op }, Stream), on_progress)
end

return M
