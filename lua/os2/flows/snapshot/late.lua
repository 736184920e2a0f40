--- The end of a wait whose snapshot is not active in time.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local own = require("os2.flows.snapshot.own")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.late
local M = {}

local function stays(ctx)
  local snapshot = ctx.snapshot
  local why = snapshot and ctx.args.on_timeout == "delete"
    and "--on-timeout delete leaves it, because this run has not registered it; " or ""
  local remove = snapshot and "; remove it: " .. leftovers.delete_command(ctx.name) or ""
  return ("%sit may still finish, and then becomes live by itself; go on waiting: %s%s"):format(why,
    leftovers.resume_command(ctx), remove)
end

-- Deletes the run's own snapshot where that is asked for. Returns what is left, and what to do.
local function way_on(ctx, is_own)
  if not is_own or ctx.args.on_timeout ~= "delete" then return stays(ctx) end
  local _, failure = task.try(ctx.provider.delete_snapshot, ctx.snapshot.id)
  if not failure or failure.kind == "not_found" then
    ctx.snapshot.state = "removing" -- so nothing of the run is needed for it any more
    return "it was deleted (--on-timeout delete), so nothing becomes live; run again for a new one"
  end
  return ("it could not be deleted (%s) and may become live by itself; delete it: %s"):format(
    failure.message, leftovers.delete_command(ctx.name))
end

--- Raises `timeout`: says what is left, whether it becomes live by itself, and what to do. Deletes
--- the run's own snapshot with `--on-timeout delete`. Waits then.
---@param ctx table
---@param seconds number  for which it was waited
---@param failure? os2.Err  the last one of the wait
---@param is_anothers? boolean  another run has registered the snapshot
function M.fail(ctx, seconds, failure, is_anothers)
  local snapshot = ctx.snapshot or { id = "none", state = "not registered" }
  err.raise(err.new{
    kind = "timeout", op = "snapshot.wait",
    message = ("snapshot %s (id %s) is still %s after %g s%s"):format(ctx.name, snapshot.id,
      terminal.clean(snapshot.state), seconds, waiting.last_words(failure)),
    hint = way_on(ctx, not is_anothers and own.is_own(ctx)),
  })
end

return M
