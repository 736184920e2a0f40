--- The lines of an answer that the engine streams: each line is one JSON object.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local native_json = require("host.json")

---@class os2.docker.answer_lines
---@field private op string
---@field private number integer  number of the last line
---@field private fault os2.Err?  error of the last line
local Lines = {}
Lines.__index = Lines

local M = {}

--- Returns a reader of the lines of one answer.
---@param op string  for errors: "docker.build"
---@return os2.docker.answer_lines
function M.new(op)
  return setmetatable({ op = op, number = 0 }, Lines)
end

local function fault_of(self, text, why)
  return err.new{
    kind = "protocol", op = self.op, is_sent = true,
    message = ("line %d of the engine's answer is no JSON object (%s): %s"):format(self.number,
      why, foreign.message(text)),
    hint = "check DOCKER_HOST: a proxy or another server may answer instead of the engine",
  }
end

--- Decodes the next line. Returns nil for a blank line, for null, and for a line that is not a JSON
--- object. Such a line may be the incomplete last one of a connection that was cut, so it becomes
--- an error only when another line follows: then this function raises `protocol`.
---@param text string
---@return table?
function Lines:decode(text)
  if self.fault then err.raise(self.fault) end
  self.number = self.number + 1
  if not text:find("%S") then return nil end
  local line, failure = native_json.decode(text)
  if line == nil and not failure then return nil end
  if type(line) == "table" and text:find("^%s*{") then return line end
  self.fault = fault_of(self, text, failure and failure.message or "it is another value")
end

--- Returns the error of a last line that is not a JSON object.
---@return os2.Err?
function Lines:last_fault()
  return self.fault
end

return M
