--- A long answer of the engine as a raising iterator: `for event in stream`, `stream:result()`.
local err = require("os2.err")
local event_stream = require("os2.base.event_stream")

---@class os2.docker.stream
---@field package op userdata  host operation
---@field package merger table  takes lines, gives events
---@field package on_raw fun(raw: any)  takes what the operation gives
---@field package finish fun(answer: table?, failure: table?): any, table?  the result or nil, err
local Stream = {}

local M = {}

local function finish(self)
  self.outcome, self.failure = self.finish(self.op:result())
  self.is_over = true
  self.op:close()
end

--- Returns the next event, or nil after the last. Raises what went wrong once the events are over.
--- Waits.
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

--- Takes the events that are left and returns the result, or raises. Waits.
---@return any
function Stream:result()
  while self:next() do end
  return self.outcome
end

event_stream.class(Stream)

--- Makes a stream and returns it; with `on_progress` runs it to its end instead, gives each event
--- to the function, and returns the result. Waits then. `finish` gets what the operation ended with
--- and returns the result or nil, err.
---@param on_progress fun(event: table)?
---@param fields {op: userdata, merger: table, on_raw: function, finish: function}
---@return any
function M.open(on_progress, fields)
  return event_stream.open(setmetatable(fields, Stream), on_progress)
end

return M
