--- The registry of decisions: each has a name, a default, and a record of who changed it where.
---
--- There are three ways to change a decision, weakest first: `set` a value, `override` it with a
--- function that can call the one below (`base`), edit a list of steps. A decision depends on its
--- facts alone: a policy may not wait, and uses nothing but the facts it gets and other policies.
local chain = require("os2.policy.chain")
local check = require("os2.base.check")
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local recorder = require("os2.history.recorder")
local registry = require("os2.policy.registry")
local steps = require("os2.policy.steps")

---@class os2.policy
local M = {}

local API <const> = 1

-- Returns the file and line of the caller of a verb of this module. The verb is `depth` calls above
-- the function that asks. A tail call leaves no line; then only the file that is being loaded is
-- known.
local function place_of_caller(depth)
  local level = 3 + depth
  local info = not debug.getinfo(level - 1, "t").istailcall and debug.getinfo(level, "Sl") or nil
  while info and info.what == "C" do
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
  if not info then return { file = registry.loading() or "unknown place" } end
  local file = info.source:match("^@(.*)") or info.short_src
  return { file = file, line = info.currentline > 0 and info.currentline or nil }
end

-- Returns the entry for a verb, or raises at the line that called the verb.
local function entry_for(verb, name)
  local entry, why = registry.find(name)
  if not entry then error(("policy.%s: %s"):format(verb, why), 3) end
  return entry
end

local function refuse(verb, entry, why)
  error(("policy.%s: %s: %s"):format(verb, entry.name, why), 3)
end

-- A deprecated name keeps working until the next major release, with a warning at each use.
local function warn_of_deprecated_name(name, entry, place)
  if name == entry.name then return end
  local where = place.line and ("%s:%d"):format(place.file, place.line) or place.file
  require("os2.report.progress").warn(
    ("%s: the policy name %s is deprecated; use %s"):format(where, name, entry.name))
end

local function refuse_steps(verb, entry)
  error(("policy.%s: %s: a list of steps is edited with policy.insert_before, insert_after, "
    .. "replace and drop"):format(verb, entry.name), 4)
end

-- Finds the entry of a change that `set` and `override` make, and begins its layer.
local function begin_layer(verb, name, options)
  arguments.check("policy." .. verb, options or {}, { why = "string?" })
  local place = place_of_caller(1)
  local entry, unknown = registry.find(name)
  if not entry then error(("policy.%s: %s"):format(verb, unknown), 3) end
  if entry.type == "steps" then refuse_steps(verb, entry) end
  return entry, {
    action = verb, file = place.file, line = place.line, why = options and options.why,
  }
end

local function end_layer(name, entry, layer)
  warn_of_deprecated_name(name, entry, layer)
  table.insert(entry.layers, layer)
  registry.record(entry, layer)
end

-- Keeps a copy of a value that the entry's rule allows.
local function take_value(verb, entry, layer, value)
  local ok, checked = check.value(entry.answer, value)
  if not ok then error(("policy.%s: %s: %s"):format(verb, entry.name, checked), 3) end
  layer.value = check.copy(checked)
end

--- Declares the policy api version for which a file was written. Must be the first call in a policy
--- file. Raises for any version but the current one.
---@param version integer
function M.api(version)
  if version ~= API then
    error(("policy.api(%s): this os2 knows policy api %d; use an os2 that knows the other, or "
      .. "write the file for api %d"):format(check.show(version), API, API), 2)
  end
end

---@class os2.policy.spec: os2.policy.rule
---@field doc string  one sentence that says what is decided
---@field default any  a value, or a function(facts) that returns the answer; for type "steps" a
---  list of names
---@field returns? os2.policy.rule  for a function: the rule for its answer, with `doc`
---@field facts? table<string, string>  the facts of this decision, besides those that all decisions
---  have: name -> "type: description"; a "?" after the type marks a fact that may be absent
---@field example? os2.policy.example  for a function: facts, and what it answers
---@field ctx? table<string, string|table>  for type "steps": what every step gets, in the same
---  form; a table with known field names is {"table: description", fields = {…}}

local SPEC <const> = { doc = "string?", type = "string?", unit = "string?", range = "table?",
  values = "table?", element = "string?", optional = "boolean?", check = "function?",
  default = "any?", returns = "table?", facts = "table?", ctx = "table?", example = "table?" }

--- Registers a decision. Raises when the name is taken, or when the default breaks the entry's own
--- rule.
---@param name string  "group.word"
---@param spec os2.policy.spec
function M.define(name, spec)
  arguments.check("policy.define", spec, SPEC)
  local ok, why = registry.define(name, spec, place_of_caller(0))
  if not ok then error("policy.define: " .. why, 2) end
