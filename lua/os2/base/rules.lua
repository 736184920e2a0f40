--- Checks that policies of several groups name as `check`: nil and why where a value is refused.

---@class os2.base.rules
local M = {}

--- A text with something in it.
---@param text string
---@return boolean? ok
---@return string? why
function M.not_empty(text)
  if text ~= "" then return true end
  return nil, "it is empty"
end

--- An absolute path, of a file or of a URL.
---@param path string
---@return boolean? ok
---@return string? why
function M.absolute(path)
  if path:sub(1, 1) == "/" then return true end
  return nil, "a path begins with /"
end

return M
