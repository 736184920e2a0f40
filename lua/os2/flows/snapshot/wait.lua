--- Snapshot step: waits until Daytona reports that machines can start from the snapshot.
local again = require("os2.flows.snapshot.again")
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local policy = require("os2.policy")
local register = require("os2.flows.snapshot.register")
local terminal = require("os2.text.terminal")
local verdict = require("os2.flows.snapshot.verdict")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.wait
local M = {}

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "snapshot.wait", message = message, hint = hint })
end

local function look(ctx)
  local found = ctx.provider.find_snapshot(ctx.snapshot.id, true)
  if not found then
    ctx.has_verdict = true
    fail("conflict", ("snapshot %s was deleted while it was waited for"):format(ctx.name),
      "run again for a new one")
  end
  return found
end

local function fail_late(ctx, seconds, failure)
  ctx.has_verdict = true
  local snapshot = ctx.snapshot or { id = "none", state = "not registered" }
  fail("timeout", ("snapshot %s (id %s) is still %s after %g s%s"):format(ctx.name,
    snapshot.id, terminal.clean(snapshot.state), seconds, waiting.last_words(failure)),
    "it may still finish; go on waiting: " .. leftovers.resume_command(ctx))
end

local function is_over(ctx)
  -- an error raised here already says what becomes of the snapshot
  ctx.has_verdict = true
  local is_ready = verdict.is_ready(ctx.snapshot)
  ctx.has_verdict = false
  return is_ready
end

local function remember(states, state)
  if states[#states] ~= state then states[#states + 1] = terminal.clean(state) end
end

-- The answer of the create is checked first, without a further request.
local function follow(ctx, phase, states)
  local is_known = true
  return function()
    if not ctx.snapshot then
      register.again(ctx) -- a failure that passes has cut the second registration off
    elseif not is_known then
      ctx.snapshot = look(ctx)
    end
    is_known = false
    remember(states, ctx.snapshot.state)
    phase:show(table.concat(states, " → "))
    if again.is_wanted(ctx) then
      again.run(ctx, phase)
      remember(states, ctx.snapshot.state)
    end
    return is_over(ctx) or nil
  end
end

local function wait(ctx, phase, states)
  waiting.run(ctx.ui, {
    seconds = ctx.args.timeout or policy.ask("timeouts.activate"),
    step = follow(ctx, phase, states),
    late = function(seconds, failure) fail_late(ctx, seconds, failure) end,
  })
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("activate")
  local states = {}
  wait(ctx, phase, states)
  phase:done(table.concat(states, " → "))
end

return M
