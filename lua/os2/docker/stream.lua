--- A long answer of the engine as an iterator that raises errors: `for event in stream`,
--- `stream:result()`.
local err = require("os2.err")
local event_stream = require("os2.base.event_stream")

---@class os2.docker.stream
---@field package op userdata  the host operation
---@field package merger table  turns lines into events
---@field package on_raw fun(raw: any)  gets the events of the operation
---@field package finish fun(answer: table?, failure: table?): any, table?  returns the result, or
---  nil and an error
local Stream = {}

local M = {}

local function finish(self)
  self.outcome, self.failure = self.finish(self.op:result())
  self.is_over = true
  self.op:close()
end

--- Returns the next event, or nil after the last one. Raises an error after the events that precede
--- it. Waits.
---@return table?
function Stream:next()
  while true do
    local event = self.merger:take()
    if event then return event end
    if self.failure then err.raise(self.failure) end
    if self.is_over then return nil end
    local raw = self.op:next()
    if raw ~= nil then self.on_raw(raw) else finish(self) end
  end
end

--- Takes the remaining events and returns the result, or raises. Waits.
---@return any
function Stream:result()
  while self:next() do end
  return self.outcome
end

event_stream.class(Stream)

--- Makes a stream and returns it. With `on_progress` it runs the stream to its end instead, calls
--- the function with each event, and returns the result; then it waits. `finish` gets the outcome
--- of the operation and returns the result, or nil and an error.
---@param on_progress fun(event: table)?
---@param fields {op: userdata, merger: table, on_raw: function, finish: function}
---@return any
function M.open(on_progress, fields)
  return event_stream.open(setmetatable(fields, Stream), on_progress)
end

return M
