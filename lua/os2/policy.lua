--- The registry of decisions: what is decided, with which default, changed where and by whom.
---
--- Three ways to change a decision, weakest first: `set` a value, `override` it with a function
--- that can ask the one below (`base`), edit a list of steps. Decisions are made of facts alone: a
--- policy may not wait, and asks nothing but the facts it is given (and other policies).
local chain = require("os2.policy.chain")
local check = require("os2.base.check")
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local registry = require("os2.policy.registry")
local steps = require("os2.policy.steps")

---@class os2.policy
local M = {}

local API <const> = 1

-- Where the caller of a verb of this module stands. A tail call leaves no line behind: then the
-- file that is being loaded is all that is known.
local function place_of_caller()
  local level = 3
  local info = not debug.getinfo(2, "t").istailcall and debug.getinfo(level, "Sl") or nil
  while info and info.what == "C" do
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
  if not info then return { file = registry.loading() or "unknown place" } end
  local file = info.source:match("^@(.*)") or info.short_src
  return { file = file, line = info.currentline > 0 and info.currentline or nil }
end

-- Finds the entry of a verb, or raises at the line that called the verb.
local function entry_for(verb, name)
  local entry, why = registry.find(name)
  if not entry then error(("policy.%s: %s"):format(verb, why), 3) end
  return entry
end

local function refuse(verb, entry, why)
  error(("policy.%s: %s: %s"):format(verb, entry.name, why), 3)
end

local function add_layer(entry, layer)
  table.insert(entry.layers, layer)
  registry.record(entry, layer)
end

--- Says for which policy api a file was written. Comes first in a policy file.
---@param version integer
function M.api(version)
  if version ~= API then
    error(("policy.api(%s): this os2 knows policy api %d; use an os2 that knows the other, or "
      .. "write the file for api %d"):format(check.show(version), API, API), 2)
  end
end

---@class os2.policy.spec: os2.policy.rule
---@field doc string  one sentence: what is decided
---@field default any  a value, or function(facts) -> answer; a list of names for type "steps"
---@field returns? os2.policy.rule  for a function: the rule of its answer, with `doc`
---@field facts? table<string, string>  what is given with each question besides the facts that all
---  carry: name -> "type: what it is", with "?" behind the type of one that may be absent
---@field ctx? table<string, string|table>  for type "steps": what every step is given, written the
---  same way; a table whose names are known as {"table: what it is", fields = {…}}

--- Registers a decision. Raises when the name is taken or the default breaks the entry's own rule.
---@param name string  group.word
---@param spec os2.policy.spec
function M.define(name, spec)
  arguments.check("policy.define", spec, {
    doc = "string?", type = "string?", unit = "string?", range = "table?", values = "table?",
    element = "string?", optional = "boolean?", check = "function?", default = "any?",
    returns = "table?", facts = "table?", ctx = "table?",
  })
  local ok, why = registry.define(name, spec, place_of_caller())
  if not ok then error("policy.define: " .. why, 2) end
end

--- Keeps an older name of an entry working in policy files.
---@param old string
---@param name string  the entry's name
function M.alias(old, name)
  registry.alias(old, name)
end

--- Makes a value the answer of an entry. Raises when the value breaks the entry's rule.
---@param name string
---@param value any
---@param options? {why: string?}
function M.set(name, value, options)
  arguments.check("policy.set", options or {}, { why = "string?" })
  local place = place_of_caller()
  local entry = entry_for("set", name)
  if entry.type == "steps" then
    refuse("set", entry, "a list of steps is edited with policy.insert_before, insert_after, "
      .. "replace and drop")
  end
  if type(value) == "function" then
    refuse("set", entry, "takes a value; for a function use policy.override(name, "
      .. "function(base, facts) … end)")
  end
  local ok, checked = check.value(entry.answer, value)
  if not ok then refuse("set", entry, checked) end
  add_layer(entry, { action = "set", value = check.copy(checked), file = place.file,
    line = place.line, why = options and options.why })
end

