--- Formats text as Markdown with lines of at most 100 columns.

---@class os2.help.markdown
local M = {}

local WIDTH_COLUMNS <const> = 100

--- Returns the text with a backslash before the characters that Markdown would treat as markup.
---@param text string
---@return string
function M.plain(text)
  return (text:gsub("[*<]", "\\%0"))
end

local function width_of(text) return utf8.len(text) or #text end

-- Words at the start of a line that Markdown would treat as a list, a heading or a quotation. Of
-- numbers, only 1 starts a list within a paragraph.
local MARKS <const> = { ["-"] = true, ["+"] = true, [">"] = true, ["1."] = true, ["1)"] = true }

local function is_mark(word)
  return MARKS[word] or word:find("^#+$") ~= nil
end

--- Returns a list item: `- ` before the text, and the lines after the first indented by two spaces.
---@param text string  words separated by white space
---@return string
function M.item(text)
  local lines, line = {}, "-"
  for word in text:gmatch("%S+") do
    if width_of(line) + 1 + width_of(word) > WIDTH_COLUMNS and not is_mark(word) then
      lines[#lines + 1], line = line, " "
    end
    line = line .. " " .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

return M
