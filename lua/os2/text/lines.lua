--- Splits text that arrives in pieces into lines, one at a time. A line without an end is returned
--- in pieces, so that memory stays bounded; no secret is cut.
local secrets = require("os2.text.secrets")

---@class os2.text.lines
---@field private text string
---@field private from integer  start of what was not taken yet
---@field private stop integer?  the next line feed; the position after the text when there is none
---@field private is_ended boolean  nothing follows the text
---@field private limit integer
---@field private blank integer  consecutive blank lines so far
local Lines = {}
Lines.__index = Lines

local M = {}

local MOST_BLANK_LINES <const> = 100 -- consecutive lines
local WINDOW_BYTES <const> = 64 * 1024 -- bytes

--- Returns a reader of lines.
---@param limit integer  bytes of the longest line that is returned whole
---@return os2.text.lines
function M.new(limit)
  return setmetatable({ text = "", from = 1, is_ended = false, limit = limit, blank = 0 }, Lines)
end

--- Adds a piece of text.
---@param bytes string
function Lines:add(bytes)
  self.text, self.from = self.text:sub(self.from) .. bytes, 1
  self.stop, self.is_ended = nil, false
end

--- Declares that nothing follows: the text after the last line feed is a line, too.
function Lines:finish()
  self.is_ended = true
end

local function stop_of(self)
  if not self.stop or self.stop < self.from then
    self.stop = self.text:find("\n", self.from, true) or #self.text + 1
  end
  return self.stop
end

-- Takes the start of a line that is too long; the text after it decides where to cut.
local function take_piece(self, stop)
  local reach = secrets.reach()
  local window = self.text:sub(self.from, math.min(self.from + self.limit + 2 * reach, stop) - 1)
  local at = secrets.place_to_cut(window, self.limit)
  if at == 0 then at = secrets.place_to_cut(window, math.min(self.limit + reach, #window)) end
  if at == 0 then at = #window end
  self.from = self.from + at
  return window:sub(1, at)
end

-- Skips blank lines in windows, because a pattern over the whole text could not be interrupted.
local function skip_blank_lines(self)
  repeat
    local window = self.text:sub(self.from, self.from + WINDOW_BYTES - 1)
    local at = window:find("%S") or #window + 1
    local behind = window:sub(1, at - 1):match("^.*\n()")
    if behind then self.from = self.from + behind - 1 end
  until at <= #window or not behind
end

-- A million blank lines tell no more than a few.
local function count_blank(self, line)
  self.blank = line:find("%S") and 0 or self.blank + 1
end

--- Returns the next line without its line feed; nil when there is none yet. At most 100 consecutive
--- blank lines are returned.
---@return string?
function Lines:next()
  if self.blank >= MOST_BLANK_LINES then skip_blank_lines(self) end
  local stop = stop_of(self)
  local is_whole = self.is_ended or stop <= #self.text
  local longest = is_whole and self.limit or self.limit + 2 * secrets.reach()
  if stop - self.from > longest then return take_piece(self, stop) end
  if not is_whole or self.from > #self.text then return nil end
  local line = self.text:sub(self.from, stop - 1)
  self.from = stop + 1
  count_blank(self, line)
  return line
end

return M
