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

-- What is written otherwise in JSON, the slash too, and what may not be UTF-8.
local ESCAPED <const> = '[%c"\\/\128-\255]'

local function encode_text(text)
  if not text:find(ESCAPED) then return '"' .. text .. '"' end
  return foreign.escaped_json(json.encode(foreign.valid(text)))
end

local function valid(value)
  if type(value) == "string" then return foreign.valid(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[valid(key)] = valid(item) end
  return getmetatable(value) == false and json.array(copy) or copy
end

-- Returns the text of a table of at most one text, such as labels; nil for another one.
local function encode_texts(value)
  local first, text = next(value)
  if first == nil then return "{}" end
  if next(value, first) ~= nil or type(first) ~= "string" or type(text) ~= "string" then
    return nil
  end
  return ("{%s:%s}"):format(encode_text(first), encode_text(text))
end

local function encode_value(value)
  if type(value) == "string" then return encode_text(value) end
  if type(value) ~= "table" then return json.encode(value) end
  return getmetatable(value) == nil and encode_texts(value)
    or foreign.escaped_json(encode(valid(value), {}))
end

--- Returns a function that encodes records with these fields as `document.encode` does, for long
--- lists. Other fields of a record are left out.
---@param declared table<string, any>  by the names of the fields
---@return fun(record: table): string
function M.encoder(declared)
  local keys, line = sorted.keys(declared), native_json.line
  return function(record) return line(record, keys, encode_value) end
end

return M
