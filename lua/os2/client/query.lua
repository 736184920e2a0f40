--- The query of a request.
local json = require("os2.json")
local sorted = require("os2.base.sorted")

---@class os2.client.query
local M = {}

local function encode_word(text)
  return (text:gsub("[^%w%-%._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function text_of(value)
  if type(value) == "table" then return json.encode(value) end
  return tostring(value)
end

--- Adds a key with its value to a list of {key, text}. A list of values repeats the key.
---@param list string[][]
---@param key string
---@param value any
function M.put(list, key, value)
  if type(value) ~= "table" or #value == 0 then
    list[#list + 1] = { key, text_of(value) }
    return
  end
  for _, element in ipairs(value) do list[#list + 1] = { key, text_of(element) } end
end

--- Adds each field of a filter as a key of its own.
---@param list string[][]
---@param key string
---@param value table
function M.put_fields(list, key, value)
  for _, field in ipairs(sorted.keys(value)) do
    M.put(list, ("%s[%s]"):format(key, field), value[field])
  end
end

--- Returns a path with a query behind it, whose keys are sorted.
---@param path string  may have a query already
---@param query? table<string, any>
---@return string
function M.add(path, query)
  local words = {}
  for key, value in pairs(query or {}) do
    words[#words + 1] = encode_word(tostring(key)) .. "=" .. encode_word(text_of(value))
  end
  table.sort(words)
  local joint = path:find("?", 1, true) and "&" or "?"
  return #words > 0 and path .. joint .. table.concat(words, "&") or path
end

return M
