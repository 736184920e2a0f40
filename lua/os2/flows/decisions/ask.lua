--- Asks one decision, beside what the shipped policy would say.
local answers = require("os2.flows.decisions.answers")
local clock = require("os2.clock")
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")
local past = require("os2.flows.decisions.past")
local policy = require("os2.policy")
local reader = require("os2.history.reader")
local refusal = require("os2.base.refusal")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.decisions.ask
local M = {}

local refuse = refusal.of("policy.try", "usage")

local function read_facts(path)
  local text, failure = task.try(path == "-" and io.read or fs.read, path == "-" and "a" or path)
  if failure then
    failure.hint = "--facts names a file with one JSON object of facts; - is stdin"
    err.raise(failure)
  end
  local ok, given = pcall(json.decode, text)
  if not ok or type(given) ~= "table" or given[1] ~= nil then
    refuse(("%s is no JSON object of facts"):format(path == "-" and "stdin" or path),
      'write {"name": value}; `os2 policy explain NAME` lists the facts')
  end
  return given
end

-- The decision of a past run: the last one, or the one with that number.
local function recorded(args)
  local id, list = reader.find(args.at), {}
  for decision in past.decisions(id) do
    if decision.name == args.name then list[#list + 1] = decision end
  end
  local wanted = args.number or #list
  if not list[wanted] then
    refuse(("run %s has %s of %s"):format(id, terminal.plural(#list, "decision"), args.name),
      ("`os2 history show %s` shows what it asked"):format(id))
  end
  local decision = list[wanted]
  if decision.lacks then
    refuse(("the facts of %s in run %s cannot be used again: they are %s"):format(args.name, id,
      decision.lacks), "give them with --facts")
  end
  return decision
end

local function add_facts(question, given)
  local declared = past.declared(question.name)
  for name, fact in pairs(given) do
    if declared and not declared[name] then
      refuse(("%s has no fact '%s'"):format(question.name, terminal.clean(name)),
        ("`os2 policy explain %s` lists those it has"):format(question.name))
    end
    question.facts[name] = fact
  end
end

-- Returns what the policy is asked with: its facts, those of all policies, the time, and where they
-- come from.
local function question_of(args)
  local question = { name = args.name, facts = {}, missing = {}, time = clock.now() }
  if args.at then
    question = recorded(args)
    question.missing = {}
  elseif args.is_live then
    local live = require("os2.flows.decisions.live") -- it asks the API
    question.facts, question.missing = live.gather(policy.explain(args.name), args)
    question.common = { prefix = question.facts.prefix, environment = question.facts.environment }
  end
  question.common = question.common or {}
  if args.facts then add_facts(question, read_facts(args.facts)) end
  return question
end

local function outcome_of(question)
  local _ <close> = past.fixed_clock(question.facts.now or question.time)
  local ok, answer, extra = past.ask(question)
  if not ok and answer == past.UNRECORDED then
    refuse(("%s reads a variable whose value is not recorded"):format(question.name),
      "the policy history.variables says which values are; or give the facts with --facts")
  end
  if not ok and not err.is(answer) then
    refuse(("%s fails with these facts: %s"):format(question.name, tostring(answer)),
      ("`os2 policy explain %s` lists the facts that it needs"):format(question.name))
  end
  return answers.outcome(ok, answer, extra)
end

-- What the shipped policies say: every change is forgotten, so it is asked last.
local function shipped_outcome(question)
  policy.reset()
  local is_known, record = pcall(policy.explain, question.name)
  if not is_known then return nil end
  return outcome_of(question), answers.place(record.default_place)
end

local function lines_of(result)
  local facts = next(result.facts) and answers.words(result.facts) or "none"
  local lines = { ("%s\n  facts    %s"):format(result.name, facts) }
  for _, lacking in ipairs(result.missing) do
    lines[#lines + 1] = ("  missing  %s: %s"):format(lacking.name, terminal.clean(lacking.why))
  end
  lines[#lines + 1] = ("  answer   %s  [%s]"):format(result.words, result.place)
  lines[#lines + 1] = ("  shipped  %s  [%s]"):format(result.shipped_words,
    result.shipped_place or "-")
  if result.recorded_words then
    lines[#lines + 1] = ("  then     %s  [%s]"):format(result.recorded_words, result.recorded_place)
  end
  return table.concat(lines, "\n")
end

-- Without the variables, which are many.
local function shown_facts(question)
  local facts = {}
  for name, fact in pairs(question.facts) do
    if name ~= "env" then facts[name] = fact end
  end
  return next(facts) and answers.recorded(facts) or {}
end

--- Asks a decision.
---@param args {name: string, facts: string?, is_live: boolean?, at: string?, number: integer?,
---  prefix: string?, provider: string?, region: string?}
---@return table fields, string text
function M.run(args)
  local record = policy.explain(args.name)
  args.name = record.name
  local question = question_of(args)
  local result = {
    name = args.name, facts = shown_facts(question),
    missing = json.array(question.missing), place = answers.place(policy.place_of(args.name)),
  }
  local now = outcome_of(question)
  result.answer, result.extra, result.words = now.answer, now.extra,
    answers.words(now.answer, now.extra)
  if args.at then
    result.run, result.recorded_place = question.run, question.place
    result.recorded_words = answers.words(question.answer, question.extra)
  end
  local shipped, place = shipped_outcome(question)
  result.shipped_place, result.shipped = place, shipped and shipped.answer
  result.shipped_words = shipped and answers.words(shipped.answer, shipped.extra)
    or "os2 ships no such policy"
  result.is_changed = not (shipped and answers.same(now, shipped, record.type == "steps"))
  return result, lines_of(result)
end

return M
