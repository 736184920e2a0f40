--- The sub-commands that change the snapshots that are named: activate, deactivate, delete.
local change = require("os2.flows.snapshots.change")
local err = require("os2.err")
local json = require("os2.json")
local judge = require("os2.flows.snapshots.judge")
local lists = require("os2.base.lists")
local open = require("os2.flows.snapshots.open")
local policy = require("os2.policy")
local shown = require("os2.flows.snapshots.shown")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local world_reader = require("os2.flows.snapshots.world")

---@class os2.flows.snapshots.named
local M = {}

local PAST <const> = {
  activate = "activated", deactivate = "deactivated", delete = "deleted",
}

local function refuse_protected(ctx, snapshot, why)
  err.raise(err.new{
    kind = "conflict", op = "snapshot." .. ctx.args.action,
    message = ("snapshot %s is protected: %s"):format(snapshot.name, why),
    hint = "change it all the same with --force",
  })
end

-- All of them are judged before the first is changed. Returns the world in which they are.
local function check(ctx, snapshots)
  local verb = ctx.args.action
  if verb == "activate" or ctx.args.is_forced then return nil end
  local world = world_reader.read(ctx)
  local judged = judge.new(world)
  for _, snapshot in pairs(snapshots) do
    local why = judged:protection(snapshot, verb)
    if why then refuse_protected(ctx, snapshot, why) end
  end
  return world
end

local function change_one(ctx, snapshot, world)
  local verb = ctx.args.action
  if world then
    local why = world_reader.refusal(ctx, snapshot, verb, world)
    if why then refuse_protected(ctx, snapshot, why) end
  end
  return change.run(ctx, verb, snapshot)
end

-- One that is missing does not stop the others; one that is protected does.
local function find_all(ctx, names)
  local found, failures = {}, {}
  for index, outcome in ipairs(task.map(names, function(name)
    return open.snapshot(ctx, name)
  end, { limit = policy.ask("machine.limit") })) do
    found[index] = outcome.ok and outcome.value or nil
    failures[index] = not outcome.ok and outcome.err or nil
  end
  return found, failures
end

local function change_all(ctx, names)
  local found, failures = find_all(ctx, names)
  local world = check(ctx, found)
  if ctx.args.is_dry_run then return found, failures end
  for index = 1, #names do
    if found[index] then
      found[index], failures[index] = task.try(change_one, ctx, found[index], world)
    end
  end
  return found, failures
end

local function outcomes_of(names, found, failures)
  local done, words, failed, first = json.array{}, {}, json.array{}, nil
  for index, name in ipairs(names) do
    local failure = failures[index]
    if failure then
      failed[#failed + 1] = { name = name, kind = failure.kind, message = failure.message }
      first = first or failure
    else
      done[#done + 1] = shown.fields(found[index])
      words[#words + 1] = terminal.clean(found[index].name)
    end
  end
  return done, words, failed, first
end

local function summary_of(args, count)
  local words = terminal.plural(count, "snapshot")
  if not args.is_dry_run then return ("%s %s"):format(words, PAST[args.action]) end
  return ("dry run, nothing was changed; %s would be %s"):format(words, PAST[args.action])
end

--- Changes the snapshots with these names, one after the other, and waits for each. Protected ones
--- are refused before anything is changed, and each is looked at again right before its change.
---@param args {action: "activate"|"deactivate"|"delete", names: string[], is_forced: boolean?,
---  is_dry_run: boolean?}
---@return table fields
---@return string? names  of those that were changed, one a line
---@return os2.Err? failure  the first one
function M.run(args)
  local ctx, names = open.context(args), lists.unique(args.names)
  local phase <close> = ctx.ui:phase(args.action)
  phase:show(table.concat(names, ", "))
  local found, failures = change_all(ctx, names)
  local done, words, failed, failure = outcomes_of(names, found, failures)
  phase:done(summary_of(args, #done))
  for index = 2, #failed do ctx.ui:warn(failed[index].name .. ": " .. failed[index].message) end
  return {
    snapshots = done, failed = failed, dry_run = args.is_dry_run or false,
    provider = ctx.provider.name, seconds = open.seconds(ctx),
  }, words[1] and table.concat(words, "\n"), failure
end

return M
