--- Lines of a stdin that is no terminal, or of a terminal that cannot move its cursor.
local keyboard = require("os2.console.keyboard")

---@class os2.repl.stream
---@field private input userdata
---@field private rest string
---@field private has_prompt boolean
local Stream = {}
Stream.__index = Stream

local M = {}

local PROMPT <const> = "os2> "

--- Opens stdin.
---@param has_prompt boolean  a person reads along
---@return os2.repl.stream
function M.open(has_prompt)
  return setmetatable({ input = keyboard.input(), rest = "", has_prompt = has_prompt }, Stream)
end

-- Returns the next line without its line feed; nil at the end.
function Stream:line()
  while true do
    local line, rest = self.rest:match("^([^\n]*)\n(.*)$")
    if line then
      self.rest = rest
      return line
    end
    local piece = self.input:next()
    if not piece then break end
    self.rest = self.rest .. piece
  end
  local last = self.rest
  self.rest = ""
  return last ~= "" and last or nil
end

--- Reads a line. Returns "line" and its text, or "eof".
---@param prompt string
---@return "line"|"eof"
---@return string? text
function Stream:read(prompt)
  if self.has_prompt then
    io.stdout:write(prompt)
    io.stdout:flush()
  end
  local line = self:line()
  if line then return "line", line end
  return "eof"
end

--- Does nothing: only the editor has keys for it.
function Stream.remember() end

--- Begins the line anew: the terminal has dropped what was typed.
function Stream.interrupt()
  require("host.loop").forget_signal()
  io.stdout:write("\n", PROMPT)
  io.stdout:flush()
end

--- Gives stdin back.
function Stream:close()
  self.input:close()
end

return M
