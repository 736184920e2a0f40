--- Makes machines: each name is chosen before the request, each machine is waited for, and all are
--- deleted again when the run fails or is interrupted.
local clock = require("os2.clock")
local environment = require("os2.flows.machine.environment")
local err = require("os2.err")
local facts = require("os2.flows.facts")
local json = require("os2.json")
local known = require("os2.flows.known")
local news = require("os2.flows.news")
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local provider_choice = require("os2.flows.provider_choice")
local random = require("os2.base.random")
local region = require("os2.flows.region")
local request = require("os2.flows.machine.request")
local shown = require("os2.flows.machine.shown")
local snapshot = require("os2.flows.machine.snapshot")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local undo = require("os2.flows.machine.undo")
local wait = require("os2.flows.machine.wait")
local waiting = require("os2.flows.waiting")

---@class os2.flows.machine.create
local M = {}

local function new_run_id()
  local stamp = clock.iso(math.floor(clock.now())):gsub("[-:Z]", ""):gsub("T", "-")
  return ("%s-%s"):format(stamp, random.word(8))
end

local function check_count(count, args)
  local most = policy.ask("machine.ask_above")
  if count <= most or args.is_sure then return end
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine.create",
    message = ("%d machines are more than %d (machine.ask_above)"):format(count, most),
    hint = "pass --yes to make them",
  })
end

local function name_entries(args, count)
  local entries = {}
  for index = 1, count do
    entries[index] = { name = facts.ask("machine.name", {
      given = args.name, index = index, count = count, random = math.random(),
    }) }
  end
  return entries
end

local function labels_of(args, run)
  local labels = {}
  for key, value in pairs(args.labels) do labels[key] = value end
  for key, value in pairs(facts.ask("machine.labels", { run = run })) do labels[key] = value end
  return labels
end

local function health_of(ctx, machine)
  local seconds = ctx.due and math.max(0, ctx.due - clock.monotonic())
    or policy.ask("timeouts.machine_healthy")
  return wait.healthy(ctx, machine, seconds, ctx.late_hint or ctx.due and request.HINT
    or "allow more time with the policy timeouts.machine_healthy")
end

--- Makes the machine of an entry and waits until it has started, with `is_wait_healthy` until its
--- port answers. With --timeout the whole run has one deadline, else each machine has its own.
---@param ctx table
---@param entry os2.flows.machine.entry  `machine` is set at the end
---@param first? os2.flows.machine.request.first  the request that was sent for it
function M.make(ctx, entry, first)
  local started, due
  if first then started, due = first.started, first.due else started, due = request.times(ctx) end
  local machine = wait.state(ctx, request.machine(ctx, entry, due, started, first), {
    wanted = "started", timeout = math.max(0, due - clock.monotonic()), hint = request.HINT,
    late = function(last) request.fail_late(ctx, entry, started, last.state) end,
  })
  if ctx.args.is_wait_healthy then machine.url = health_of(ctx, machine) end
  entry.machine = machine
  ctx.started_count = ctx.started_count + 1
end

