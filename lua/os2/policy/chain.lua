--- Asks one entry: the default and the changes on top of it, each of which can ask the one below.
local check = require("os2.base.check")
local err = require("os2.err")
local shape = require("os2.base.shape")

---@class os2.policy.chain
local M = {}

--- Returns the place of a change or a default for people: "file:line", or the file alone.
---@param place {file: string, line: integer?}
---@return string
function M.place(place)
  return place.line and ("%s:%d"):format(place.file, place.line) or place.file
end

local function hint_of(layer)
  return layer.source and require("os2.policy.sources").HINT or nil
end

local function refuse(entry, layer, message)
  local is_shipped = entry.changes[1] == nil
  err.raise(err.new{
    kind = is_shipped and "internal" or "invalid", exit = not is_shipped and "config" or nil,
    op = "policy", message = ("%s (%s): %s"):format(entry.name, M.place(layer), message),
    hint = hint_of(layer),
  }, 0)
end

--- Raises an error about an answer that the caller cannot use, with the name of the entry and the
--- place of its last change.
---@param entry table  from the registry
---@param message string
function M.refuse(entry, message)
  refuse(entry, entry.changes[#entry.changes] or entry.default, message)
end

--- Returns a copy of the facts that an entry may get. An entry that a policy file has defined
--- without declaring its facts gets all.
---@param entry table  from the registry
---@param facts table
---@return table
function M.facts_for(entry, facts)
  if entry.facts then return shape.copy(facts, entry.facts) end
  local copy = {}
  for name, fact in pairs(facts) do copy[name] = fact end
  return copy
end

--- Raises when the facts have a name that the entry does not declare.
---@param entry table  from the registry
---@param facts table
function M.check_facts(entry, facts)
  if entry.facts then shape.check(facts, entry.facts) end
end

--- Adds to a table the given facts that an entry may get. Raises as `check_facts`.
---@param entry table  from the registry
---@param given table
---@param all table
function M.take_facts(entry, given, all)
  M.check_facts(entry, given)
  local declared = entry.facts and entry.facts.by_name
  for name, fact in pairs(given) do
    if not declared or declared[name] then all[name] = fact end
  end
end

local function checked_answer(entry, layer, facts, answer, extra)
  -- a function returns `nil, err` when the facts allow no answer
  if answer == nil and err.is(extra) then return nil, extra end
  local ok, checked = check.value(entry.answer, answer, facts)
  if not ok then refuse(entry, layer, "the answer " .. checked) end
  return checked, extra
end

local evaluate

local function answer_of(entry, level, facts, layer)
  local function base(other)
    return evaluate(entry, level - 1, other or facts)
  end
  return checked_answer(entry, layer, facts, layer.run(base, M.facts_for(entry, facts)))
end

evaluate = function(entry, level, facts)
  local layer = level == 0 and entry.default or entry.layers[level]
  if layer.run then return answer_of(entry, level, facts, layer) end
  return check.copy(layer.value)
end

--- Calls a function where nothing can wait: gsub calls it from C, and Lua cannot yield across that.
--- It still runs in the task, so an interrupt reaches it.
---@param fn function
---@return any first, any second
function M.call_without_waiting(fn, ...)
  local arguments = table.pack(...)
  local first, second
  string.gsub("once", "once", function()
    first, second = fn(table.unpack(arguments, 1, arguments.n))
  end)
  return first, second
end

--- Returns true when an error says that something tried to wait there.
---@param failure any
---@return boolean
function M.is_wait(failure)
  return type(failure) == "string" and (failure:find("attempt to yield", 1, true) ~= nil
    or failure:find("nothing can wait here", 1, true) ~= nil)
end

-- A fault in a user's policy file is reported with the file; a fault in a shipped policy is a bug
-- of os2.
local function fail(entry, top, failure)
  if type(failure) ~= "string" then error(failure, 0) end
  if M.is_wait(failure) then
    refuse(entry, top, "a policy may not wait: it decides from its facts alone; put what waits "
      .. "into a step (policy.insert_before and the like)")
  end
  refuse(entry, top, failure)
end

-- Asks an entry of os2's own that nobody has changed: its function does not wait, and has nothing
-- below it, so it needs neither a guard nor a copy of the facts. A run over a thousand machines
-- asks many thousand times.
local function ask_shipped(entry, facts)
  if entry.facts then setmetatable(facts, entry.facts.meta) end
  return checked_answer(entry, entry.default, facts, entry.default.run(nil, facts))
end

--- Asks an entry whose answer is a function's.
---@param entry table  from the registry
---@param facts table  made for this call
---@return any answer, any extra
function M.ask(entry, facts)
  local top = entry.layers[#entry.layers] or entry.default
  if not entry.layers[1] then
    if entry.is_shipped then return ask_shipped(entry, facts) end
    return M.call_without_waiting(evaluate, entry, 0, facts)
  end
  local ok, answer, extra = pcall(M.call_without_waiting, evaluate, entry, #entry.layers, facts)
  if not ok then fail(entry, top, answer) end
  return answer, extra
end

return M
