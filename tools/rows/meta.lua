--- Writes editor stubs (LuaLS) of the operations and of the records that they take and return.
local model = require("rows.model")
local types = require("rows.types")

local M = {}

local function field_line(field)
  local unit = field.unit and "  " .. field.unit or ""
  local name = field.name:find("^[%a_][%w_]*$") and field.name or ('["%s"]'):format(field.name)
  return ("---@field %s%s %s%s"):format(name, field.is_required and "" or "?", field.type, unit)
end

-- In a record, a field that is null is absent.
local function record_line(field)
  local kind, nullable = field.type:gsub("|os2%.null", "")
  local is_required = field.is_required and nullable == 0
  return field_line{ name = field.name, type = kind, unit = field.unit, is_required = is_required }
end

local function class(api, name, schema)
  local type_name = types.class(api.prefix, name)
  if not schema.properties and not schema.allOf then
    return ("---@alias %s %s\n"):format(type_name, types.of(api.prefix, schema))
  end
  local lines = { "---@class " .. type_name }
  for _, field in ipairs(model.properties(api, schema)) do
    lines[#lines + 1] = record_line(field)
  end
  return table.concat(lines, "\n") .. "\n"
end

local function classes(api)
  local schemas = api.description.components.schemas
  local names = {}
  for name in pairs(schemas) do names[#names + 1] = name end
  table.sort(names)
  for index, name in ipairs(names) do names[index] = class(api, name, schemas[name]) end
  return table.concat(names, "\n")
end

local function is_optional(fields)
  for _, field in ipairs(fields) do
    if field.is_required then return false end
  end
  return true
end

-- Headers are options of the call, not fields.
local function given_fields(operation)
  local fields = {}
  for _, field in ipairs(operation.fields) do
    if field.place ~= "header" then fields[#fields + 1] = field end
  end
  return fields
end

local function parameter_class(api, operation, fields)
  if #fields == 0 then return nil, "{}" end
  local name = ("%s.api.%s"):format(api.prefix, operation.name)
  local lines = { "---@class " .. name }
  for _, field in ipairs(fields) do lines[#lines + 1] = field_line(field) end
  return table.concat(lines, "\n") .. "\n", name
end

local function heading(api, operation)
  local lines = { ("--- %s %s"):format(operation.method, operation.path:gsub(":%a+}", "}")) }
  if operation.permission ~= "" then
    lines[#lines + 1] = ("--- The key needs %s."):format(operation.permission)
  end
  if operation.content then
    lines[#lines + 1] = ("--- The body, %s, is `options.body`."):format(operation.content)
  end
  lines[#lines + 1] = ("--- Raises %s."):format(table.concat(operation.errors, ", "))
  lines[#lines + 1] = ("--- Source: %s, %s."):format(api.source, operation.id)
  if operation.is_deprecated then lines[#lines + 1] = "---@deprecated" end
  return lines
end

local function iterator(api, operation, parameter, optional)
  return ([[
--- All items of all pages of %s.
---@param params%s %s
---@param options? os2.client.rest.call_options
---@return fun(): table?
function %s_each.%s(params, options) end
]]):format(operation.name, optional, parameter, api.prefix, operation.name)
end

local function stub(api, operation)
  local fields = given_fields(operation)
  local definition, parameter = parameter_class(api, operation, fields)
  local optional = is_optional(fields) and "?" or ""
  local lines = heading(api, operation)
  table.move({
    ("---@param params%s %s"):format(optional, parameter),
    "---@param options? os2.client.rest.call_options",
    ("---@return %s"):format(operation.returns),
    "---@return os2.http.response",
    ("function %s_api.%s(params, options) end\n"):format(api.prefix, operation.name),
  }, 1, 5, #lines + 1, lines)
  if definition then table.insert(lines, 1, definition) end
  if operation.paging then lines[#lines + 1] = iterator(api, operation, parameter, optional) end
  return table.concat(lines, "\n")
end

--- Returns the text of lua/meta/<name>.lua.
---@param api table  from rows.model
---@return string
function M.text(api)
  local lines = {
    "---@meta",
    ("--- Editor stubs of %s; made by tools/rows.lua, not by hand."):format(api.title),
    "",
    classes(api),
    ("---@class %s.api"):format(api.prefix),
    ("local %s_api = {}\n"):format(api.prefix),
    ("---@class %s.each"):format(api.prefix),
    ("local %s_each = {}\n"):format(api.prefix),
  }
  for _, operation in ipairs(api.operations) do lines[#lines + 1] = stub(api, operation) end
  return table.concat(lines, "\n")
end

return M
