--- Tables in a reproducible order.

---@class os2.base.sorted
local M = {}

local function by_text(one, other) return tostring(one) < tostring(other) end

--- Returns the keys of a table, sorted by their text; an empty list for nil.
---@param map? table
---@return any[]
function M.keys(map)
  local keys = {}
  for key in pairs(map or {}) do keys[#keys + 1] = key end
  table.sort(keys, by_text)
  return keys
end

return M
