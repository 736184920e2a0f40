--- The output of a container, or of a command in it: events {stream = "stdout"|"stderr", data =
--- bytes}.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local errors = require("os2.docker.errors")
local foreign = require("os2.text.foreign")
local native_docker = require("host.docker")
local stream = require("os2.docker.stream")

---@class os2.docker.output
local M = {}

-- Presents unframed output in the same way.
local RAW <const> = {
  feed = function(_, bytes) return { "stdout", bytes } end,
  is_complete = function() return true end,
}

local LONGEST_SAID_BYTES <const> = 64 * 1024 -- bytes of the engine's own message

local function say(merger, words)
  merger.said = merger.said .. words:sub(1, LONGEST_SAID_BYTES - #merger.said)
end

-- After a cut, the rest of the message is shortened, because the cut may have split a secret.
local function said_by(merger)
  if #merger.said < LONGEST_SAID_BYTES then return merger.said end
  return (foreign.head(merger.said, LONGEST_SAID_BYTES // 2))
end

-- Returns the error inside a complete output: it was not framed, or it contains a message of the
-- engine.
local function fault_of(merger)
  local is_said = merger.said ~= "" and merger.frames:is_complete()
  if merger.fault or not is_said then return merger.fault end
  return errors.of_answer(merger.op, { status = 500, body = said_by(merger) })
end

local function new_merger(op, is_raw)
  return {
    op = op, frames = is_raw and RAW or native_docker.frames(), said = "", events = {}, first = 1,
  }
end

-- Feeds bytes from the engine.
local function feed(merger, bytes)
  local pieces, fault = merger.frames:feed(bytes)
  for index = 1, #pieces, 2 do
    local name, data = pieces[index], pieces[index + 1]
    if name == "error" then say(merger, data)
    else merger.events[#merger.events + 1] = { stream = name, data = data } end
  end
  merger.fault = merger.fault or fault
end

-- Returns the next event; nil when more bytes are needed. Raises an error after the last event.
local function take(merger)
  local event = merger.events[merger.first]
  if not event then
    merger.events, merger.first = {}, 1
    local fault = fault_of(merger)
    if fault then err.raise(fault) end
    return nil
  end
  merger.events[merger.first] = nil
  merger.first = merger.first + 1
  return event
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
---@field is_raw? boolean  the output of a terminal: one stream without frames
---@field result? fun(): any  returns the result, once the output has ended

--- Starts an operation whose answer is a container's output. Returns a stream.
---@param op string  for errors: "docker.exec"
---@param name string  the operation
---@param params table<string, string>
---@param options os2.docker.output.options
---@return os2.docker.stream
function M.open(op, name, params, options)
  local started, merger = clock.monotonic(), new_merger(op, options.is_raw)
  merger.take = take
  return stream.open(options.on_progress, {
    op = client.start(name, params, {
      mode = "chunks", timeout = options.timeout, body = options.body, headers = options.headers,
    }),
    merger = merger,
    on_raw = function(bytes) feed(merger, bytes) end,
    finish = function(response, failure)
      local failed = client.check(op, name, started, response, failure)
      if not failed and not merger.frames:is_complete() then failed = cut(op) end
      if failed then return nil, failed end
      return options.result and options.result() or true
    end,
  })
end

return M
