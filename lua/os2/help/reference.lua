--- What `os2 help` knows: modules with their everyday verbs, and the operations of the APIs.
local err = require("os2.err")
local doc_comments = require("os2.help.doc_comments")
local help_fields = require("os2.help.fields")
local nearest = require("os2.text.nearest")
local rest = require("os2.client.rest")

---@class os2.help.reference
local M = {}

---@class os2.help.reference.field
---@field name string
---@field type string
---@field place "path"|"query"|"header"|"body"
---@field required boolean
---@field unit? string

---@class os2.help.reference.operation
---@field name string  "daytona.api.create_snapshot"
---@field method string
---@field path string
---@field tag string
---@field permission? string
---@field fields os2.help.reference.field[]
---@field content? string  media type of a body that is not JSON
---@field returns string
---@field record? string  names of the fields of the answer, or of each item in it
---@field raises string
---@field paging? string
---@field changes boolean  --read-only refuses it
---@field deprecated? boolean
---@field example string

-- How the operations of each API are called.
local APIS <const> = {
  { name = "daytona", prefix = "daytona.api.", call = "daytona.api." },
  { name = "toolbox", prefix = "toolbox.api.", call = 'daytona.toolbox("my-sandbox").api.' },
  { name = "docker", prefix = "docker.api.", call = "docker.api." },
}

-- Loaded at first use: the help for one module need not load the others.
local LOADERS <const> = {
  daytona = function() return require("host.daytona") end,
  toolbox = function() return require("host.daytona").toolbox end,
  docker = function() return require("host.docker") end,
}

local function api_named(name)
  for _, api in ipairs(APIS) do
    if api.name == name then return api end
  end
end

-- ---- an operation ----

local function set_of(list)
  local set = {}
  for _, word in ipairs(list) do set[word] = true end
  return set
end

local function place_of(row, places, name)
  local place = places[name]
  if not place then return set_of(row.headers)[name] and "header" end
  return place == "object" and "query" or place
end

local function fields_of(row, types)
  local places, required = rest.places(row), set_of(row.required)
  local fields = {}
  for index, field in ipairs(types.fields or {}) do
    local name, kind, unit = table.unpack(field)
    local place = place_of(row, places, name)
    fields[index] = {
      name = name, type = kind, unit = unit, place = place,
      required = place == "path" or required[name] == true,
    }
  end
  return help_fields.with_first(fields, function(field) return field.required end)
end

local function sample_of(kind)
  if kind:find("[]", 1, true) then return "{ … }" end
  local literal = kind:match('^("[^"]*")')
  if literal then return literal end
  local plain = kind:gsub("|os2%.null$", "")
  local samples = { string = '"…"', integer = "1", number = "1", boolean = "true" }
  return samples[plain] or "{ … }"
end

local function pair_of(field)
  local is_word = field.name:find("^[%a_][%w_]*$")
  return ("%s = %s"):format(is_word and field.name or ('["%s"]'):format(field.name),
    sample_of(field.type))
end

local function body_sample(content)
  if content ~= "multipart/form-data" then return '"…"' end
  return '{ { name = "file", filename = "…", data = "…" } }'
end

