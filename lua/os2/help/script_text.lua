--- What the text of a script tells about it, without running it.
local blank = require("os2.text.blank")

---@class os2.help.script_text
local M = {}

local NOT_TOLD <const> = "(says nothing about itself)"

-- The lines of the comment at the top, behind a line for the shell.
local function comment_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]*") do
    local words = line:match("^%-%-%-? ?(.*)$")
    if not words and not (#lines == 0 and line:find("^#!")) then break end
    lines[#lines + 1] = words
  end
  return lines
end

--- Returns true for a command: its first step is `require("os2.cli")`.
---@param text string
---@return boolean
function M.is_command(text)
  for line in text:gmatch("[^\n]+") do
    if not line:find("^%s*%-%-") and not line:find("^#!") and line:find("%S") then
      return line:find("require%s*%(?%s*[\"']os2%.cli[\"']") ~= nil
    end
  end
  return false
end

-- The string behind `summary =`, which may be of several parts.
local function declared(text)
  local at = text:match("%f[%w]summary%s*=%s*()[\"']")
  local parts = {}
  while at do
    local quote = text:sub(at, at)
    local part, behind = text:match(("^%s([^%s\n]*)%s()"):format(quote, quote, quote), at)
    parts[#parts + 1] = part
    at = part and text:match("^%s*%.%.%s*()[\"']", behind)
  end
  return parts[1] and table.concat(parts)
end

--- Returns one line about a script: the summary of a command, else the first line of its comment.
---@param text string
---@return string
function M.summary(text)
  local summary = M.is_command(text) and declared(text) or comment_of(text)[1]
  return summary and summary ~= "" and blank.join_lines(summary, " ") or NOT_TOLD
end

--- Returns the comment at the top of a script.
---@param text string
---@return string
function M.comment(text)
  local lines = comment_of(text)
  return lines[1] and table.concat(lines, "\n") or NOT_TOLD
end

return M
