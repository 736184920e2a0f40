--- What the streams of long verbs share: `for event in stream`, `stream:result()`, `<close>`.

---@class os2.base.event_stream
local M = {}

local function close(stream)
  stream.op:close()
end

--- Makes a class of streams over a host's operation, which each of them has as `op`. `next` gives
--- the next event, nil after the last; `result` gives what came of it, or raises. Its `close`
--- cancels what still runs, and may be called again.
---@generic T
---@param class T  with `next` and `result`
---@return T
function M.class(class)
  class.close = close
  class.__index, class.__call, class.__close = class, class.next, close
  return class
end

--- Returns a stream; with `on_progress` runs it to its end instead, gives each event to the
--- function, and returns the result. Waits then.
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
