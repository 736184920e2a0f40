--- Snapshot step: proves that machines of the image work, before the image is registered under the
--- name that everybody resolves.
---
--- The image is registered under a name that no `resolve` of the prefix sees. A machine is made of
--- it, must be healthy and must run the commands of `snapshot.checks`. The machine is deleted then;
--- the candidate is removed when the real snapshot is active (see `candidate`).
local gate_candidate = require("os2.flows.snapshot.gate.candidate")
local checks = require("os2.flows.snapshot.gate.checks")
local clock = require("os2.clock")
local environment = require("os2.flows.machine.environment")
local err = require("os2.err")
local existing = require("os2.flows.snapshot.existing")
local lend = require("os2.flows.machine.lend")
local newer = require("os2.flows.snapshot.newer")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.flows.snapshot.gate
local M = {}

local HINT <const> = "allow more time with the policy timeouts.candidate"

-- Errors of a machine that does not work. Every other error says nothing about the image: the key
-- may make no machine, the quota is full, the API is away.
local VERDICTS <const> = { ["machine.wait"] = true, ["machine.create"] = true,
  ["snapshot.checks"] = true }
local VERDICT_KINDS <const> = { invalid = true, timeout = true }

-- What the wait says is about a snapshot that stays, and the candidate does not.
local WAYS_ON <const> = {
  timeout = "allow more time with --timeout (policy timeouts.activate)",
  invalid = "mend the image by that reason",
  conflict = "somebody else has changed the candidate; run again",
}

-- Turns the failure of the candidate's registration into that of the candidate.
local function explain_registration(ctx, failure)
  local is_failed = failure.op == "snapshot.wait" and failure.kind == "invalid"
  if failure.op == "snapshot.wait" then failure.hint = WAYS_ON[failure.kind] end
  failure.message = (is_failed and "%s is not registered: its candidate has failed: %s"
    or "%s is not registered, and it is not known whether its candidate works: %s"):format(
    ctx.name, failure.message)
  return failure
end

-- Turns the failure of the machine into that of the candidate.
local function explain(ctx, failure)
  local is_verdict = VERDICTS[failure.op] and VERDICT_KINDS[failure.kind]
  ctx.candidate.is_failed = is_verdict or false
  failure.message = (is_verdict and "%s is not registered: its candidate %s has failed: %s"
    or "%s is not registered, and it is not known whether its candidate %s works: %s"):format(
    ctx.name, ctx.candidate.name, failure.message)
  if is_verdict then failure.kind, failure.op = "invalid", "snapshot.gate" end
  return failure
end

--- Returns the environment variables of the candidate's machine. Raises `invalid` (exit 2) for one
--- that is not set.
---@param args table  the arguments of the command
---@return table<string, string>
function M.environment(args)
  local words = args.verify_env
  if not words or #words == 0 then words = policy.ask("snapshot.gate_env") end
  return environment.read{ env = words }
end

local function use(ctx, phase)
  local candidate = ctx.candidate
  return function(machine_ctx, machine)
    candidate.url = machine.url
    candidate.healthy_seconds = checks.rounded(clock.monotonic() - candidate.asked)
    phase:show(("%s is started%s"):format(machine.name, machine.url and " and healthy" or ""))
    checks.run(machine_ctx, machine, candidate, phase)
  end
end

local function try_machine(ctx, phase)
  local candidate = ctx.candidate
  candidate.asked = clock.monotonic()
  phase:show("making a machine of " .. candidate.name)
  -- on the local engine another run's image may get the tag at the same moment
  local id = ctx.provider.is_local and ctx.image.Id or candidate.record.id
  lend.run({
    ui = ctx.ui, provider = ctx.provider.name, region = ctx.args.region,
    snapshot = { name = candidate.name, id = id },
    labels = { ["os2-candidate"] = candidate.name }, env = M.environment(ctx.args),
    -- a killed run deletes nothing, so the machine goes when it stops by itself
    auto_delete = not ctx.args.is_candidate_kept and 0 or nil,
    is_healthy = policy.ask("snapshot.gate_health"),
    timeout = policy.ask("timeouts.candidate"), hint = HINT,
    failed = function(machine_ctx, machine, failure)
      checks.add_logs(machine_ctx, machine, failure)
      return gate_candidate.keep_machine(ctx, machine)
    end,
  }, use(ctx, phase))
end

local function words_of(candidate)
  local health = candidate.url and "healthy" or "started"
  return ("%s · %s after %g s · %d of %d checks passed"):format(candidate.name, health,
    candidate.healthy_seconds, #candidate.checks, #candidate.checks)
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("verify")
  if not ctx.provider.is_local then newer.check(ctx) end
  if ctx.is_skipped or ctx.is_adopted then return phase:done("not registered") end
  local _, failure = task.try(gate_candidate.register, ctx, phase)
  if failure then err.raise(explain_registration(ctx, failure)) end
  if ctx.args.image and not ctx.provider.is_local then
    existing.verify_candidate(ctx, ctx.candidate.record)
  end
  _, failure = task.try(try_machine, ctx, phase)
  if failure then err.raise(explain(ctx, failure)) end
  ctx.candidate.is_passed = true
  phase:done(words_of(ctx.candidate))
end

--- Removes the candidate of a run that a failure has ended, or says why it stays.
---@param ctx table
---@param failure any
function M.settle(ctx, failure)
  gate_candidate.settle(ctx, failure)
end

--- Removes the candidate of a run that has ended well, when it has one.
---@param ctx table
function M.finish(ctx)
  gate_candidate.remove(ctx)
end

--- Returns the candidate's fields of the command's document.
---@param ctx table
---@return table?
function M.fields(ctx)
  return ctx.candidate and gate_candidate.fields(ctx.candidate)
end

return M
