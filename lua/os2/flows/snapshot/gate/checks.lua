--- Runs the commands of `snapshot.checks` in a machine of the candidate.
local blank = require("os2.text.blank")
local clock = require("os2.clock")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local policy = require("os2.policy")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.gate.checks
local M = {}

---@class os2.flows.snapshot.gate.check
---@field command string
---@field code integer?  nil: it did not end
---@field seconds number
---@field output string  the end of both streams, masked

-- The last bytes of an output. More are kept than are shown, so that a secret which the beginning
-- cuts is not shown.
local function new_tail()
  local limit, text = policy.ask("limits.message"), ""
  return function(_, data)
    text = text .. data
    if #text > 4 * limit then text = text:sub(-2 * limit) end
  end, function()
    return blank.trim_end(foreign.visible((foreign.tail(text, limit))))
  end
end

--- Returns seconds with three places.
---@param seconds number
---@return number
function M.rounded(seconds)
  return math.floor(seconds * 1000) / 1000
end

-- The command is released only when nobody interrupts: the machine is about to be deleted, for
-- which an interrupted run has little time.
local function run_in(machine_ctx, machine, command, on_output)
  local argv = { "/bin/sh", "-c", command }
  local handle = machine_ctx.machines.prepare(machine, argv, {})
  local code, failure = task.try(machine_ctx.machines.run, machine, handle, argv, {
    timeout = policy.ask("timeouts.check"), on_output = on_output,
  })
  task.try(machine_ctx.machines.release, machine, handle)
  return code or err.raise(failure)
end

local KILLED <const> = 137 -- the exit code of a program that SIGKILL has ended

-- Returns the machine's record, and false while it runs or nothing is known of it. An engine kills
-- the commands of a machine a moment before it tells that the machine has ended.
local function look(machine_ctx, machine, is_killed)
  local due, attempt = clock.monotonic() + (is_killed and policy.ask("machine.settle") or 0), 0
  while true do
    local found, unknown = task.try(machine_ctx.machines.find, machine.id)
    local is_over = not unknown and not (found and found.state == "started")
    if is_over or clock.monotonic() >= due then return found, is_over end
    attempt = attempt + 1
    task.sleep(policy.ask("poll.interval", { attempt = attempt }))
  end
end

-- A machine whose program has ended runs no command; that is a verdict about the image. Returns
-- nil for one that runs.
local function ending_of(machine_ctx, machine, is_killed)
  local found, is_over = look(machine_ctx, machine, is_killed)
  if not is_over then return nil end
  local state = found and found.state or "gone"
  return err.new{
    kind = "invalid", op = "snapshot.checks",
    message = ("machine %s is %s%s"):format(machine.name, state,
      found and found.error and ": " .. foreign.message(found.error) or ""),
    hint = "mend the image's ENTRYPOINT, or give the machine what it needs with --verify-env",
  }
end

local function check(machine_ctx, machine, command)
  local add, text = new_tail()
  local started = clock.monotonic()
  local code, failure = task.try(run_in, machine_ctx, machine, command, add)
  if code ~= 0 then
    local ending = ending_of(machine_ctx, machine, not code or code == KILLED)
    if ending then err.raise(ending) end
  end
  if failure and failure.kind ~= "timeout" then err.raise(failure) end
  return {
    command = command, code = code, output = text(),
    seconds = M.rounded(clock.monotonic() - started),
  }
end

local function words_of(done)
  local ending = done.code and ("ended with %d"):format(done.code) or "has not ended"
  return ("check '%s' %s"):format(terminal.clean(done.command), ending)
end

local function fail(failed, count)
  local first = failed[1]
  local others = #failed > 1 and (" (and %d more of %d checks)"):format(#failed - 1, count) or ""
  err.raise(err.new{
    kind = "invalid", op = "snapshot.checks", detail = first.output ~= "" and first.output or nil,
    message = words_of(first) .. others,
    hint = "mend the image, or change the policy snapshot.checks",
  })
end

--- Runs all commands, one after the other. Raises `invalid` when one of them fails, with the first
--- one's output.
---@param machine_ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param candidate table  `checks` becomes what each of them has done
---@param phase os2.report.progress.phase
function M.run(machine_ctx, machine, candidate, phase)
  local failed = {}
  candidate.checks = {}
  for index, command in ipairs(policy.ask("snapshot.checks")) do
    phase:show("check " .. terminal.clean(command))
    local done = check(machine_ctx, machine, command)
    candidate.checks[index] = done
    if done.code ~= 0 then failed[#failed + 1] = done end
  end
  if failed[1] then fail(failed, #candidate.checks) end
end

--- Gives a failure without a detail the end of what the machine's own program has written, because
--- the machine is about to be deleted.
---@param machine_ctx os2.flows.machine.ctx
---@param machine {id: string?, name: string}
---@param failure os2.Err
function M.add_logs(machine_ctx, machine, failure)
  if failure.detail or not machine.id then return end
  local add, text = new_tail()
  task.try(task.timeout, policy.ask("timeouts.request"), function()
    local found = machine_ctx.machines.find(machine.id, true)
    if found then machine_ctx.machines.logs(found, { follow = false, on_output = add }) end
  end)
  local written = text()
  if written ~= "" then failure.detail = written end
end

return M
