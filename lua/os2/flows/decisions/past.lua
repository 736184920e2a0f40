--- The decisions of a past run, as they can be asked again: with the facts, the variables and the
--- time of that run.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local reader = require("os2.history.reader")
local secrets = require("os2.text.secrets")

---@class os2.flows.decisions.past
local M = {}

local MASK <const> = "***"

--- Raised where a policy reads a variable of which the record has the name alone.
M.UNRECORDED = setmetatable({}, { __tostring = function() return "an unrecorded variable" end })

local function revive_error(fields)
  local ok, failure = pcall(err.new, fields)
  return ok and failure or fields
end

-- What stands in a record for a value that it does not have.
local STANDS_FOR <const> = { ["$large"] = true, ["$kind"] = true, ["$names"] = true }

local function revive(value, seen)
  if type(value) == "string" and value:find(MASK, 1, true) then seen.masked = true end
  if type(value) ~= "table" then return value end
  for key, item in next, value do
    if STANDS_FOR[key] then seen.hashed = true end
    value[key] = revive(item, seen)
  end
  return value["$error"] and revive_error(value["$error"]) or value
end

-- The variables of the run. To read one whose value is not recorded, or all of them, is refused.
local function variables_of(start)
  local values, is_there = {}, {}
  for name, value in pairs(start.env or {}) do values[name] = value end
  for _, name in ipairs(start.variables or {}) do is_there[name] = true end
  return setmetatable(values, {
    __index = function(_, name)
      if is_there[name] and not secrets.is_name(name) then error(M.UNRECORDED, 0) end
    end,
    __pairs = function() error(M.UNRECORDED, 0) end,
  })
end

local declared = {} -- policy -> its facts as a set; false: it takes any

--- Returns the facts that a policy declares, as a set; nil when it takes any, or does not exist.
---@param name string
---@return table<string, boolean>?
function M.declared(name)
  if declared[name] == nil then
    local ok, record = pcall(policy.explain, name)
    local names = ok and record.facts and {} or false
    for _, field in ipairs(names and record.facts or {}) do names[field.name] = true end
    declared[name] = names
  end
  return declared[name] or nil
end

-- A policy that asks another one passes all of its facts on; only those that the other one declares
-- reach it.
local function reaching(name, facts)
  local names = M.declared(name)
  if not names then return facts end
  for fact in pairs(facts) do
    if not names[fact] then facts[fact] = nil end
  end
  return facts
end

---@class os2.flows.decisions.past.decision
---@field run string
---@field name string
---@field facts table  as the flow gave them
---@field common table  the facts that every decision had, with the variables as `env`
---@field time number  when it was asked, in seconds since 1970
---@field answer any
---@field extra any
---@field place string?
---@field lacks "hashed"|"masked"|nil  why it cannot be asked again

local function decision_of(id, event, common, started)
  local seen = {}
  return {
    run = id, name = event.name, common = common,
    facts = revive(reaching(event.name, event.facts or {}), seen),
    time = event.now or started + (event.ms or 0) / 1000, answer = event.answer,
    extra = event.extra, place = event.by,
    lacks = seen.hashed and "hashed" or seen.masked and "masked" or nil,
  }
end

--- Returns an iterator over the decisions of a run.
---@param id string
---@return fun(): os2.flows.decisions.past.decision?
function M.decisions(id)
  local started, common = 0, { env = {} }
  local next_event = reader.events(id)
  local function take(event)
    if event.event == "start" then
      started, common = event.of.time, { env = variables_of(event) }
    elseif event.event == "facts" then
      for name, fact in pairs(event.of) do common[name] = revive(fact, {}) end
    end
  end
  return function()
    for event in next_event do
      if event.event == "policy" then return decision_of(id, event, common, started) end
      take(event)
    end
  end
end

--- Fixes the time that policies are told; close the result. `at` can be changed.
---@param at number
---@return {at: number}
function M.fixed_clock(at)
  local before, fixed = clock.now, { at = at }
  clock.now = function() return fixed.at end
  return setmetatable(fixed, { __close = function() clock.now = before end })
end

local function ask(decision)
  policy.replace_facts(decision.common)
  return policy.ask(decision.name, decision.facts)
end

--- Asks a decision again, under the policies that are in force. Returns false and the error when it
--- fails; the caller has fixed the clock.
---@param decision os2.flows.decisions.past.decision
---@return boolean ok, any answer, any extra
function M.ask(decision)
  return pcall(ask, decision)
end

return M
