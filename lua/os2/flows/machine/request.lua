--- Requests a machine, until one is made or its deadline is reached. A lost answer does not lead to
--- a second machine.
local clock = require("os2.clock")
local err = require("os2.err")
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local run_options = require("os2.run.options")
local snapshot = require("os2.flows.machine.snapshot")
local task = require("os2.task")
local undo = require("os2.flows.machine.undo")
local waiting = require("os2.flows.waiting")

---@class os2.flows.machine.request
local M = {}

-- Statuses which prove that nothing was made, because the server refused the request before it
-- acted. After any other refusal a machine may exist that did not start.
local TURNED_AWAY <const> = { [401] = true, [402] = true, [403] = true, [429] = true }

local THROTTLE <const> = "sandbox-create"

M.HINT = "allow more time with --timeout"

---@class os2.flows.machine.request.first  a first request that was sent
---@field op userdata?  has news once the answer is there
---@field later table?  then brings it
---@field used table  the snapshot
---@field started number
---@field due number
---@field failure os2.Err?

local function fields_of(ctx, entry, timeout)
  local args = ctx.args
  return {
    name = entry.name, snapshot = ctx.snapshot, env = ctx.env, labels = ctx.labels,
    public = args.is_public or policy.ask("machine.public"),
    auto_stop = args.auto_stop or policy.ask("machine.auto_stop"),
    auto_delete = args.auto_delete,
    region = ctx.asked_region,
    port = policy.ask("machine.port"), timeout = timeout,
  }
end

-- The entry is marked before the request, and unmarked only when the answer says that nothing was
-- made: an interrupt in between must find the machine.
local function mark(ctx, entry)
  entry.is_asked, entry.is_flying = true, true
  undo.remember(ctx, entry)
end

local function settle(ctx, entry, machine, failure)
  entry.is_flying = false
  entry.cut_at = failure and retry.is_lost(failure) and clock.monotonic() or nil
  if machine then entry.id = machine.id end
  if failure and (TURNED_AWAY[failure.status] or failure.is_sent == false) then
    entry.is_asked = false
    undo.remember(ctx, entry)
  end
  return machine, failure
end

local function ask_for(ctx, entry, timeout)
  mark(ctx, entry)
  return settle(ctx, entry, task.try(ctx.pace.call, ctx.pace, THROTTLE, ctx.machines.create,
    fields_of(ctx, entry, timeout)))
end

-- After a lost answer, finds out by the name whether the machine exists.
local function find_own(ctx, entry)
  local machine = ctx.machines.find(entry.name)
  if not machine then return nil end
  if undo.is_own(ctx, machine) then
    entry.id = machine.id
    return machine
  end
  entry.is_asked = false
  err.raise(err.new{
    kind = "conflict", op = "machine.create",
    message = ("the name %s is taken by another machine (id %s)"):format(entry.name,
      machine.id),
    hint = "leave out --name, or give another name",
  })
end

local function pause(ctx, failure, attempt)
  local delay = retry.delay(failure, { attempt = attempt })
  waiting.tell_pause(ctx.ui, failure, delay)
  task.sleep(delay)
end

-- Adds what frees the organization's quota, according to the words of the refusal.
local function explain_quota(ctx, failure)
  if failure.kind ~= "quota" then return failure end
  local verb = failure.message:find("disk", 1, true) and "archive or delete" or "stop or delete"
  if failure.message:find("per sandbox", 1, true) then
    failure.hint = "start from a snapshot with smaller machines: --snapshot NAME"
  else
    failure.hint = ("%s machines that are not needed: `%s` lists them"):format(verb,
      open.command(ctx, "list"))
  end
  return failure
end

-- Decides what to do after a failed create: returns the machine when it exists after all, returns
-- nil for another attempt, or raises.
local function after_failure(ctx, entry, failure, attempt, used)
  if ctx.machines.is_snapshot_refused(failure, used.name) then
    entry.is_asked = false
    return snapshot.replace(ctx, used, failure)
  elseif retry.is_taken(failure) or retry.is_lost(failure) then
    local machine = find_own(ctx, entry)
    if machine then return machine end
  elseif failure.is_sent ~= false and failure.status ~= 429 then
    err.raise(explain_quota(ctx, failure))
  end
  pause(ctx, failure, attempt)
