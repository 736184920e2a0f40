--- Snapshot step: the next resolve of this prefix, here, answers with what was just made.
local resolve = require("os2.flows.resolve")
local task = require("os2.task")

---@class os2.flows.snapshot.refresh
local M = {}

--- The step itself. The snapshot is made whether the cache learns of it or not.
---@param ctx table
function M.run(ctx)
  local _, failure = task.try(resolve.refresh, ctx.provider, ctx.args.region)
  -- Without a region what is newest may have changed as well.
  if ctx.args.region then resolve.forget(ctx.provider) end
  if not failure then return end
  resolve.forget(ctx.provider, ctx.args.region)
  ctx.ui:warn("the cache was not refreshed: " .. failure.message)
end

return M
