--- The sub-command that cleans up: it deactivates or deletes the snapshots that nothing keeps.
local ages = require("os2.text.ages")
local change = require("os2.flows.snapshots.change")
local columns = require("os2.text.columns")
local json = require("os2.json")
local judge = require("os2.flows.snapshots.judge")
local known = require("os2.flows.known")
local open = require("os2.flows.snapshots.open")
local pages = require("os2.flows.snapshots.pages")
local plan_file = require("os2.flows.snapshots.plan")
local policy = require("os2.policy")
local refusal = require("os2.base.refusal")
local shown = require("os2.flows.snapshots.shown")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local world_reader = require("os2.flows.snapshots.world")

---@class os2.flows.snapshots.prune
local M = {}

local PAST <const> = { deactivate = "deactivated", delete = "deleted" }

local refuse = refusal.of("snapshot.prune", "usage")

---@class os2.flows.snapshots.prune.item
---@field snapshot table
---@field why string
---@field result "planned"|"done"|"skipped"|"failed"

---@class os2.flows.snapshots.prune.state
---@field ctx os2.flows.snapshots.ctx
---@field action "deactivate"|"delete"
---@field prefix string?
---@field world os2.flows.snapshots.world
---@field judged os2.flows.snapshots.judge
---@field items os2.flows.snapshots.prune.item[]  the oldest first
---@field kept {snapshot: table, why: string}[]

local function prefix_of(snapshot)
  return policy.ask("naming.prefix", { name = snapshot.name })
end

-- The candidates of a prefix belong to it.
local function is_meant(prune, snapshot)
  local prefix = prefix_of(snapshot)
  if not prune.prefix then return true end
  return prefix ~= nil and pages.is_of(snapshot, prune.prefix)
end

local function reason_to_go(snapshot)
  local prefix = prefix_of(snapshot)
  local is_candidate = policy.ask("retention.candidate", { prefix = prefix })
  if is_candidate then return "a candidate of long ago" end
  return "old, and not of the newest of " .. prefix
end

--- Sorts the snapshots of a world into those that go and those that stay. Does no I/O.
---@param prune os2.flows.snapshots.prune.state
function M.sort(prune)
  prune.judged = judge.new(prune.world)
  prune.items, prune.kept = {}, {}
  for _, snapshot in ipairs(prune.world.snapshots) do
    if is_meant(prune, snapshot) then
      local why = prune.judged:keeps(snapshot, prune.action)
      if why then
        table.insert(prune.kept, { snapshot = snapshot, why = why })
      else
        table.insert(prune.items, 1,
          { snapshot = snapshot, why = reason_to_go(snapshot), result = "planned" })
      end
    end
  end
end

local GIVEN_BY_PLAN <const> = {
  { "prefix", "--prefix" }, { "is_all_prefixes", "--all-prefixes" }, { "is_deleting", "--delete" },
  { "plan", "--plan" }, { "keep", "--keep" }, { "younger", "--older-than" },
}

local function check_alone(args)
  for _, row in ipairs(GIVEN_BY_PLAN) do
    if args[row[1]] then
      refuse(("%s has no place beside --apply: the plan tells it"):format(row[2]),
        "leave it out, or make another plan")
    end
  end
end

