--- Snapshot step: waits until Daytona reports that machines can start from the snapshot.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local register = require("os2.flows.snapshot.register")
local registration = require("os2.flows.snapshot.registration")
local terminal = require("os2.text.terminal")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.wait
local M = {}

local function fail_late(ctx, seconds, failure)
  local snapshot = ctx.snapshot or { id = "none", state = "not registered" }
  err.raise(err.new{
    kind = "timeout", op = "snapshot.wait",
    message = ("snapshot %s (id %s) is still %s after %g s%s"):format(ctx.name, snapshot.id,
      terminal.clean(snapshot.state), seconds, waiting.last_words(failure)),
    hint = "it may still finish; go on waiting: " .. leftovers.resume_command(ctx),
  })
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("activate")
  local wish = register.wish(ctx)
  wish.phase = phase
  wish.on.late = function(_, seconds, failure) fail_late(ctx, seconds, failure) end
  registration.await(wish)
  phase:done(table.concat(wish.states, " → "))
end

return M