local function show_progress(ctx, phase, entries)
  phase:show(#entries == 1 and entries[1].name or ("%d of %s"):format(ctx.started_count,
    terminal.plural(#entries, "machine")))
end

-- After the deadline that the user has set, the clean-up must not take long, too.
local function undo_seconds(ctx)
  local is_late = ctx.due and clock.monotonic() >= ctx.due
  return policy.ask(is_late and "timeouts.machine_cleanup" or "timeouts.machine_undo")
end

-- Makes one machine. When the good machines are kept, the failure stays in the entry.
local function attempt_one(ctx, entry, first)
  if policy.ask("machine.on_failure") == "delete" then return M.make(ctx, entry, first) end
  local _, failure = task.try(M.make, ctx, entry, first)
  entry.failure = failure
  if failure then undo.run(ctx, { entry }, undo_seconds(ctx)) end
end

-- A create is answered when its machine has started, so a thousand may be in flight. None of them
-- has a task until its answer is there.
local function make_all(ctx, phase, entries)
  news.prepare_many(ctx.provider, #entries)
  local next_index = 1
  task.group(function(group)
    local make_next
    local function make(entry, first)
      attempt_one(ctx, entry, first)
      show_progress(ctx, phase, entries)
      make_next()
    end
    function make_next()
      local entry = entries[next_index]
      if not entry then return end
      next_index = next_index + 1
      local first = request.begin(ctx, entry)
      if not first then return group:spawn(make, entry) end
      group:spawn_after(first.op, make, entry, first)
    end
    local limit = math.min(ctx.args.limit or policy.ask("machine.limit"), #entries)
    task.sleep(0) -- the connection that tells of them goes first
    for _ = 1, limit do make_next() end
  end)
end

-- Returns true when the machine exists or may exist, because its create got no answer.
local function is_to_delete(entry)
  return entry.is_asked and (entry.id or entry.is_flying or entry.cut_at) and not entry.is_gone
end

local function tell_undo(ctx, entries, failure)
  local count = 0
  for _, entry in ipairs(entries) do count = count + (is_to_delete(entry) and 1 or 0) end
  if count == 0 then return end
  ctx.ui:note(("deleting what was made (%s)%s"):format(terminal.plural(count, "machine"),
    err.is(failure, "cancelled") and "; interrupt again to leave it" or ""))
end

local function clean_up(ctx, entries)
  return task.defer(function(failure)
    if not failure then return end
    tell_undo(ctx, entries, failure)
    undo.run(ctx, entries, undo_seconds(ctx))
  end, { timeout = policy.ask("timeouts.machine_cleanup") })
end

-- The choice has a deadline, too, because it may activate a snapshot, which takes time.
local function choose_snapshot(ctx)
  if not ctx.due then return snapshot.choose(ctx) end
  local chosen, failure = task.try(task.timeout, ctx.args.timeout, snapshot.choose, ctx)
  if chosen then return chosen end
  if not waiting.is_over(ctx.due) then err.raise(failure) end
  err.raise(err.new{
    kind = "timeout", op = "machine.create", hint = request.HINT, cause = failure,
    message = ("no snapshot was found to start from within %g s"):format(ctx.args.timeout),
  })
end

local function settle(args)
  if not facts.named_prefix(args.prefix) and args.snapshot then return {} end
  return facts.settle(args.prefix)
end

local function result_of(ctx, entries)
  local machines, names, failure = {}, {}, nil
  for _, entry in ipairs(entries) do
    failure = failure or entry.failure
    if entry.machine then
      machines[#machines + 1] = shown.fields(entry.machine)
      names[#names + 1] = entry.name
    end
  end
  return {
    name = names[1], count = #names, machines = json.array(machines), snapshot = ctx.snapshot.name,
    run = ctx.run, provider = ctx.provider.name, environment = ctx.environment,
    left = json.array{}, seconds = open.seconds(ctx),
  }, names[1] and table.concat(names, "\n"), failure
end

-- When a run fails, its machines are deleted; the result names those that could not be deleted.
local function result_of_failure(ctx, entries)
  local fields = result_of(ctx, {})
  fields.left = json.array(undo.left(entries))
  return fields
end

local function words_of(entries, count)
  if #entries > 1 then
    return ("%s of %s started"):format(terminal.count(count), terminal.plural(#entries, "machine"))
  end
  local machine = entries[1].machine
  if not machine then return "failed" end
  local health = machine.url and " and healthy at " .. machine.url or ""
  return ("started%s · id %s"):format(health, machine.id)
end

-- Arguments that have no effect on the local engine.
local NOT_LOCAL <const> = {
  { "auto_stop", "--auto-stop has no effect here: the local engine stops nothing by itself" },
  { "is_public", "--public has no effect here: a local machine is reached from this one only" },
  { "region", "--region has no effect here: there is one engine" },
}

local function note_local_limits(ctx)
  if not ctx.provider.is_local then return end
  for _, limit in ipairs(NOT_LOCAL) do
    if ctx.args[limit[1]] then ctx.ui:note(limit[2]) end
  end
end

-- What every machine of a run has: its labels, region and deadline.
local function prepare(ctx, count)
  local args = ctx.args
  ctx.run = new_run_id()
  ctx.started_count, ctx.due = 0, args.timeout and ctx.started + args.timeout or nil
  ctx.labels = labels_of(args, ctx.run)
  ctx.asked_region = region.of(args)
  ctx.region = ctx.asked_region
  return name_entries(args, count)
end

--- Prepares one machine that another command needs; `make` makes it.
---@param ctx table  of `os2.flows.machine.open`, with `snapshot` and `env`
---@return os2.flows.machine.entry
function M.prepare_one(ctx)
  return prepare(ctx, 1)[1]
end

--- Makes machines, and returns them once they have started (with --wait-healthy: and are healthy).
--- After a failure it deletes what it has made, and raises.
---@param args table  the arguments of `os2 machine create`
---@return table fields  of the result
---@return string? names  one per line
---@return os2.Err? failure  the first one, when the other machines are kept
function M.run(args)
  local count = args.count or 1
  check_count(count, args)
  local variables = environment.read(args)
  local settled = settle(args)
  local ctx = open.context(args)
  ctx.env, ctx.environment = variables, settled.environment
  local entries = prepare(ctx, count)
  provider_choice.announce(ctx.provider, ctx.ui)
  note_local_limits(ctx)
  news.prepare(ctx.provider) -- it connects while the snapshot is looked for
  ctx.snapshot = choose_snapshot(ctx)
  ctx.ui:title(count == 1 and entries[1].name or terminal.plural(count, "machine"),
    "from snapshot " .. ctx.snapshot.name)
  local _ <close> = known.on_failure(function() return result_of_failure(ctx, entries) end)
  local _ <close> = undo.open_words(ctx)
  local _ <close> = clean_up(ctx, entries)
  local phase <close> = ctx.ui:phase("create")
  show_progress(ctx, phase, entries)
  make_all(ctx, phase, entries)
  local fields, names, failure = result_of(ctx, entries)
  phase:done(words_of(entries, fields.count))
  return fields, names, failure
end

return M
