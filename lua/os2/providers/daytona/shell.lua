--- Words of a command line of the shell.

---@class os2.providers.daytona.shell
local M = {}

--- Quotes a word.
---@param word string
---@return string
function M.quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Returns a program and its arguments as a command line.
---@param argv string[]
---@return string
function M.words(argv)
  local words = {}
  for index, word in ipairs(argv) do words[index] = M.quoted(word) end
  return table.concat(words, " ")
end

--- Returns the beginning of a command line that runs in a directory.
---@param cwd? string
---@return string
function M.enter(cwd)
  return cwd and ("cd -- %s && "):format(M.quoted(cwd)) or ""
end

return M
