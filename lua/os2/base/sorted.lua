--- Tables in a reproducible order.

---@class os2.base.sorted
local M = {}

local function by_text(one, other) return tostring(one) < tostring(other) end

--- Returns the keys of a table, sorted by their text; an empty list for nil.
---@param map? table
---@return any[]
function M.keys(map)
  local keys, are_texts = {}, true
  for key in pairs(map or {}) do
    keys[#keys + 1] = key
    are_texts = are_texts and type(key) == "string"
  end
  table.sort(keys, not are_texts and by_text or nil)
  return keys
end

return M
