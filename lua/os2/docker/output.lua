--- What a container, or a command in it, writes: events {stream = "stdout"|"stderr", data = bytes}.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local native = require("host.docker")
local stream = require("os2.docker.stream")

---@class os2.docker.output
local M = {}

-- What comes without frames, in the same shape.
local RAW <const> = {
  feed = function(_, bytes) return { "stdout", bytes } end,
  is_complete = function() return true end,
}

-- Takes the engine's bytes, gives events.
local function new_merger(is_raw)
  local frames, events, first = is_raw and RAW or native.frames(), {}, 1
  local merger = {}
  function merger.feed(bytes)
    local pieces = err.check(frames:feed(bytes))
    for index = 1, #pieces, 2 do
      events[#events + 1] = { stream = pieces[index], data = pieces[index + 1] }
    end
  end
  function merger.is_complete() return frames:is_complete() end
  function merger.take()
    local event = events[first]
    events[first] = nil
    first = event and first + 1 or first
    if first > #events then events, first = {}, 1 end
    return event
  end
  return merger
end

local function cut(op)
  return err.new{
    kind = "network", op = op, is_sent = true,
    message = "the connection to the engine was cut in the middle of the output",
    hint = "check the engine and ask again",
  }
end

---@class os2.docker.output.options
---@field timeout number  seconds
---@field body? string
---@field headers? string[]
---@field on_progress? fun(event: table)
---@field is_raw? boolean  the output of a terminal: no frames, one stream
---@field result? fun(): any  asks for the result once the output has ended

--- Starts an operation that answers with a container's output; returns a stream.
---@param op string  for errors: "docker.exec"
---@param name string  the operation
---@param params table<string, string>
---@param options os2.docker.output.options
---@return os2.docker.stream
function M.open(op, name, params, options)
  local started, merger = clock.monotonic(), new_merger(options.is_raw)
  return stream.open(options.on_progress, {
    op = client.start(name, params, {
      mode = "chunks", timeout = options.timeout, body = options.body, headers = options.headers,
    }),
    merger = merger,
    on_raw = merger.feed,
    finish = function(response, failure)
      local failed = client.check(op, name, started, response, failure)
      if not failed and not merger.is_complete() then failed = cut(op) end
      if failed then return nil, failed end
      return options.result and options.result() or true
    end,
  })
end

return M
