--- Questions about lists.

---@class os2.base.lists
local M = {}

--- Returns true when a value is in the list.
---@param list any[]
---@param wanted any
---@return boolean
function M.has(list, wanted)
  for _, value in ipairs(list) do
    if value == wanted then return true end
  end
  return false
end

--- Returns the values of a list in their order, each once.
---@generic T
---@param list T[]
---@return T[]
function M.unique(list)
  local kept, seen = {}, {}
  for _, value in ipairs(list) do
    if not seen[value] then kept[#kept + 1] = value end
    seen[value] = true
  end
  return kept
end

return M
