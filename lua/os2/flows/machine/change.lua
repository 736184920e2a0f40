--- Starts, stops, archives and deletes machines, several at the same time.
local err = require("os2.err")
local json = require("os2.json")
local lists = require("os2.base.lists")
local news = require("os2.flows.news")
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local refusal = require("os2.base.refusal")
local retry = require("os2.client.retry")
local select_machines = require("os2.flows.machine.select")
local shown = require("os2.flows.machine.shown")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local wait = require("os2.flows.machine.wait")
local waiting = require("os2.flows.waiting")

---@class os2.flows.machine.change
local M = {}

-- The states in which a verb needs no request any more.
local UNDER_WAY <const> = {
  start = { started = true, starting = true, restoring = true, resuming = true },
  stop = { stopped = true, stopping = true },
  archive = { archived = true, archiving = true },
  delete = { destroying = true, destroyed = true },
}

-- After a refused request the state tells whether it is needed; after a lost answer, whether it had
-- an effect.
local function is_done(ctx, verb, machine, failure)
  local is_lost = retry.is_lost(failure)
  if not is_lost and failure.kind ~= "conflict" and failure.kind ~= "invalid" then return false end
  local found = ctx.machines.find(machine.id, true)
  if not found or UNDER_WAY[verb][found.state] then return true end
  return is_lost and found.state ~= machine.state
end

local function fail_late(ctx, verb, machine, seconds, failure)
  err.raise(err.new{
    kind = "timeout", op = "machine." .. verb, cause = failure,
    message = ("machine %s could not be asked to %s within %g s%s"):format(machine.name, verb,
      seconds, failure and ": " .. failure.message or ""),
    hint = "look at it: " .. open.command(ctx, "get", machine.name),
  })
end

-- Sends the request until it is accepted. Waits while another change is in progress or the server
-- is unavailable.
local function request(ctx, verb, machine)
  local conflict
  waiting.run(ctx.ui, {
    seconds = policy.ask("timeouts.machine_change"),
    step = function()
      local _, failure = task.try(ctx.pace.call, ctx.pace, "sandbox-lifecycle", ctx.machines[verb],
        machine)
      if not failure or is_done(ctx, verb, machine, failure) then return true end
      if failure.kind ~= "conflict" then err.raise(failure) end
      conflict = failure
    end,
    late = function(seconds, failure)
      fail_late(ctx, verb, machine, seconds, failure or conflict)
    end,
  })
end

local function waited(ctx, machine, wanted, from, timeout)
  return wait.state(ctx, machine, {
    wanted = wanted, from = from, timeout = policy.ask(timeout),
    hint = "look again: " .. open.command(ctx, "get", machine.name),
  })
end

local RUN <const> = {}

function RUN.start(ctx, machine)
  local before = machine.state
  if before == "started" then return machine end
  request(ctx, "start", machine)
  return waited(ctx, machine, "started", before, "timeouts.machine_start")
end

function RUN.stop(ctx, machine)
  if machine.state == "stopped" then return machine end
  request(ctx, "stop", machine)
  return waited(ctx, machine, "stopped", "started", "timeouts.machine_change")
end

function RUN.archive(ctx, machine)
  if machine.state == "archived" then return machine end
  if machine.state == "started" or machine.state == "stopping" then
    machine = RUN.stop(ctx, machine)
  end
  request(ctx, "archive", machine)
  return waited(ctx, machine, "archived", "stopped", "timeouts.machine_change")
end

function RUN.delete(ctx, machine)
  local _, failure = task.try(request, ctx, "delete", machine)
  -- another process has deleted it
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  wait.gone(ctx, machine, "look again: " .. open.command(ctx, "list", "--all"))
  machine.state = "deleted"
  return machine
end

local PAST <const> = {
  start = "started", stop = "stopped", archive = "archived", delete = "deleted",
}

