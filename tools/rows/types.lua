--- Translates JSON schemas to LuaLS types: "string[]", "daytona.SnapshotDto", "\"asc\"|\"desc\"".
local M = {}

local MOST_VALUES <const> = 24 -- a longer enumeration is a plain string

local MOST_FIELDS <const> = 4 -- a larger object is shown by its name

local PLAIN <const> = {
  string = "string", integer = "integer", number = "number", boolean = "boolean", file = "string",
}

--- Returns the name to which a reference points, without the prefix.
---@param schema table
---@return string?
function M.referred(schema)
  local ref = schema["$ref"]
  return ref and ref:match("([^/]+)$")
end

--- Returns the class name for a schema: only letters, digits, dots and underscores.
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

local function without_null(prefix, schema)
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

--- Returns the type of a schema; a nullable one is also `|os2.null`.
---@param prefix string  of the classes: "daytona"
---@param schema table
---@return string
function M.of(prefix, schema)
  local text = without_null(prefix, schema)
  return schema.nullable == true and text .. "|os2.null" or text
end

-- Returns an object's fields if they fit on one line.
local function written_out(context, schema)
  local names = {}
  for name in pairs(schema.properties or {}) do names[#names + 1] = name end
  if #names == 0 or #names > MOST_FIELDS then return nil end
  table.sort(names)
  local required = {}
  for _, name in ipairs(schema.required or {}) do required[name] = true end
  for index, name in ipairs(names) do
    local kind = M.plain(context, schema.properties[name])
    names[index] = ("%s%s: %s"):format(name, required[name] and "" or "?", kind)
  end
  return ("{%s}"):format(table.concat(names, ", "))
end

--- Returns the type of a schema for people: without a class when its values or fields can be
--- listed.
---@param context {prefix: string, description: table}
---@param schema table
---@return string
function M.plain(context, schema)
  if schema.type == "array" and schema.items then
    local element = M.plain(context, schema.items)
    return element:find("|", 1, true) and ("(%s)[]"):format(element) or element .. "[]"
  end
  local whole = schema.allOf and #schema.allOf == 1 and schema.allOf[1] or schema
  local name = M.referred(whole)
  if not name then return M.of(context.prefix, schema) end
  local target = context.description.components.schemas[name]
  if target.enum then return M.of(context.prefix, target) end
  return written_out(context, target) or M.class(context.prefix, name)
end

return M
