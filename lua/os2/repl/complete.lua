--- What TAB offers: names of the session, verbs, operations, their fields and enums, and policies.
local repl_place = require("os2.repl.place")
local reference = require("os2.help.reference")
local sorted = require("os2.base.sorted")

---@class os2.repl.complete
local M = {}

local KEYWORDS <const> = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
  "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}

local PARENT_LEVELS <const> = 10 -- of metatables whose __index is a table

-- The verbs whose first argument is the name of a policy.
local POLICY_VERBS <const> = {
  ask = true, set = true, override = true, explain = true, place_of = true, steps = true,
  insert_before = true, insert_after = true, replace = true, drop = true, refuse = true,
}

local function native_of(api)
  if api == "docker" then return require("host.docker") end
  local native_daytona = require("host.daytona")
  return api == "toolbox" and native_daytona.toolbox or native_daytona
end

-- ---- a path ----

-- Returns the API whose operations a path holds ("daytona.api"), and whether those with pages only.
local function api_of(path)
  local owner, face = path:match("^(.+)%.(%a+)$")
  if face ~= "api" and face ~= "each" then return nil end
  local name = (owner == "daytona" or owner == "docker") and owner or "toolbox"
  return name, face == "each"
end

local function operations_of(api, has_pages)
  local native, names = native_of(api), {}
  for _, name in ipairs(native.operations()) do
    if not has_pages or native.operation(name).paging then names[#names + 1] = name end
  end
  return names
end

local function index_of(value)
  local meta = getmetatable(value)
  local index = type(meta) == "table" and rawget(meta, "__index")
  return type(index) == "table" and index or nil
end

local function member(value, name)
  for _ = 1, PARENT_LEVELS do
    if type(value) ~= "table" then return nil end
    local found = rawget(value, name)
    if found ~= nil then return found end
    value = index_of(value)
  end
end

-- Returns what a path stands for; no function and no metamethod is called for it.
local function value_at(scope, path)
  local value
  for name in path:gmatch("[^.:]+") do
    if value == nil then value = scope:look(name) else value = member(value, name) end
    if value == nil then return nil end
  end
  return value
end

local function members(scope, path, is_method)
  local value, names = value_at(scope, path), {}
  if type(value) == "string" then value = string end
  for _ = 1, PARENT_LEVELS do
    if type(value) ~= "table" then break end
    for name, found in next, value do
      local is_shown = type(name) == "string" and name:find("^[%a_][%w_]*$")
      if is_shown and (not is_method or type(found) == "function") then names[#names + 1] = name end
    end
    value = index_of(value)
  end
  return names
end

-- ---- a call ----

local function entry_of(call)
  local api = api_of(call:match("^(.+)%.[^.]+$") or "")
  return reference.lookup(api and ("%s.%s"):format(api, call:match("[^.]+$")) or call)
end

-- Returns the fields {name, type} in a verb's comment: `@param options? {timeout: number?}`.
local function fields_of_doc(verb)
  local fields = {}
  for _, line in ipairs(verb and verb.doc or {}) do
    local braces = line:match("^@param [%w_]+%?? (%b{})")
    for name, kind in (braces or ""):gmatch("([%w_]+)%??: ([^,}]+)") do
      fields[#fields + 1] = { name = name, type = kind }
    end
  end
  return fields
end

local function fields_of(call)
  local entry = entry_of(call)
  if not entry or entry.verbs then return {} end
  local list = entry.operation and entry.operation.fields or {}
  return list[1] and list or fields_of_doc(entry.verb)
end

local function field_words(place)
  local words = {}
  for _, field in ipairs(fields_of(place.call)) do
    if not place.given[field.name] then words[#words + 1] = field.name end
  end
  return words, " = "
end

local function enum_words(place)
  local words = {}
  for _, field in ipairs(fields_of(place.call)) do
    if field.name == place.field then
      for word in field.type:gmatch('"([^"]*)"') do words[#words + 1] = word end
    end
  end
  return words, '"'
end

local function policy_words(place)
  local verb = place.call:match("^policy%.([%w_]+)$") or place.call:match("%.policy%.([%w_]+)$")
  if not POLICY_VERBS[verb] then return {} end
  return M.policies(), '"'
end

local function string_words(place)
  if place.field then return enum_words(place) end
  if not place.call or place.given then return {} end
  return policy_words(place)
end

-- ---- a command of the session ----

local function topics(scope)
  local words = table.move(reference.modules(), 1, 1000, 1, {})
  for index, module in ipairs(words) do words[index] = module.module end
  for _, list in ipairs{ M.policies(), scope:names() } do
    table.move(list, 1, #list, #words + 1, words)
  end
  return words
end

local function command_words(scope, text)
  local commands = require("os2.repl.commands")
  local word = text:match("^:(%a*)$")
  if word then return commands.names(), word, " " end
  local name, argument = text:match("^:(%a+)%s+([%w_.]*)$")
  if name ~= "help" and name ~= "source" then return {}, "", "" end
  local path, last = argument:match("^(.*)%.([^.]*)$")
  local is_api = path and api_of(path)
  if is_api then return operations_of(api_of(path)), last, "" end
  local found = path and members(scope, path) or {}
  if found[1] then return found, last, "" end
  return topics(scope), argument, ""
end

-- ---- the words at a place ----

local function words_at(scope, place)
  if place.is_string then return string_words(place) end
  if place.path then
    local api, has_pages = api_of(place.path)
    if api then return operations_of(api, has_pages) end
    return members(scope, place.path, place.is_method)
  end
  if place.call and not place.field then
    local words, behind = field_words(place)
    if words[1] then return words, behind end
  end
  return table.move(KEYWORDS, 1, #KEYWORDS, #scope:names() + 1, scope:names())
end

local function fitting(words, word)
  local found = {}
  for _, name in ipairs(words) do
    if name:sub(1, #word) == word then found[name] = true end
  end
  return sorted.keys(found)
end

local function common_start(list)
  local start = list[1] or ""
  for _, word in ipairs(list) do
    while word:sub(1, #start) ~= start do start = start:sub(1, -2) end
  end
  return start
end

--- Returns the names of all policies.
---@return string[]
function M.policies()
  local names = {}
  for index, record in ipairs(require("os2.policy").list()) do names[index] = record.name end
  return names
end

--- Returns what to insert at the cursor ("" for nothing), and the words that fit, sorted.
---@param scope os2.repl.scope
---@param text string  the statement up to the cursor
---@return string insert
---@return string[] words
function M.at(scope, text)
  local words, word, behind
  if text:find("^:%a*%s*[%w_.]*$") then
    words, word, behind = command_words(scope, text)
  else
    local place = repl_place.of(text)
    words, behind = words_at(scope, place)
    word = place.word
  end
  local list = fitting(words, word)
  local insert = common_start(list):sub(#word + 1)
  if #list == 1 then insert = insert .. (behind or "") end
  return insert, list
end

return M