local function outcomes_of(names, outcomes)
  local machines, done, failed, first = json.array{}, {}, json.array{}, nil
  for index, outcome in ipairs(outcomes) do
    if outcome.ok then
      machines[#machines + 1] = shown.fields(outcome.value)
      done[#done + 1] = terminal.clean(outcome.value.name)
    else
      failed[#failed + 1] = {
        name = names[index], kind = outcome.err.kind, message = outcome.err.message,
      }
      first = first or outcome.err
    end
  end
  return machines, done, failed, first
end

local refuse = refusal.of("machine.change", "usage")

-- Returns the ids of the machines that are selected, and their records.
local function selected(ctx)
  local ids, by_id = {}, {}
  for page in select_machines.pages(ctx, ctx.args) do
    for _, machine in ipairs(page) do
      ids[#ids + 1], by_id[machine.id] = machine.id, machine
    end
  end
  return ids, by_id
end

local function wanted_of(ctx)
  local args = ctx.args
  local is_selecting = select_machines.is_any(args)
  if is_selecting and #args.names > 0 then
    refuse("machines are both named and selected", "name them, or select them")
  elseif not is_selecting and #args.names == 0 then
    refuse("no machines are named", "name them, or select them with --label, --snapshot, "
      .. "--not-latest or --older-than")
  end
  if is_selecting then return selected(ctx) end
  return lists.unique(args.names), {}
end

local function check_count(ctx, count)
  local most = policy.ask("machine.ask_above")
  if count <= most or ctx.args.is_sure or ctx.args.is_dry_run then return end
  refuse(("%d machines are more than %d (machine.ask_above)"):format(count, most),
    "look at them with --dry-run, then pass --yes")
end

--- Refuses what the provider cannot do, before anything is changed for it: an archive stops the
--- machine first.
---@param ctx os2.flows.machine.ctx
---@param verb "start"|"stop"|"archive"|"delete"
function M.check(ctx, verb)
  if verb == "archive" and ctx.provider.is_local then ctx.machines.archive() end
end

--- Changes one machine and waits until it is changed. Returns its record.
---@param ctx os2.flows.machine.ctx
---@param verb "start"|"stop"|"archive"|"delete"
---@param machine os2.machine
---@return os2.machine
function M.one(ctx, verb, machine)
  return RUN[verb](ctx, machine)
end

-- One that was selected and has gone since is as wanted, or is passed over.
local function change_one(ctx, name, listed)
  local found = listed and ctx.machines.find(name)
  if listed and not found then
    listed.state = "deleted"
    return listed
  end
  return M.one(ctx, ctx.args.action, found or open.machine(ctx, name))
end

local function run_shown(ctx, wanted, by_id)
  local phase <close> = ctx.ui:phase(ctx.args.action)
  news.prepare_many(ctx.provider, #wanted)
  phase:show(next(by_id) and terminal.plural(#wanted, "machine") or table.concat(wanted, ", "))
  local count = 0
  local outcomes = task.map(wanted, function(name)
    local machine = change_one(ctx, name, by_id[name])
    count = count + 1
    return machine
  end, { limit = policy.ask("machine.limit") })
  phase:done(("%s %s"):format(terminal.plural(count, "machine"), PAST[ctx.args.action]))
  return outcomes
end

local function run_dry(ctx, wanted, by_id)
  ctx.ui:note("dry run, nothing was changed")
  return task.map(wanted, function(name) return by_id[name] or open.machine(ctx, name) end,
    { limit = policy.ask("machine.limit") })
end

--- Changes the machines with these names, or those that are selected, and waits for each. A failure
--- does not stop the others.
---@param args {action: "start"|"stop"|"archive"|"delete", names: string[], is_dry_run: boolean?}
---@return table fields  of the result
---@return string? names  of the machines that were changed, one per line
---@return os2.Err? failure  the first one
function M.run(args)
  local ctx = open.context(args)
  local wanted, by_id = wanted_of(ctx)
  check_count(ctx, #wanted)
  M.check(ctx, args.action)
  local outcomes = (args.is_dry_run and run_dry or run_shown)(ctx, wanted, by_id)
  local machines, done, failed, failure = outcomes_of(wanted, outcomes)
  for index = 2, #failed do ctx.ui:warn(failed[index].name .. ": " .. failed[index].message) end
  return {
    machines = machines, failed = failed, provider = ctx.provider.name, seconds = open.seconds(ctx),
    dry_run = args.is_dry_run or false,
  }, done[1] and table.concat(done, "\n"), failure
end

return M
