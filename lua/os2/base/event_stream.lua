--- What all streams of events share: `for event in stream`, `stream:result()`, `<close>`.

---@class os2.base.event_stream
local M = {}

local function close(stream)
  stream.op:close()
end

--- Makes a class of streams; each stream has a host operation in its field `op`. `next` returns the
--- next event, nil after the last one; `result` returns the result or raises. `close` cancels an
--- operation that still runs; it may be called again.
---@generic T
---@param class T  with `next` and `result`
---@return T
function M.class(class)
  class.close = close
  class.__index, class.__call, class.__close = class, class.next, close
  return class
end

--- Returns a stream. With `on_progress` it runs the stream to its end instead, calls the function
--- with each event, and returns the result; then it waits.
---@param stream table
---@param on_progress? fun(event: table)
---@return any
function M.open(stream, on_progress)
  if not on_progress then return stream end
  local running <close> = stream
  for event in running do on_progress(event) end
  return running:result()
end

return M
