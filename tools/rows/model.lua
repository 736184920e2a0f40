--- Reads an API description (OpenAPI 3, facts only) into the operations from which everything is
--- made.
local types = require("rows.types")

local M = {}

---@class rows.field
---@field name string
---@field place "path"|"query"|"header"|"body"
---@field type string  the LuaLS type
---@field is_required boolean
---@field is_object boolean?  of a query key: each field of its value is sent as one parameter
---@field plain_type string  the type as shown to people
---@field unit string?

---@class rows.operation
---@field name string  in snake_case
---@field id string  the description's operationId
---@field tag string
---@field method string
---@field path string  with the rules of core/rest/rest.h
---@field fields rows.field[]  in the order path, query, header, body
---@field content string?  media type of a body that is not JSON
---@field result "json"|"none"|"bytes"|"stream"
---@field paging "page"|"cursor"|nil
---@field allows_304 boolean
---@field permission string
---@field returns string  type of the value
---@field record string[]  names of the fields of the answer, or of each item in it
---@field errors string[]  kinds of errors

local METHODS <const> = { "delete", "get", "head", "patch", "post", "put" }

-- The client itself sends these with every request.
local OWN_HEADERS <const> = { ["X-Daytona-Organization-ID"] = true, ["Content-type"] = true }

local KIND_OF_STATUS <const> = {
  ["400"] = "invalid", ["401"] = "denied", ["403"] = "denied", ["404"] = "not_found",
  ["408"] = "timeout", ["409"] = "conflict", ["410"] = "invalid",
}

local ALWAYS_RAISED <const> = { "network", "timeout", "unavailable" }

local function snake_case(id)
  return (id:gsub("(%l)(%u)", "%1_%2"):lower())
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function resolve(description, schema)
  local name = types.referred(schema)
  return name and resolve(description, description.components.schemas[name]) or schema
end

-- Returns the properties of an object and of all schemas that it is composed of.
local function properties_of(description, schema, found)
  found = found or { schemas = {}, required = {} }
  schema = resolve(description, schema)
  for _, part in ipairs(schema.allOf or {}) do properties_of(description, part, found) end
  for name, property in pairs(schema.properties or {}) do found.schemas[name] = property end
  for _, name in ipairs(schema.required or {}) do found.required[name] = true end
  return found
end

local function unit_of(context, name, schema)
  if schema.format == "date-time" then return "ISO 8601" end
  return context.corrections.units[name]
end

--- Returns the fields of a schema of objects, sorted by name.
---@param context table
---@param schema table
---@return rows.field[]
function M.properties(context, schema)
  local found = properties_of(context.description, schema)
  local fields = {}
  for _, name in ipairs(sorted_keys(found.schemas)) do
    local property = found.schemas[name]
    fields[#fields + 1] = {
      name = name, place = "body", is_required = found.required[name] == true,
      type = types.of(context.prefix, property), plain_type = types.plain(context, property),
      unit = unit_of(context, name, property),
    }
  end
  return fields
end

-- A table is sent as JSON for the parameters for which the API expects that.
local function with_table(context, parameter, type)
  local json = context.corrections.json or {}
  return parameter["in"] == "query" and json[parameter.name] and type .. "|table" or type
end

local function add_parameters(context, operation, parameters, place)
  for _, parameter in ipairs(parameters) do
    if parameter["in"] == place and not OWN_HEADERS[parameter.name] then
      table.insert(operation.fields, {
        name = parameter.name, place = place, is_required = parameter.required == true,
        type = with_table(context, parameter, types.of(context.prefix, parameter.schema)),
        plain_type = with_table(context, parameter, types.plain(context, parameter.schema)),
        is_object = resolve(context.description, parameter.schema).type == "object",
        unit = unit_of(context, parameter.name, parameter.schema),
      })
    end
  end
end

local function add_query(context, operation)
  for _, name in ipairs((context.corrections.query or {})[operation.id] or {}) do
    table.insert(operation.fields, {
      name = name, place = "query", is_required = false, type = "string", plain_type = "string",
    })
  end
end

