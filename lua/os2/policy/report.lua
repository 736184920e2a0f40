--- Describes entries: records for `os2 policy list` and `explain`, and fingerprints.
local chain = require("os2.policy.chain")
local check = require("os2.base.check")
local registry = require("os2.policy.registry")
local shape = require("os2.base.shape")

---@class os2.policy.report
local M = {}

local function step_names(list)
  local names = {}
  for index, step in ipairs(list) do names[index] = step.name end
  return names
end

-- Returns the value in force when no function decides it; otherwise nil.
local function value_in_force(entry)
  if entry.type == "steps" then return step_names(entry.steps) end
  local top = entry.layers[#entry.layers] or entry.default
  return check.copy(top.value)
end

local function is_computed(entry)
  local top = entry.layers[#entry.layers] or entry.default
  return top.run ~= nil
end

--- Returns what `os2 policy list` shows of an entry. `value` is absent when `computed` is true;
--- `set_by` is the place of the last change, absent for what os2 ships.
---@param entry table
---@return {name: string, doc: string, type: string, unit: string?, value: any, computed: boolean,
---  changed: boolean, set_by: string?, why: string?}
function M.record(entry)
  local last = entry.changes[#entry.changes]
  return {
    name = entry.name, doc = entry.doc, type = entry.type, unit = entry.answer.unit,
    value = value_in_force(entry), computed = is_computed(entry), changed = last ~= nil,
    set_by = last and chain.place(last), why = last and last.why,
  }
end

local function change_record(change)
  return {
    action = change.action, anchor = change.anchor, step = change.step and change.step.name,
    value = check.copy(change.value), computed = change.run ~= nil, why = change.why,
    place = chain.place(change), source = change.source,
  }
end

local function default_of(entry)
  if entry.type == "steps" then return step_names(entry.default.value) end
  return check.copy(entry.default.value)
end

local function rule_of(entry)
  if entry.type == "steps" then return "a list of steps" end
  local words = check.words(entry.answer)
  if entry.type ~= "function" then return words end
  return "a function of the facts; it answers " .. (entry.returns or words)
end

local function fields_of(record)
  local fields = {}
  for index, field in ipairs(shape.fields(record)) do
    fields[index] = {
      name = field.name, type = field.type, doc = field.doc,
      is_common = record.what == "facts" and registry.COMMON[field.name] ~= nil or nil,
      fields = field.shape and fields_of(field.shape),
    }
  end
  return fields
end

-- Returns the text of a shipped function with its comment, as it stands in its file.
local function source_of(entry)
  local info = debug.getinfo(entry.shipped, "S")
  local path = info.source:match("^@(.*)")
  local file <close> = path and io.open(path)
  if not file then return nil end
  local lines, number = {}, 0
  for line in file:lines() do
    number = number + 1
    if number > info.lastlinedefined then break end
    local is_before = number < info.linedefined
    if is_before and line:sub(1, 2) ~= "--" then lines = {} else lines[#lines + 1] = line end
  end
  return table.concat(lines, "\n")
end

--- Returns everything about an entry: its record, `rule`, `default` and its place, and the
--- `changes`, oldest first; `facts` of a policy or `ctx` of a list of steps as {name, type, doc,
--- is_common?, fields?}.
---@param entry table
---@param is_whole? boolean  also `example` and `source`, the text of a shipped function
---@return table
function M.explanation(entry, is_whole)
  local record = M.record(entry)
  record.rule = rule_of(entry)
  record.default = default_of(entry)
  record.default_place = chain.place(entry.default)
  record.range, record.values = check.copy(entry.answer.range), check.copy(entry.answer.values)
  record.facts = entry.facts and fields_of(entry.facts)
  record.ctx = entry.ctx and fields_of(entry.ctx)
  record.answer, record.is_optional = entry.answer.type, entry.answer.optional
  if is_whole and entry.type == "function" then
    record.example = entry.example
      or entry.is_shipped and require("os2.policy.examples")[entry.name] or nil
    record.source = source_of(entry)
  end
  record.changes = {}
  for index, change in ipairs(entry.changes) do record.changes[index] = change_record(change) end
  return record
end

-- The text of a function is in its policy file; for a function from elsewhere the compiled code
-- stands in for it.
local function function_text(run, source)
  local text = source and registry.text(source)
  if text then return text end
  local ok, code = pcall(string.dump, run, true)
  return ok and code or debug.getinfo(run, "S").source
end

local function change_text(change)
  local run = change.run or change.step and change.step.run
  local text = run and function_text(run, change.source) or check.write(change.value)
  return table.concat({ change.action, tostring(change.anchor),
    tostring(change.step and change.step.name), text }, " ")
end

local function entry_text(entry)
  local parts = { entry.name, check.write(default_of(entry)) }
  for _, change in ipairs(entry.changes) do parts[#parts + 1] = change_text(change) end
  return table.concat(parts, "\n")
end

local function entries_of(groups)
  local entries = {}
  for _, group in ipairs(groups) do
    registry.load_group(group)
    for _, name in ipairs(registry.names()) do
      if name:match("^[^.]+") == group then entries[#entries + 1] = registry.find(name) end
    end
  end
  return entries
end

local function has_function(entry)
  for _, change in ipairs(entry.changes) do
    if change.run or change.step and change.step.run then return true end
  end
  return false
end

-- Everything that a function may use: all other policies, and the facts that all policies get.
local function surroundings(facts)
  local parts = { check.write(facts) }
  for _, name in ipairs(registry.names()) do
    local entry = registry.find(name)
    if entry.changes[1] or not entry.is_shipped then parts[#parts + 1] = entry_text(entry) end
  end
  for _, text in ipairs(registry.all_texts()) do parts[#parts + 1] = text end
  return table.concat(parts, "\n\n")
end

--- Returns one text about all entries of some groups. When one of them was overridden with a
--- function, the text includes everything that the function may use.
---@param groups string[]
---@param facts fun(): table  the facts that every policy gets, without the time
---@return string
function M.fingerprint(groups, facts)
  local parts, is_open = {}, false
  for index, entry in ipairs(entries_of(groups)) do
    parts[index] = entry_text(entry)
    is_open = is_open or has_function(entry)
  end
  if is_open then parts[#parts + 1] = surroundings(facts()) end
  return table.concat(parts, "\n\n")
end

return M
