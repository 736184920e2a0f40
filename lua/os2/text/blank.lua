--- Removes blanks at the ends of a text and inside it. Each function looks at a byte a fixed number
--- of times: "%s+$" would backtrack over a text with many blanks.

---@class os2.text.blank
local M = {}

--- Returns the text without blanks at its end.
---@param text string
---@return string
function M.trim_end(text)
  return text:match("^.*%S") or ""
end

--- Returns the text without blanks at both ends.
---@param text string
---@return string
function M.trim(text)
  local from = text:find("%S")
  return from and text:match("^.*%S", from) or ""
end

--- Returns the text as one line: every run of blanks becomes one space, and both ends are trimmed.
---@param text string
---@return string
function M.one_line(text)
  return (M.trim(text):gsub("%s+", " "))
end

--- Returns the lines that are not blank, trimmed and joined to one line.
---@param text string
---@param joint string  is put between two lines
---@return string
function M.join_lines(text, joint)
  local lines = {}
  for line in text:gmatch("[^\r\n]+") do
    line = M.trim(line)
    if line ~= "" then lines[#lines + 1] = line end
  end
  return table.concat(lines, joint)
end

return M
