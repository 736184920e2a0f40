--- Keeps the last lines that a step of a build has written, up to a limit in bytes.

---@class os2.docker.step_output
---@field private lines table<integer, string>  from `first` to `last`
---@field private first integer
---@field private last integer
---@field private bytes integer  of these lines, with their line feeds
---@field private limit integer
local Output = {}
Output.__index = Output

local M = {}

--- Returns an output that keeps at most `limit` bytes, but always the last line.
---@param limit integer
---@return os2.docker.step_output
function M.new(limit)
  return setmetatable({ lines = {}, first = 1, last = 0, bytes = 0, limit = limit }, Output)
end

local function drop_first(self)
  self.bytes = self.bytes - #self.lines[self.first] - 1
  self.lines[self.first] = nil
  self.first = self.first + 1
end

--- Adds a line. The oldest lines are dropped while the lines exceed the limit.
---@param line string  masked
function Output:add(line)
  self.last = self.last + 1
  self.lines[self.last] = line
  self.bytes = self.bytes + #line + 1
  while self.bytes > self.limit and self.first < self.last do drop_first(self) end
end

--- Returns the lines as one text. Its first line says how many lines were dropped, if any were.
---@return string
function Output:text()
  local text = table.concat(self.lines, "\n", self.first, self.last)
  if self.first == 1 then return text end
  return ("… %d earlier lines are not shown (policy limits.step_output)\n%s"):format(
    self.first - 1, text)
end

return M
