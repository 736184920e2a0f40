--- The words that name runs on a command line: argparse takes -1 for an option.

---@class os2.history.run_words
local M = {}

--- Returns the words of a command line with "last:1" in place of "-1".
---@param words string[]
---@return string[]
function M.shielded(words)
  local list = {}
  for index, word in ipairs(words) do list[index] = word:gsub("^%-(%d+)$", "last:%1") end
  return list
end

--- Returns the word as it was typed.
---@param word string
---@return string
function M.plain(word)
  return (word:gsub("^last:(%d+)$", "-%1"))
end

return M
