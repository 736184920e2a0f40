--- Snapshot step: waits until Daytona reports that machines can start from the snapshot.
local late = require("os2.flows.snapshot.late")
local name = require("os2.flows.snapshot.name")
local newer = require("os2.flows.snapshot.newer")
local register = require("os2.flows.snapshot.register")
local registration = require("os2.flows.snapshot.registration")

---@class os2.flows.snapshot.wait
local M = {}

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
  wish.on.late = function(_, seconds, failure) late.fail(ctx, seconds, failure) end
  await(ctx, wish)
  phase:done(table.concat(wish.states, " → "))
end

return M
