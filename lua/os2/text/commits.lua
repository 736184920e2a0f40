--- How a commit is printed.

---@class os2.text.commits
local M = {}

local SHOWN_DIGITS <const> = 10

--- Returns the first digits of a commit's hash, or "no commit" for nil.
---@param commit? string
---@return string
function M.short(commit)
  return commit and commit:sub(1, SHOWN_DIGITS) or "no commit"
end

return M
