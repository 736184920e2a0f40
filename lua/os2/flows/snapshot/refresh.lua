--- Snapshot step: refreshes the cache, so that the next resolve on this machine finds the new
--- snapshot.
local resolve = require("os2.flows.resolve")
local task = require("os2.task")

---@class os2.flows.snapshot.refresh
local M = {}

--- Runs the step. An error here does not fail the run, because the snapshot is made.
---@param ctx table
function M.run(ctx)
  local _, failure = task.try(resolve.refresh, ctx.provider, ctx.args.region)
  -- the newest snapshot without a region may have changed, too
  if ctx.args.region then resolve.forget(ctx.provider) end
  if not failure then return end
  resolve.forget(ctx.provider, ctx.args.region)
  ctx.ui:warn("the cache was not refreshed: " .. failure.message)
end

return M
