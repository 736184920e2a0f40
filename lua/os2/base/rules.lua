--- Rules that several groups of policies use as `check`: they return nil and the reason for a value
--- that they refuse.

---@class os2.base.rules
local M = {}

--- Accepts a text that is not empty.
---@param text string
---@return boolean? ok
---@return string? why
function M.not_empty(text)
  if text ~= "" then return true end
  return nil, "it is empty"
end

--- Accepts an absolute path, of a file or of a URL.
---@param path string
---@return boolean? ok
---@return string? why
function M.absolute(path)
  if path:sub(1, 1) == "/" then return true end
  return nil, "a path begins with /"
end

return M