local function example_of(call, row, fields)
  local given, headers, options = {}, {}, {}
  for _, field in ipairs(fields) do
    local list = field.place == "header" and headers or given
    if field.required then list[#list + 1] = pair_of(field) end
  end
  if #headers > 0 then options[1] = ("headers = { %s }"):format(table.concat(headers, ", ")) end
  if row.content then options[#options + 1] = "body = " .. body_sample(row.content) end
  local params = #given > 0 and ("{ %s }"):format(table.concat(given, ", ")) or "{}"
  if #options == 0 then return call .. row.name .. params end
  return ("%s%s(%s, { %s })"):format(call, row.name, params, table.concat(options, ", "))
end

---@return os2.help.reference.operation
local function operation_of(api, name)
  local row = LOADERS[api.name]().operation(name)
  local types = require("os2.help.types." .. api.name)[name]
  local fields = fields_of(row, types)
  return {
    name = api.prefix .. name, method = row.method, path = row.path:gsub(":%a+}", "}"),
    tag = types.tag, permission = row.permission ~= "" and row.permission or nil,
    fields = fields, content = row.content, returns = types.returns, record = types.record,
    changes = row.changes, raises = types.errors, paging = row.paging,
    deprecated = types.is_deprecated, example = example_of(api.call, row, fields),
  }
end

-- ---- a module ----

local function is_module(name)
  for _, module in ipairs(doc_comments.modules) do
    if module == name then return true end
  end
  return api_named(name) ~= nil
end

local function has_face(name)
  return name ~= "toolbox"
end

--- Returns all operations of an API, in the order of its table; an empty list for other modules.
---@param name string  "daytona", "toolbox", "docker"
---@return os2.help.reference.operation[]
function M.operations(name)
  local api, list = api_named(name), {}
  if not api then return list end
  for index, operation in ipairs(LOADERS[name]().operations()) do
    list[index] = operation_of(api, operation)
  end
  return list
end

--- Returns the contents of a module.
---@param name string
---@return {module: string, summary: string, verbs: os2.help.reference.verb[], operations: table[]}
function M.module(name)
  return {
    module = name, operations = M.operations(name),
    summary = has_face(name) and doc_comments.summary(name) or "The toolbox inside of a sandbox.",
    verbs = has_face(name) and doc_comments.verbs(name) or {},
  }
end

--- Returns all modules: name, summary, names of the verbs, number of operations.
---@return table[]
function M.modules()
  local list = {}
  for index, name in ipairs(doc_comments.modules) do
    local names = {}
    for at, verb in ipairs(doc_comments.verbs(name)) do names[at] = verb.name end
    list[index] = { module = name, summary = doc_comments.summary(name), verbs = names }
  end
  return list
end

--- Returns the names of the APIs.
---@return string[]
function M.apis()
  local names = {}
  for index, api in ipairs(APIS) do names[index] = api.name end
  return names
end

-- ---- a name ----

local function verb_named(module, name)
  if not has_face(module) then return nil end
  for _, verb in ipairs(doc_comments.verbs(module)) do
    if verb.name == name then return verb end
  end
end

--- Returns the names of all modules, verbs and operations.
---@return string[]
function M.names()
  local names = {}
  for _, module in ipairs(doc_comments.modules) do
    names[#names + 1] = module
    for _, verb in ipairs(doc_comments.verbs(module)) do
      names[#names + 1] = module .. "." .. verb.name
    end
  end
  for _, api in ipairs(APIS) do
    for name in pairs(require("os2.help.types." .. api.name)) do
      names[#names + 1] = api.name .. "." .. name
    end
  end
  return names
end

local function refuse(name)
  err.raise(err.new{
    kind = "not_found", exit = "usage", op = "help",
    message = ("there is no verb and no operation named %s"):format(name),
    hint = nearest.hint(name, M.names(), "`os2 help` lists the modules"),
  })
end

-- Returns the operation with that name, else the one behind the verb with that name.
local function operation_for(module, name, verb)
  local api, see = api_named(module), verb and verb.see
  local wanted = { name, see and see:match("^%w+%.api%.(.+)$") }
  for _, operation in ipairs(api and wanted or {}) do
    local types = require("os2.help.types." .. module)
    if types[operation] then return operation_of(api, operation) end
  end
end

local function entry(module, name)
  local verb = verb_named(module, name)
  local operation = operation_for(module, name, verb)
  return (verb or operation) and { module = module, verb = verb, operation = operation } or nil
end

-- Returns the entry of the first module that has the name.
local function anywhere(name)
  for _, module in ipairs(doc_comments.modules) do
    local found = entry(module, name)
    if found then return found end
  end
  return entry("toolbox", name)
end

--- Returns what a name stands for: a module, or the verb and the operation with that name; nil when
--- there is none.
---@param name string  "daytona", "daytona.create_snapshot", "docker.api.image_list", "image_list"
---@return table?  as `module` gives it, or {module, verb, operation}
function M.lookup(name)
  if is_module(name) then return M.module(name) end
  local module, member = name:match("^(%w+)%.(.+)$")
  member = member and member:gsub("^api%.", ""):gsub("^each%.", "")
  if module and is_module(module) then return entry(module, member) end
  return anywhere(name)
end

--- As `lookup`, but raises `not_found` with the nearest names.
---@param name string
---@return table
function M.find(name)
  return M.lookup(name) or refuse(name)
end

return M
