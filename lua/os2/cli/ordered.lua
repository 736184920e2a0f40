--- JSON with a fixed order of keys: given keys first, the others sorted.
local json = require("os2.json")

---@class os2.cli.ordered
local M = {}

-- The mark of an empty array hides its metatable: it is the only one that reads as false.
local function is_list(value)
  return getmetatable(value) == false or value[1] ~= nil
end

local function keys_of(value, first)
  local rank, keys = {}, {}
  for index, key in ipairs(first) do rank[key] = index end
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    local one, other = rank[a] or math.huge, rank[b] or math.huge
    if one ~= other then return one < other end
    return tostring(a) < tostring(b)
  end)
  return keys
end

local encode

local function encode_list(value)
  local parts = {}
  for index = 1, #value do parts[index] = encode(value[index], {}) end
  return "[" .. table.concat(parts, ",") .. "]"
end

encode = function(value, first)
  if type(value) ~= "table" then return json.encode(value) end
  if is_list(value) then return encode_list(value) end
  local parts = {}
  for index, key in ipairs(keys_of(value, first)) do
    parts[index] = json.encode(tostring(key)) .. ":" .. encode(value[key], {})
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Returns the JSON text of a value.
---@param value any
---@param first string[]  the keys of the outermost object that come first
---@return string
function M.encode(value, first)
  return encode(value, first)
end

return M
