--- JSON with a fixed order of keys: given keys first, the others sorted.
local foreign = require("os2.text.foreign")
local json = require("os2.json")
local native_json = require("host.json")
local sorted = require("os2.base.sorted")

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

local function valid(value)
  if type(value) == "string" then return foreign.valid(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[valid(key)] = valid(item) end
  return getmetatable(value) == false and json.array(copy) or copy
end

local function encode_value(value)
  return foreign.escaped_json(encode(valid(value), {}))
end

--- Returns a function that encodes a list of records with these fields, each as `document.encode`
--- does, with a text between them. Other fields of a record are left out.
---@param declared table<string, any>  by the names of the fields
---@return fun(records: table[], joint: string): string
function M.encoder(declared)
  return native_json.encoder(sorted.keys(declared), encode_value)
end

return M
