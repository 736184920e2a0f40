--- Says JSON schemas as types of LuaLS: "string[]", "daytona.SnapshotDto", "\"asc\"|\"desc\"".
local M = {}

local MOST_VALUES <const> = 24 -- a longer enumeration is a plain string

local PLAIN <const> = {
  string = "string", integer = "integer", number = "number", boolean = "boolean", file = "string",
}

--- Returns the name a reference stands for, without the prefix.
---@param schema table
---@return string?
function M.referred(schema)
  local ref = schema["$ref"]
  return ref and ref:match("([^/]+)$")
end

--- Returns the class of a schema's name: only letters, digits, dots and underscores.
---@param prefix string
---@param name string
---@return string
function M.class(prefix, name)
  return prefix .. "." .. name:gsub("[^%w_.]", "_")
end

local function enumeration(schema)
  local values = {}
  for _, value in ipairs(schema.enum) do
    if type(value) == "string" then values[#values + 1] = ("%q"):format(value) end
  end
  if #values == 0 or #values > MOST_VALUES then return "string" end
  return table.concat(values, "|")
end

local function list_of(prefix, items)
  local element = M.of(prefix, items or {})
  return element:find("|", 1, true) and ("(%s)[]"):format(element) or element .. "[]"
end

local function object(prefix, schema)
  local values = schema.additionalProperties
  if type(values) == "table" and next(values) then
    return ("table<string, %s>"):format(M.of(prefix, values))
  end
  return "table"
end

local function plain(prefix, schema)
  local whole = schema.allOf and #schema.allOf == 1 and schema.allOf[1]
  local name = M.referred(whole or schema)
  if name then return M.class(prefix, name) end
  if schema.enum and schema.type ~= "integer" then return enumeration(schema) end
  if schema.type == "array" then return list_of(prefix, schema.items) end
  if schema.type == "object" or schema.allOf or schema.properties then
    return object(prefix, schema)
  end
  return PLAIN[schema.type] or "any"
end

--- Returns the type of a schema; what may be null is `|os2.null` too.
---@param prefix string  of the classes: "daytona"
---@param schema table
---@return string
function M.of(prefix, schema)
  local text = plain(prefix, schema)
  return schema.nullable == true and text .. "|os2.null" or text
end

return M
