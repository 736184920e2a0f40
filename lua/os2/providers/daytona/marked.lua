--- Reads logs in the toolbox's stored form: both streams in one, each piece preceded by a
--- three-byte mark of its stream.
---
--- Each request, and each new socket, gets the whole log: what was passed on already is skipped,
--- and no more than one piece is held in memory. Source: the toolbox's session logs, 01 01 01 for
--- stdout and 02 02 02 for stderr.

---@class os2.providers.daytona.marked
---@field private seen integer  bytes of the log that were read so far
---@field private held string  bytes that may be the start of a mark
---@field private stream "stdout"|"stderr"
---@field private on_output fun(stream: string, data: string)
local Marked = {}
Marked.__index = Marked

local M = {}

local STREAM_OF <const> = { ["\1"] = "stdout", ["\2"] = "stderr" }

--- Makes a reader of one log.
---@param on_output fun(stream: "stdout"|"stderr", data: string)
---@return os2.providers.daytona.marked
function M.new(on_output)
  return setmetatable({ seen = 0, held = "", stream = "stdout", on_output = on_output }, Marked)
end

local function pass(self, bytes)
  if bytes ~= "" then self.on_output(self.stream, bytes) end
end

local function find_mark(text, from)
  local out, err = text:find("\1\1\1", from, true), text:find("\2\2\2", from, true)
  return out and err and math.min(out, err) or out or err
end

local function feed(self, bytes)
  local text, from = self.held .. bytes, 1
  local at = find_mark(text, from)
  while at do
    pass(self, text:sub(from, at - 1))
    self.stream, from = STREAM_OF[text:sub(at, at)], at + 3
    at = find_mark(text, from)
  end
  local rest = text:sub(from)
  local last = rest:sub(-2)
  self.held = last:match("\1\1?$") or last:match("\2\2?$") or ""
  pass(self, rest:sub(1, #rest - #self.held))
end

--- Reads the log again from its start, and passes on what is new.
---@param chunks fun(): string?
function Marked:read(chunks)
  local at = 0 -- bytes of this reading
  for bytes in chunks do
    local fresh = bytes:sub(math.max(1, self.seen - at + 1))
    at = at + #bytes
    self.seen = math.max(self.seen, at)
    if fresh ~= "" then feed(self, fresh) end
  end
end

--- Returns how many bytes of the log were read so far.
---@return integer
function Marked:count()
  return self.seen
end

--- Passes on the bytes that were held back, because nothing follows them any more.
function Marked:finish()
  pass(self, self.held)
  self.held = ""
end

return M
