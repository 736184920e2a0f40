--- Asks the decisions of past runs again, under the policies that are in force now, and tells where
--- the answer would be another one.
local answers = require("os2.flows.decisions.answers")
local clock = require("os2.clock")
local past = require("os2.flows.decisions.past")
local policy = require("os2.policy")
local reader = require("os2.history.reader")
local terminal = require("os2.text.terminal")

---@class os2.flows.decisions.replay
local M = {}

-- Name -> true for lists of steps, false for other policies, nil for what no longer exists.
local function kinds()
  local of = {}
  for _, record in ipairs(policy.list()) do of[record.name] = record.type == "steps" end
  return of
end

local function difference(decision, now)
  return {
    run = decision.run, time = clock.iso(decision.time), name = decision.name,
    was = answers.words(decision.answer, decision.extra), is = answers.words(now.answer, now.extra),
    was_by = decision.place, is_by = answers.place(policy.place_of(decision.name)),
  }
end

-- Asks one decision again. Returns what became of it, and the difference when there is one.
local function replay(decision, of, fixed)
  if decision.lacks then return decision.lacks end
  if of[decision.name] == nil then return "unknown" end
  fixed.at = decision.time
  local ok, answer, extra = past.ask(decision)
  if not ok and answer == past.UNRECORDED then return "variable" end
  local now = answers.outcome(ok, answer, extra)
  if answers.same(decision, now, of[decision.name]) then return "same" end
  return "differs", now
end

local function run_one(id, state)
  for decision in past.decisions(id) do
    if not state.wanted or state.wanted == decision.name then
      local what, now = replay(decision, state.kinds, state.fixed)
      state.counts[what] = (state.counts[what] or 0) + 1
      if now and #state.differences < state.limit then
        state.differences[#state.differences + 1] = difference(decision, now)
      end
    end
  end
end

local REASONS <const> = {
  { "hashed", "facts of which the record has a hash or a name alone" },
  { "masked", "facts with a secret in them" },
  { "variable", "a variable whose value is not recorded (history.variables)" },
  { "unknown", "a policy that does not exist now" },
}

local function summary(result)
  local lines = {}
  for _, found in ipairs(result.differences) do
    lines[#lines + 1] = ("%s  %s  %s\n  was  %s  [%s]\n  is   %s  [%s]"):format(found.run,
      found.time, found.name, found.was, found.was_by or "?", found.is, found.is_by)
  end
  if result.differ > #result.differences then
    lines[#lines + 1] = ("… and %s more; --limit shows more"):format(
      terminal.count(result.differ - #result.differences))
  end
  lines[#lines + 1] = ("%s of %s: %s would be the same, %s would differ"):format(
    terminal.plural(result.asked, "decision"), terminal.plural(result.runs, "run"),
    terminal.count(result.same), terminal.count(result.differ))
  for _, reason in ipairs(REASONS) do
    local count = result.skipped[reason[1]]
    if count > 0 then
      lines[#lines + 1] = ("%s could not be asked again: %s"):format(terminal.count(count),
        reason[2])
    end
  end
  return table.concat(lines, "\n")
end

local function result_of(state, count)
  local counts, skipped, left = state.counts, {}, 0
  for _, reason in ipairs(REASONS) do
    skipped[reason[1]] = counts[reason[1]] or 0
    left = left + skipped[reason[1]]
  end
  local same, differ = counts.same or 0, counts.differs or 0
  return {
    runs = count, asked = same + differ, same = same, differ = differ, not_asked = left,
    skipped = skipped, differences = require("os2.json").array(state.differences),
  }
end

--- Asks all decisions of the runs that began at most so long ago again.
---@param args {since: number, limit: integer, name: string?}  since: seconds
---@return table fields, string text
function M.run(args)
  local fixed <close> = past.fixed_clock(clock.now())
  local ids = reader.ids(fixed.at - args.since)
  local state = {
    kinds = kinds(), fixed = fixed, counts = {}, differences = {}, limit = args.limit,
    wanted = args.name,
  }
  for _, id in ipairs(ids) do run_one(id, state) end
  policy.replace_facts{}
  local result = result_of(state, #ids)
  return result, summary(result)
end

return M
