--- Formats lists of fields as columns of text.

---@class os2.help.fields
local M = {}

--- Returns the length of the longest text under a key of the fields.
---@param fields table[]
---@param key string
---@return integer
function M.width(fields, key)
  local most = 0
  for _, field in ipairs(fields) do most = math.max(most, #field[key]) end
  return most
end

--- Returns the fields with those first that a function selects; otherwise the order stays.
---@param fields table[]
---@param is_first fun(field: table): any
---@return table[]
function M.with_first(fields, is_first)
  local first, others = {}, {}
  for _, field in ipairs(fields) do
    local list = is_first(field) and first or others
    list[#list + 1] = field
  end
  return table.move(others, 1, #others, #first + 1, first)
end

return M