--- Wraps an entry: the function gets `base` (asks what was in force before; called without facts it
--- gets the same ones) and the facts. A value instead of a function is the answer, as with `set`.
---@param name string
---@param value any|fun(base: fun(facts: table?): any, facts: table): any
---@param options? {why: string?}
function M.override(name, value, options)
  arguments.check("policy.override", options or {}, { why = "string?" })
  local place = place_of_caller()
  local entry = entry_for("override", name)
  if entry.type == "steps" then
    refuse("override", entry, "a list of steps is edited with policy.insert_before, insert_after, "
      .. "replace and drop")
  end
  local layer = { action = "override", file = place.file, line = place.line,
    why = options and options.why }
  if type(value) == "function" then
    layer.run = value
  else
    local ok, checked = check.value(entry.answer, value)
    if not ok then refuse("override", entry, checked) end
    layer.value = check.copy(checked)
  end
  add_layer(entry, layer)
end

local function edit(action, place, name, anchor, step, options)
  local entry, why = registry.find(name)
  if not entry then return nil, why end
  if entry.type ~= "steps" then
    return nil, ("%s: is no list of steps but %s"):format(entry.name, check.words(entry.answer))
  end
  local list
  list, why = steps.edit(entry.steps, action, anchor, step)
  if not list then return nil, entry.name .. ": " .. why end
  entry.steps = list
  registry.record(entry, { action = action, anchor = anchor, step = step, file = place.file,
    line = place.line, why = options and options.why })
  return true
end

--- Puts a step before another one. Raises on an unknown list or step, and on a name taken.
---@param name string  the list, such as "snapshot.steps"
---@param anchor string  the step that is there
---@param step os2.policy.step  {name = …, run = function(ctx) … end}
---@param options? {why: string?}
function M.insert_before(name, anchor, step, options)
  arguments.check("policy.insert_before", options or {}, { why = "string?" })
  local ok, why = edit("insert_before", place_of_caller(), name, anchor, step, options)
  if not ok then error("policy.insert_before: " .. why, 2) end
end

--- Puts a step after another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function M.insert_after(name, anchor, step, options)
  arguments.check("policy.insert_after", options or {}, { why = "string?" })
  local ok, why = edit("insert_after", place_of_caller(), name, anchor, step, options)
  if not ok then error("policy.insert_after: " .. why, 2) end
end

--- Puts a step in the place of another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function M.replace(name, anchor, step, options)
  arguments.check("policy.replace", options or {}, { why = "string?" })
  local ok, why = edit("replace", place_of_caller(), name, anchor, step, options)
  if not ok then error("policy.replace: " .. why, 2) end
end

--- Takes a step out of a list. Raises on an unknown list or step.
---@param name string
---@param anchor string
---@param options? {why: string?}
function M.drop(name, anchor, options)
  arguments.check("policy.drop", options or {}, { why = "string?" })
  local ok, why = edit("drop", place_of_caller(), name, anchor, nil, options)
  if not ok then error("policy.drop: " .. why, 2) end
end

--- Says what is known to every later question: environment, prefix, git. Facts given with a
--- question win over these.
---@param facts table
function M.set_facts(facts)
  local known = registry.facts()
  for name, fact in pairs(facts) do known[name] = fact end
end

-- Facts always carry `env` (without secrets) and `now`, whoever asks.
local function complete(given, entry)
  local known = registry.facts()
  local all = {}
  for name, fact in pairs(known) do all[name] = fact end
  for name, fact in pairs(given and chain.facts_for(entry, given) or {}) do all[name] = fact end
  if not all.env then
    known.env = require("os2.env").all()
    all.env = known.env
  end
  all.now = all.now or require("os2.clock").now()
  return all
end

