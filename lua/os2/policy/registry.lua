--- Holds every entry: its rule, its shipped default, and its changes.
local check = require("os2.base.check")
local shape = require("os2.base.shape")
local sorted = require("os2.base.sorted")
local steps = require("os2.policy.steps")

---@class os2.policy.registry
local M = {}

--- The groups that os2 ships. Each is the module `os2.policies.<group>`, which is loaded when it is
--- first needed.
M.GROUPS = {
  "cache", "completion", "docker", "doppler", "entry", "environment", "events", "git", "github",
  "helper", "history", "http", "limits", "machine", "naming", "poll", "repl", "resolution",
  "retention", "retry", "secrets", "snapshot", "status", "terminal", "timeouts", "trace", "wait",
}

--- The facts that every policy gets.
M.COMMON = {
  env = "table<string, string>: the variables of the environment, without secrets",
  now = "number: the time, in seconds since 1970, UTC",
  prefix = "string?: the snapshot prefix of the run, when it is known",
  environment = "string?: the environment of the prefix, when it is known",
  git = "os2.flows.snapshot.git?: the revision of the build context, when it is in a repository",
}

-- The fields of `ctx` that every step of every list gets.
local COMMON_CTX <const> = {
  own = "table: empty; for values that steps of your own share",
  is_finished = "boolean?: when a step sets it, the flow ends after that step",
}

local RULE_FIELDS <const> = { "type", "unit", "range", "values", "element", "optional", "check" }

local state = { entries = {}, aliases = {}, changes = {}, texts = {}, facts = {} }

--- The entries that are loaded, by their current names.
---@type table<string, table>
M.entries = state.entries

local function is_shipped_group(group)
  for _, name in ipairs(M.GROUPS) do
    if name == group then return true end
  end
  return false
end

local function group_of(name)
  return name:match("^[^.]+")
end

--- Returns the policy file that is being loaded, or nil.
---@return string?
function M.loading()
  return state.loading
end

--- Sets the policy file that is being loaded, with its text (for fingerprints); nil: none is being
--- loaded.
---@param path? string
---@param text? string
function M.set_loading(path, text)
  state.loading = path
  if path then state.texts[path] = text end
end

--- Runs a function as if no policy file were being loaded, so that what it defines does not count
--- as that file's.
---@param run function
function M.apart(run, ...)
  local loading = state.loading
  state.loading = nil
  local _ <close> = setmetatable({}, { __close = function() state.loading = loading end })
  return run(...)
end

--- Loads a group if os2 ships it.
---@param group string
function M.load_group(group)
  if is_shipped_group(group) then M.apart(require, "os2.policies." .. group) end
end

--- Loads every shipped policy.
function M.load_shipped()
  for _, group in ipairs(M.GROUPS) do M.load_group(group) end
end

local function lookup(name)
  return state.entries[state.aliases[name] or name]
end

--- Returns the names of all entries that are loaded, sorted.
---@return string[]
function M.names()
  return sorted.keys(state.entries)
end

--- Returns the entry with that name; loads its group if os2 ships it.
---@param name any
---@return table? entry, string? why
function M.find(name)
  if type(name) ~= "string" then
    return nil, "a policy's name is a string, not a " .. type(name)
  end
  local entry = lookup(name)
  if entry then return entry end
  M.load_group(group_of(name))
  if state.aliases[name] then return M.find(state.aliases[name]) end
  entry = lookup(name)
  if entry then return entry end
  M.load_shipped()
  return nil, ("there is no policy %q; %s"):format(name,
    require("os2.text.nearest").hint(name, M.names(), "`os2 policy list` shows all of them"))
end

local function rule_of(spec)
  local rule = {}
  for _, field in ipairs(RULE_FIELDS) do rule[field] = spec[field] end
  return rule
end

local function check_name(name)
  if type(name) ~= "string" or not name:match("^[a-z][a-z0-9_]*%.[a-z][a-z0-9_.]*$") then
    return nil, ("a policy's name is group.word in lower case, not %s"):format(check.show(name))
  end
  if lookup(name) then return nil, ("there is a policy %q already"):format(name) end
  if state.loading and is_shipped_group(group_of(name)) then
    return nil, ("%s: the group %q is os2's own; name yours after your team, as in acme.%s"):format(
      name, group_of(name), name:match("%.(.+)"))
  end
  return true