end

--- Keeps a deprecated name of an entry working in policy files, which warn where they use it.
---@param old string
---@param name string  the entry's current name
function M.alias(old, name)
  registry.alias(old, name)
end

--- Sets the value of an entry. Raises when the value breaks the entry's rule.
---@param name string
---@param value any
---@param options? {why: string?}
function M.set(name, value, options)
  local entry, layer = begin_layer("set", name, options)
  if type(value) == "function" then
    refuse("set", entry, "takes a value; for a function use policy.override(name, "
      .. "function(base, facts) … end)")
  end
  take_value("set", entry, layer, value)
  end_layer(name, entry, layer)
end

--- Overrides an entry with a function, which gets `base` and the facts. `base` calls the previous
--- decision; without an argument it passes the same facts on. A value instead of a function acts as
--- with `set`.
---@param name string
---@param value any|fun(base: fun(facts: table?): any, facts: table): any
---@param options? {why: string?}
function M.override(name, value, options)
  local entry, layer = begin_layer("override", name, options)
  if type(value) == "function" then
    layer.run = value
  else
    take_value("override", entry, layer, value)
  end
  end_layer(name, entry, layer)
end

local function edit_steps(action, place, name, anchor, step, options)
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

-- The four verbs that edit a list of steps; raises at the line that called the verb.
local function edit(action, name, anchor, step, options)
  arguments.check("policy." .. action, options or {}, { why = "string?" })
  local ok, why = edit_steps(action, place_of_caller(1), name, anchor, step, options)
  if not ok then error(("policy.%s: %s"):format(action, why), 3) end
end

--- Inserts a step before another one. Raises for an unknown list or step, and when the new name is
--- taken.
---@param name string  the list, such as "snapshot.steps"
---@param anchor string  the name of an existing step
---@param step os2.policy.step  {name = …, run = function(ctx) … end}
---@param options? {why: string?}
function M.insert_before(name, anchor, step, options)
  edit("insert_before", name, anchor, step, options)
end

--- Inserts a step after another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function M.insert_after(name, anchor, step, options)
  edit("insert_after", name, anchor, step, options)
end

--- Replaces a step by another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function M.replace(name, anchor, step, options)
  edit("replace", name, anchor, step, options)
end

--- Removes a step from a list. Raises for an unknown list or step.
---@param name string
---@param anchor string
---@param options? {why: string?}
function M.drop(name, anchor, options)
  edit("drop", name, anchor, nil, options)
end

--- Sets facts that every later decision gets: environment, prefix, git. Facts that are passed to
--- `ask` take precedence.
---@param facts table
function M.set_facts(facts)
  local known = registry.facts()
  for name, fact in pairs(facts) do known[name] = fact end
  if next(facts) then recorder.event("facts", facts) end
end

--- Sets the facts that every later decision gets, and forgets all others; for decisions about
--- another run than this one. Without `env` the variables of this run are taken.
---@param facts table
function M.replace_facts(facts)
  local known = registry.facts()
  for name in pairs(known) do known[name] = nil end
  for name, fact in pairs(facts) do known[name] = fact end
end