local function from_plan(ctx, path)
  check_alone(ctx.args)
  local plan = plan_file.read(path)
  local prune = {
    ctx = ctx, action = plan.action, prefix = plan.prefix,
    world = world_reader.read(ctx, { keep = plan.keep, younger = plan.younger }),
  }
  M.sort(prune)
  plan_file.check(path, plan, ctx.provider, prune.judged)
  -- what has become old since is not of the plan
  local planned, items = {}, {}
  for _, item in ipairs(plan.snapshots) do planned[item.id .. " " .. item.name] = true end
  for _, item in ipairs(prune.items) do
    if planned[judge.key(item.snapshot)] then items[#items + 1] = item end
  end
  prune.items = items
  return prune
end

local function from_arguments(ctx)
  local args = ctx.args
  local prefix, environment = pages.prefix_of(args)
  local prune = {
    ctx = ctx, action = args.is_deleting and "delete" or "deactivate", prefix = prefix,
    environment = environment,
    world = world_reader.read(ctx, { keep = args.keep, younger = args.younger }),
  }
  M.sort(prune)
  if args.plan then plan_file.write(args.plan, prune) end
  return prune
end

local function fields_of(row)
  local fields = shown.fields(row.snapshot)
  fields.why, fields.result, fields.message = row.why, row.result, row.message
  return fields
end

local function list_of(rows)
  local list = json.array{}
  for index, row in ipairs(rows or {}) do list[index] = fields_of(row) end
  return list
end

local function counts_of(prune)
  local counts = { planned = 0, done = 0, skipped = 0, failed = 0, kept = #(prune.kept or {}) }
  for _, item in ipairs(prune.items or {}) do counts[item.result] = counts[item.result] + 1 end
  return counts
end

local function result_of(prune, is_dry)
  local ctx = prune.ctx
  return {
    snapshots = list_of(prune.items), kept = list_of(prune.kept), counts = counts_of(prune),
    action = prune.action, prefix = prune.prefix, environment = prune.environment,
    dry_run = is_dry, plan = ctx.args.plan or ctx.args.apply, provider = ctx.provider.name,
    seconds = open.seconds(ctx),
  }
end

local function row_of(word, row)
  local age = shown.fields(row.snapshot).age
  return { word, row.snapshot.name, age and ages.of(age) or "-", row.snapshot.state,
    row.message or row.why }
end

local WORDS <const> = { skipped = "skip", failed = "failed" }

local function text_of(prune)
  local rows = {}
  for _, item in ipairs(prune.items) do
    local word = item.result == "done" and PAST[prune.action] or WORDS[item.result] or prune.action
    rows[#rows + 1] = row_of(word, item)
  end
  for _, row in ipairs(prune.kept) do rows[#rows + 1] = row_of("keep", row) end
  return rows[1] and columns.new{}:text(rows) or nil
end

-- A snapshot that the world needs by now is left alone.
local function run_one(prune, item)
  local why = world_reader.refusal(prune.ctx, item.snapshot, prune.action, prune.world, true)
  if why then
    item.result, item.message = "skipped", why
    return
  end
  change.run(prune.ctx, prune.action, item.snapshot)
  item.result = "done"
end

local function show(prune, phase)
  local counts = counts_of(prune)
  phase:show(("%d of %d, %d skipped, %d failed"):format(#prune.items - counts.planned,
    #prune.items, counts.skipped, counts.failed))
end

-- Without the permission each of the others would be refused, too.
local function run_noted(prune, item, phase)
  if prune.failure and prune.failure.kind == "denied" then return end
  local _, failure = task.try(run_one, prune, item)
  if failure then
    prune.failure = prune.failure or failure
    item.result, item.message = "failed", failure.message
  end
  show(prune, phase)
end

local function run_all(prune)
  local phase <close> = prune.ctx.ui:phase("prune")
  show(prune, phase)
  task.map(prune.items, function(item) run_noted(prune, item, phase) end,
    { limit = policy.ask("retention.limit") })
  phase:done(("%s %s"):format(terminal.plural(counts_of(prune).done, "snapshot"),
    PAST[prune.action]))
  return prune.failure
end

local function way_on(prune)
  local path = prune.ctx.args.plan or prune.ctx.args.apply
  return path and open.command(prune.ctx, "prune", "--apply " .. path)
    or "add --yes, or write the plan for a review with --plan FILE"
end

local function tell_dry(prune)
  if #prune.items == 0 then return prune.ctx.ui:note("dry run: nothing would be changed") end
  prune.ctx.ui:note(("dry run, nothing was changed; %s would be %s: %s"):format(
    terminal.plural(#prune.items, "snapshot"), PAST[prune.action], way_on(prune)))
end

local function is_dry_run(args)
  if args.is_dry_run and args.is_sure then
    refuse("--dry-run has no place beside --yes", "leave one of them out")
  end
  return args.is_dry_run or not (args.is_sure or args.apply)
end

--- Shows what would go and what stays and why; changes it with --yes, or when a plan is applied.
---@param args table  of scripts/snapshot/prune.lua
---@return table fields
---@return string? lines
---@return os2.Err? failure  the first one
function M.run(args)
  local is_dry = is_dry_run(args)
  local ctx = open.context(args)
  local prune
  local _ <close> = known.on_failure(function()
    return prune and result_of(prune, is_dry) or { provider = ctx.provider.name }
  end)
  prune = args.apply and from_plan(ctx, args.apply) or from_arguments(ctx)
  local failure
  if is_dry then tell_dry(prune) else failure = run_all(prune) end
  return result_of(prune, is_dry), text_of(prune), failure
end

return M
