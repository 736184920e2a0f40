--- Snapshot step: waits until Daytona reports that machines can start from the snapshot.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local name = require("os2.flows.snapshot.name")
local newer = require("os2.flows.snapshot.newer")
local register = require("os2.flows.snapshot.register")
local registration = require("os2.flows.snapshot.registration")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.wait
local M = {}

-- Deletes the run's own snapshot where that is asked for. Returns what is left, and what to do.
local function way_on(ctx)
  local snapshot = ctx.snapshot
  local is_own = snapshot and snapshot.imageName == ctx.ref
  if not is_own or ctx.args.on_timeout ~= "delete" then
    local remove = snapshot and "; remove it: " .. leftovers.delete_command(ctx.name) or ""
    return ("it may still finish, and then becomes live by itself; go on waiting: %s%s"):format(
      leftovers.resume_command(ctx), remove)
  end
  local _, failure = task.try(ctx.provider.delete_snapshot, snapshot.id)
  if not failure or failure.kind == "not_found" then
    return "it was deleted (--on-timeout delete), so nothing becomes live; run again for a new one"
  end
  return ("it could not be deleted (%s) and may become live by itself; delete it: %s"):format(
    failure.message, leftovers.delete_command(ctx.name))
end

local function fail_late(ctx, seconds, failure)
  local snapshot = ctx.snapshot or { id = "none", state = "not registered" }
  err.raise(err.new{
    kind = "timeout", op = "snapshot.wait",
    message = ("snapshot %s (id %s) is still %s after %g s%s"):format(ctx.name, snapshot.id,
      terminal.clean(snapshot.state), seconds, waiting.last_words(failure)),
    hint = way_on(ctx),
  })
end

-- Two runs with one key may each have seen its own registration only, right after it.
local function await(ctx, wish)
  while registration.await(wish) and newer.gives_way(ctx) do
    wish.record = nil
    name.take_next(wish)
    if not registration.create(wish) then return end
  end
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("activate")
  local wish = register.wish(ctx)
  wish.phase = phase
  wish.on.late = function(_, seconds, failure) fail_late(ctx, seconds, failure) end
  await(ctx, wish)
  phase:done(table.concat(wish.states, " → "))
end

return M