end

local function request(ctx, entry, due, first)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local used, machine, failure = first and first.used or ctx.snapshot
    if first then
      failure, first = first.failure, nil
    else
      machine, failure = ask_for(ctx, entry, math.max(1, due - clock.monotonic()))
    end
    if failure then machine = after_failure(ctx, entry, failure, attempt, used) end
    if machine then return machine end
  end
end

--- Raises the error for the end of a machine's deadline.
---@param ctx table
---@param entry os2.flows.machine.entry
---@param started number
---@param state string  "creating"
function M.fail_late(ctx, entry, started, state)
  err.raise(err.new{
    kind = "timeout", op = "machine.create", hint = ctx.late_hint or M.HINT,
    message = ("machine %s is still %s after %g s"):format(entry.name, state,
      waiting.rounded(clock.monotonic() - started)),
  })
end

local function request_start(ctx, entry, due, first)
  local machine = request(ctx, entry, due, first)
  -- it was created, but the answer to its start was lost: the local engine starts it in a second
  -- request
  if machine.state == "stopped" and ctx.provider.is_local and not machine.error then
    ctx.machines.start(machine)
  end
  return machine
end

-- Also ends a request that blocks when the deadline is reached.
local function request_until(ctx, entry, due, started, first)
  local state = first and "without an answer" or "not asked for"
  if waiting.is_over(due) then M.fail_late(ctx, entry, started, state) end
  local left = due - clock.monotonic()
  local machine, failure = task.try(task.timeout, left, request_start, ctx, entry, due, first)
  if not failure then return machine end
  if waiting.is_over(due) then M.fail_late(ctx, entry, started, "without an answer") end
  err.raise(failure)
end

--- Returns when a machine's time begins and ends. With --timeout the whole run has one deadline,
--- else each machine has its own.
---@param ctx table
---@return number started
---@return number due
function M.times(ctx)
  local started = ctx.due and ctx.started or clock.monotonic()
  return started, ctx.due or started + policy.ask("timeouts.machine_start")
end

--- Sends the first request for a machine, and does not wait. Returns nil where that cannot be: the
--- provider has no such request, the rate limit has no room, or the run must change nothing.
---@param ctx table
---@param entry os2.flows.machine.entry
---@return os2.flows.machine.request.first?
function M.begin(ctx, entry)
  local started, due = M.times(ctx)
  local begin = ctx.machines.begin_create
  if not begin or run_options.guard or waiting.is_over(due) then return nil end
  if not ctx.pace:enter(THROTTLE) then return nil end
  mark(ctx, entry)
  local fields = fields_of(ctx, entry, due - clock.monotonic())
  local op, failure, later = task.try(begin, fields)
  if op then
    return { op = op, later = later, used = ctx.snapshot, started = started, due = due }
  end
  ctx.pace:leave(THROTTLE)
  settle(ctx, entry, nil, failure)
end

-- Takes what the first request has brought. A machine that is waited for holds nothing of it.
local function take(ctx, entry, first)
  local later = first.later
  first.op, first.later = nil, nil
  ctx.pace:leave(THROTTLE)
  return settle(ctx, entry, task.try(ctx.machines.take_create, later, ctx.asked_region))
end

--- Returns the machine of an entry once it is requested. Waits.
---@param ctx table
---@param entry os2.flows.machine.entry
---@param due number
---@param started number
---@param first os2.flows.machine.request.first?  what `begin` has returned, when `op` has news
---@return os2.machine
function M.machine(ctx, entry, due, started, first)
  if first then
    local machine, failure = take(ctx, entry, first)
    if machine then return machine end
    first.failure = failure
  end
  return request_until(ctx, entry, due, started, first)
end

return M