end

local function type_of(spec)
  return spec.type or (type(spec.default) == "function" and "function" or nil)
end

local function check_spec(name, spec)
  if (spec.doc or "") == "" then return nil, name .. ": doc is missing; say what is decided" end
  if not check.TYPES[type_of(spec)] then
    return nil, ("%s: type %s is unknown"):format(name, check.show(spec.type))
  end
  if type_of(spec) ~= "function" then return true end
  if type(spec.default) ~= "function" then return nil, name .. ": the default is not a function" end
  local example = spec.example
  if example and not (type(example.facts) == "table" and type(example.answer) == "table") then
    return nil, name .. ": the example is {facts = {…}, answer = {…}}"
  end
  if type(spec.returns) ~= "table" or not check.TYPES[spec.returns.type] then
    return nil, name .. ": returns is missing; say what the function answers, as {type = …}"
  end
  return true
end

-- Returns the shipped layer of an entry: a value, or a function of the facts.
local function default_layer(entry, spec, place)
  local layer = { file = place.file, line = place.line }
  if entry.type == "function" then
    local default = spec.default
    layer.run = function(_, facts) return default(facts) end
    return layer
  end
  if entry.type == "steps" then
    layer.value = steps.from_names(spec.default)
    return layer
  end
  local ok, value = check.value(entry.answer, spec.default)
  if not ok then return nil, ("%s: the default %s"):format(entry.name, value) end
  layer.value = check.copy(value)
  return layer
end

--- Adds an entry. Returns it, or nil and why it cannot be added.
---@param name string
---@param spec table
---@param place {file: string, line: integer?}
---@return table? entry, string? why
function M.define(name, spec, place)
  local ok, why = check_name(name)
  if not ok then return nil, why end
  ok, why = check_spec(name, spec)
  if not ok then return nil, why end
  local entry = {
    name = name, doc = spec.doc, type = type_of(spec), layers = {}, changes = {},
    is_shipped = is_shipped_group(group_of(name)),
  }
  entry.answer = rule_of(entry.type == "function" and spec.returns or spec)
  entry.returns = spec.returns and spec.returns.doc
  entry.example, entry.shipped = spec.example, spec.default
  if entry.type == "steps" then
    entry.ctx = spec.ctx and shape.new("ctx", COMMON_CTX, spec.ctx)
  elseif spec.facts or entry.is_shipped then
    local new = entry.is_shipped and shape.later or shape.new
    entry.facts = new("facts", M.COMMON, spec.facts or {})
  end
  entry.default, why = default_layer(entry, spec, place)
  if not entry.default then return nil, why end
  if entry.type == "steps" then entry.steps = entry.default.value end
  state.entries[name] = entry
  return entry
end

--- Keeps an old name of an entry valid.
---@param old string
---@param name string
function M.alias(old, name)
  state.aliases[old] = name
end

--- Records a change: with its entry, and in the order of all changes.
---@param entry table
---@param change table
function M.record(entry, change)
  change.name, change.source = entry.name, state.loading
  table.insert(entry.changes, change)
  table.insert(state.changes, change)
end

--- Returns all changes in the order they were made.
---@return table[]
function M.changes()
  return state.changes
end

--- Returns the text of a loaded policy file.
---@param path string
---@return string?
function M.text(path)
  return state.texts[path]
end

--- Returns the texts of all loaded policy files, in the order of their paths.
---@return string[]
function M.all_texts()
  local paths, texts = {}, {}
  for path in pairs(state.texts) do paths[#paths + 1] = path end
  table.sort(paths)
  for index, path in ipairs(paths) do texts[index] = state.texts[path] end
  return texts
end

--- Returns the facts that every policy gets.
---@return table
function M.facts()
  return state.facts
end

--- Resets every entry to its shipped state, and removes entries that os2 does not ship.
function M.reset()
  for name, entry in pairs(state.entries) do
    entry.layers, entry.changes = {}, {}
    if entry.type == "steps" then entry.steps = entry.default.value end
    if not entry.is_shipped then state.entries[name] = nil end
  end
  state.changes, state.texts, state.facts, state.loading = {}, {}, {}, nil
end

return M