--- Returns where the answer of a decision comes from: "file:line" of the last change, or of the
--- shipped default.
---@param name string
---@return string
function M.place_of(name)
  local entry = entry_for("place_of", name)
  return chain.place(entry.layers[#entry.layers] or entry.changes[#entry.changes] or entry.default)
end

-- Every decision gets the facts `env` (without secrets) and `now`.
local function complete(given, entry)
  local known = registry.facts()
  local all = {}
  for name, fact in pairs(known) do all[name] = fact end
  if given then chain.take_facts(entry, given, all) end
  if not all.env then
    known.env = require("os2.env").all()
    all.env = known.env
  end
  all.now = all.now or require("os2.clock").now()
  return all
end

local function ask_value(entry, top, facts)
  if facts then chain.check_facts(entry, facts) end
  local answer = check.copy(top.value)
  recorder.decision(entry.name, top, facts, registry.facts().env, answer)
  return answer
end

--- Returns the answer of a decision. Raises for an unknown name, and raises `invalid` (exit
--- "config") when a changed policy waits, fails, or gives an answer that breaks the entry's rule.
---@param name string
---@param facts? table
---@return any answer  nil when the entry allows it, or when `extra` is an error
---@return any extra  the policy's second value: a reason, details, or an error
function M.ask(name, facts)
  local entry = registry.entries[name] or entry_for("ask", name)
  if entry.type == "steps" then return (M.steps(name)) end
  local top = entry.layers[#entry.layers] or entry.default
  if not top.run then return (ask_value(entry, top, facts)) end
  local all = complete(facts, entry)
  local answer, extra = chain.ask(entry, all)
  recorder.decision(entry.name, top, facts, registry.facts().env, answer, extra, all.now)
  return answer, extra
end

--- Raises an `invalid` error (exit "config") about an answer, or a list of steps, that a flow
--- cannot use. The error names the policy and the file that set it.
---@param name string
---@param message string  the answer, the rule it breaks, and what to do
function M.refuse(name, message)
  chain.refuse(entry_for("refuse", name), message)
end

--- Returns the steps of a flow in order. A step without `run` is one of os2's own: its flow finds
--- the function by the name.
---@param name string
---@return os2.policy.step[] steps
---@return os2.base.shape? ctx  what the steps get, when the list declares it
function M.steps(name)
  local entry = entry_for("steps", name)
  if entry.type ~= "steps" then refuse("steps", entry, "is no list of steps") end
  local list = {}
  for index, step in ipairs(entry.steps) do list[index] = { name = step.name, run = step.run } end
  recorder.decision(entry.name, entry.changes[#entry.changes] or entry.default, nil, nil,
    entry.steps)
  return list, entry.ctx
end

--- Loads every shipped policy. `ask` loads what it needs by itself; a list needs all of them.
function M.load_shipped()
  registry.load_shipped()
end

---@class os2.policy.sources_options
---@field file? string  --policy FILE
---@field isolated? boolean  shipped policies and --policy only
---@field user_file? string  in place of the user's own
---@field faults? os2.Err[]  receives the faults; a file with a fault is left out entirely

--- Loads the policy files in order: /etc/os2/policy.lua, the user's, then --policy FILE or
--- OS2_POLICY. Raises `invalid` (exit "config") with file and line, unless `faults` receives the
--- errors.
---@param options? os2.policy.sources_options
---@return string[] files  the files that exist
function M.load_sources(options)
  arguments.check("policy.load_sources", options or {}, {
    file = "string?", isolated = "boolean?", faults = "table?", user_file = "string?",
  })
  return require("os2.policy.sources").load(M, options or {})
end

--- Runs a file of tests of policies, in the environment of policy files: they have no I/O and
--- cannot wait. `take` gets each test's name, and why it failed, with file and line.
---@param path string
---@param take fun(name: string, why: string?)
function M.run_tests(path, take)
  require("os2.policy.sources").run_tests(M, path, take)
end

--- Returns all changes in the order in which they were made: {name, action, value?, run?, anchor?,
--- step?, file, line?, why?, source?}. `source` is the policy file; nil for a script.
---@return table[]
function M.changes()
  local list = {}
  for index, change in ipairs(registry.changes()) do list[index] = check.copy(change) end
  return list
end

--- Returns a record of every entry, sorted by name; the fields are in `os2.policy.report`.
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

--- Returns the record of one entry with its changes, oldest first. Raises `not_found` for an
--- unknown name, because a person has typed it.
---@param name string
---@param is_whole? boolean  also its example, and the text of a shipped function
---@return table
function M.explain(name, is_whole)
  local entry, why = registry.find(name)
  if not entry then
    err.raise(err.new{ kind = "not_found", op = "policy.explain", message = why }, 0)
  end
  return require("os2.policy.report").explanation(entry, is_whole)
end

local OWN_VARIABLES <const> = { "^DAYTONA_", "^DOPPLER_", "^ITERATE_", "^OS2_" }

local function is_own_variable(name)
  for _, pattern in ipairs(OWN_VARIABLES) do
    if name:find(pattern) then return true end
  end
end

-- Facts that hold for longer than one run: without the time, the tree that a snapshot is made of,
-- and variables that a shell or a CI job sets anew for each run.
local function lasting_facts()
  local all, env = complete(), {}
  for name, value in pairs(all.env) do
    if is_own_variable(name) then env[name] = value end
  end
  for _, name in ipairs(M.ask("cache.variables")) do env[name] = all.env[name] end
  return { environment = all.environment, prefix = all.prefix, env = env }
end

--- Returns a text that changes when an entry of these groups decides differently: its value or its
--- edits. When an entry was overridden with a function, the text also contains everything that the
--- function may use: all other changes, the text of all policy files, os2's own variables and those
--- of policy `cache.variables`. The text may be long and private, so hash it.
---@param ... string  groups, such as "resolution"
---@return string
function M.fingerprint(...)
  return require("os2.policy.report").fingerprint({ ... }, lasting_facts)
end

--- Restores every entry to its shipped state and forgets all facts; for tests.
function M.reset()
  registry.reset()
end

return M