local function add_body(context, operation, body)
  if not body then return end
  local content = body.content["application/json"]
  if not content then
    operation.content = sorted_keys(body.content)[1]
    return
  end
  local fields = M.properties(context, content.schema)
  assert(#fields > 0, operation.id .. ": a JSON body without fields")
  table.move(fields, 1, #fields, #operation.fields + 1, operation.fields)
end

local function check_names(operation)
  local places = {}
  for _, field in ipairs(operation.fields) do
    assert(not places[field.name], operation.id .. ": two fields named " .. field.name)
    places[field.name] = field.place
  end
end

local function successes(responses)
  local list = {}
  for _, status in ipairs(sorted_keys(responses)) do
    if tonumber(status) < 300 then list[#list + 1] = responses[status] end
  end
  return list
end

local function media_types(responses)
  local kinds = {}
  for _, response in ipairs(successes(responses)) do
    for kind in pairs(response.content or {}) do kinds[kind] = true end
  end
  return sorted_keys(kinds)
end

local function result_of(context, operation, responses)
  local corrected = (context.corrections.result or {})[operation.id]
  if corrected then return corrected end
  local kinds = media_types(responses)
  local all = table.concat(kinds, " ")
  if all:find("-stream", 1, true) and not all:find("octet", 1, true) then return "stream" end
  if all:find("jsonl", 1, true) then return "stream" end
  if #kinds == 0 then return "none" end
  return all == "application/json" and "json" or "bytes"
end

local function json_schema(responses)
  for _, response in ipairs(successes(responses)) do
    local content = (response.content or {})["application/json"]
    if content and content.schema then return content.schema end
  end
end

local function returns_of(context, operation, responses)
  if operation.result == "stream" then return "string" end
  local schema = json_schema(responses)
  if schema then return types.of(context.prefix, schema) end
  return operation.result == "bytes" and "string" or "any"
end

-- Returns the fields of a list's items, or of the items in one page.
local function record_of(context, responses)
  local schema = json_schema(responses)
  if not schema then return {} end
  local whole = resolve(context.description, schema)
  local items = whole.type == "array" and whole.items or (whole.properties or {}).items
  if items then schema = items.type == "array" and items.items or items end
  return sorted_keys(properties_of(context.description, schema).schemas)
end

local function has_field(operation, name)
  for _, field in ipairs(operation.fields) do
    if field.name == name then return field end
  end
end

local function paging_of(context, operation, responses)
  local schema = json_schema(responses)
  local found = schema and properties_of(context.description, schema).schemas or {}
  if not found.items then return nil end
  if found.nextCursor and has_field(operation, "cursor") then return "cursor" end
  if found.totalPages and has_field(operation, "page") then return "page" end
end

local function fits(rule, operation)
  return (not rule.id or rule.id == operation.id) and (not rule.tag or rule.tag == operation.tag)
    and (not rule.method or rule.method == operation.method)
    and (not rule.path or operation.path:find(rule.path) ~= nil)
end

local function permission_of(context, operation)
  for _, rule in ipairs(context.corrections.permission or {}) do
    if fits(rule, operation) then return rule[1] end
  end
  return ""
end

local READING_METHODS <const> = { GET = true, HEAD = true }

-- Whether a call changes something: the method tells, unless a correction says otherwise.
local function changes_of(context, operation)
  local corrections = context.corrections
  if (corrections.reads or {})[operation.id] then return false end
  if (corrections.changes or {})[operation.id] then return true end
  return not READING_METHODS[operation.method]
end

local function errors_of(context, operation, responses)
  local kinds = {}
  for _, kind in ipairs(ALWAYS_RAISED) do kinds[kind] = true end
  for status in pairs(responses) do
    local kind = KIND_OF_STATUS[status]
    if kind then kinds[kind] = true end
  end
  if context.corrections.needs_key then kinds.denied = true end
  if #operation.fields > 0 then kinds.invalid = true end
  if operation.path:find("{", 1, true) then kinds.not_found = true end
  local name = has_field(operation, "name")
  if operation.id:find("^[Cc]reate") and name and name.is_required then kinds.exists = true end
  if (context.corrections.quota or {})[operation.id] then kinds.quota = true end
  return sorted_keys(kinds)
end

local function ruled_path(context, path, method)
  local rules = ((context.corrections.paths or {})[path] or {})[method] or {}
  return (path:gsub("{(%w+)}", function(name)
    return rules[name] and ("{%s:%s}"):format(name, rules[name]) or nil
  end))
end

local function read_operation(context, path, method, from)
  local operation = {
    name = snake_case(from.operationId), id = from.operationId, tag = from.tags[1],
    method = method:upper(), path = ruled_path(context, path, method:upper()), fields = {},
    allows_304 = from.responses["304"] ~= nil, is_deprecated = from.deprecated == true,
  }
  add_parameters(context, operation, from.parameters, "path")
  add_parameters(context, operation, from.parameters, "query")
  add_query(context, operation)
  add_parameters(context, operation, from.parameters, "header")
  add_body(context, operation, from.requestBody)
  check_names(operation)
  operation.result = result_of(context, operation, from.responses)
  operation.returns = returns_of(context, operation, from.responses)
  operation.record = record_of(context, from.responses)
  operation.paging = paging_of(context, operation, from.responses)
  operation.permission = permission_of(context, operation)
  operation.changes = changes_of(context, operation)
  operation.errors = errors_of(context, operation, from.responses)
  return operation
end

local function by_tag_and_path(one, other)
  if one.tag ~= other.tag then return one.tag < other.tag end
  if one.path ~= other.path then return one.path < other.path end
  return one.method < other.method
end

-- A correction that meets no operation would be taken for one that holds.
local function check_met(context)
  local known = {}
  for _, operation in ipairs(context.operations) do known[operation.id] = true end
  for _, kind in ipairs{ "reads", "changes" } do
    for id in pairs(context.corrections[kind] or {}) do
      assert(known[id], ("corrections: %s names %s, which is no operation"):format(kind, id))
    end
  end
end

--- Returns {name, title, source, prefix, description, corrections, operations}.
---@param api {name: string, title: string}
---@param description table
---@param corrections table
---@return table
function M.read(api, description, corrections)
  local context = {
    name = api.name, title = api.title, prefix = api.name, source = corrections.source,
    description = description, corrections = corrections, operations = {},
  }
  for path, item in pairs(description.paths) do
    for _, method in ipairs(METHODS) do
      local from = item[method]
      if from and not (corrections.without or {})[from.operationId] then
        table.insert(context.operations, read_operation(context, path, method, from))
      end
    end
  end
  check_met(context)
  table.sort(context.operations, by_tag_and_path)
  return context
end

return M
