--- Answers of decisions: compared, and in words.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local native_json = require("host.json")
local native_record = require("host.record")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")

require("os2.history.recorder") -- opens native_record

---@class os2.flows.decisions.answers
local M = {}

local SHARE <const> = package.os2_share .. "/" -- luacheck: ignore 143
local SHOWN_BYTES <const> = 600 -- of a value in a line for people

--- Returns an answer as the record of a run has it: without secrets.
---@param value any
---@return any
function M.recorded(value)
  if type(value) == "string" then return secrets.masked_everywhere(value) end
  if type(value) ~= "table" then return value end
  local text = native_record.text(value, policy.ask("history.fact_bytes"))
  return native_json.decode(secrets.masked_everywhere(text))
end

--- Returns the place of a policy as the record has it: os2's own files by their path in its tree.
---@param place string?  "file:line"
---@return string?
function M.place(place)
  if place and place:sub(1, #SHARE) == SHARE then return place:sub(#SHARE + 1) end
  return place
end

local function same(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then return one == other end
  for key, value in next, one do
    if not same(value, other[key]) then return false end
  end
  for key in next, other do
    if one[key] == nil then return false end
  end
  return true
end

-- Of a step only the name tells: its function is another value in each run.
local function names_of(answer)
  local names = {}
  for index, step in ipairs(answer) do
    names[index] = type(step) == "table" and step.name or step
  end
  return names
end

local function error_of(extra)
  return type(extra) == "table" and extra["$error"] or nil
end

--- Returns whether a recorded answer is the same as another one. Where there is no answer, the
--- errors are compared.
---@param one {answer: any, extra: any}  recorded
---@param other {answer: any, extra: any}  recorded
---@param is_list boolean?  the answers are lists of steps
---@return boolean
function M.same(one, other, is_list)
  if is_list then return same(names_of(one.answer or {}), names_of(other.answer or {})) end
  if not same(one.answer, other.answer) then return false end
  local failure, another = error_of(one.extra), error_of(other.extra)
  if one.answer ~= nil or not (failure or another) then return true end
  return failure ~= nil and another ~= nil and failure.kind == another.kind
    and failure.message == another.message
end

local function text_of(value)
  return native_record.text(value, math.maxinteger)
end

local function shown(text)
  local head, is_cut = foreign.head(text, SHOWN_BYTES)
  return terminal.clean(head) .. (is_cut and "…" or "")
end

--- Returns an answer in one line for people.
---@param answer any  recorded
---@param extra any  recorded
---@return string
function M.words(answer, extra)
  local failure = error_of(extra)
  if answer == nil and failure then return shown(("refused: %s"):format(failure.message)) end
  local words = answer == nil and "nothing" or shown(text_of(answer))
  if extra == nil then return words end
  return ("%s  (%s)"):format(words, shown(text_of(extra)))
end

--- Returns what an answer is recorded as, or the error with which the policy failed.
---@param ok boolean
---@param answer any
---@param extra any
---@return {answer: any, extra: any}
function M.outcome(ok, answer, extra)
  if ok then return { answer = M.recorded(answer), extra = M.recorded(extra) } end
  return { extra = M.recorded(err.from(answer)) }
end

return M