--- Asks for a decision. Raises on an unknown name, and an `invalid` error (exit "config") when a
--- changed policy waits, fails or gives an answer that breaks the entry's rule.
---@param name string
---@param facts? table
---@return any answer  nil where the entry allows it, or with an error as `extra`
---@return any extra  what the policy says besides: why, details, an error
function M.ask(name, facts)
  local entry = entry_for("ask", name)
  if entry.type == "steps" then return (M.steps(name)) end
  local top = entry.layers[#entry.layers] or entry.default
  if not top.run and facts then chain.facts_for(entry, facts) end -- for wrong names in it
  return chain.ask(entry, top.run and complete(facts, entry))
end

--- Raises the error of an answer, or of a list of steps, that a flow cannot go on with: it names
--- the policy and the file that set it, and is an `invalid` one (exit "config").
---@param name string
---@param message string  what was answered, the rule, and the way on
function M.refuse(name, message)
  chain.refuse(entry_for("refuse", name), message)
end

--- Returns the steps of a flow in order. A step without `run` is os2's own: its flow knows it by
--- name.
---@param name string
---@return os2.policy.step[] steps
---@return os2.base.shape? ctx  what they are given, where the list says it
function M.steps(name)
  local entry = entry_for("steps", name)
  if entry.type ~= "steps" then refuse("steps", entry, "is no list of steps") end
  local list = {}
  for index, step in ipairs(entry.steps) do list[index] = { name = step.name, run = step.run } end
  return list, entry.ctx
end

--- Loads every shipped policy. Asking loads what it needs by itself; listing needs all.
function M.load_shipped()
  registry.load_shipped()
end

---@class os2.policy.sources_options
---@field file? string  --policy FILE
---@field isolated? boolean  shipped policies and --policy only
---@field faults? os2.Err[]  takes the faults; a file that has one is left out whole

--- Loads the policy files in order: /etc/os2/policy.lua, the user's, then --policy FILE or
--- OS2_POLICY. Raises an `invalid` error (exit "config") that names file and line, unless there is
--- a list that takes the faults.
---@param options? os2.policy.sources_options
---@return string[] files  those that were there
function M.load_sources(options)
  arguments.check("policy.load_sources", options or {}, {
    file = "string?", isolated = "boolean?", faults = "table?",
  })
  return require("os2.policy.sources").load(M, options or {})
end

--- Returns every change in the order they were made: {name, action, value?, run?, anchor?, step?,
--- file, line?, why?, source?}. `source` is the policy file, nil for a script.
---@return table[]
function M.changes()
  local list = {}
  for index, change in ipairs(registry.changes()) do list[index] = check.copy(change) end
  return list
end

--- Returns a record of every entry, sorted by name; see `os2.policy.report`.
---@return table[]
function M.list()
  registry.load_shipped()
  local report = require("os2.policy.report")
  local records = {}
  for index, name in ipairs(registry.names()) do
    records[index] = report.record(registry.find(name))
  end
  return records
end

--- Returns the record of one entry with its chain of changes, oldest first. The name is a person's:
--- an unknown one raises a `not_found` error.
---@param name string
---@return table
function M.explain(name)
  local entry, why = registry.find(name)
  if not entry then
    err.raise(err.new{ kind = "not_found", op = "policy.explain", message = why }, 0)
  end
  return require("os2.policy.report").explanation(entry)
end

local OWN_VARIABLES <const> = { "^DAYTONA_", "^DOPPLER_", "^ITERATE_", "^OS2_" }

local function is_own_variable(name)
  for _, pattern in ipairs(OWN_VARIABLES) do
    if name:find(pattern) then return true end
  end
end

-- What decides for longer than one run: not the time, nor the tree that a snapshot is made of, nor
-- what a shell or a CI job sets anew each time.
local function lasting_facts()
  local all, env = complete(), {}
  for name, value in pairs(all.env) do
    if is_own_variable(name) then env[name] = value end
  end
  for _, name in ipairs(M.ask("cache.variables")) do env[name] = all.env[name] end
  return { environment = all.environment, prefix = all.prefix, env = env }
end

--- Returns a text that changes when an entry of these groups decides differently: values and edits.
--- Where one was given a function, also all that this may look at: every other change, the text of
--- all policy files, and os2's own variables and those that `cache.variables` names. It may be long
--- and private: hash it.
---@param ... string  groups, such as "resolution"
---@return string
function M.fingerprint(...)
  return require("os2.policy.report").fingerprint({ ... }, lasting_facts)
end

--- Returns every entry to what it ships with and forgets all else, for tests.
function M.reset()
  registry.reset()
end

return M
