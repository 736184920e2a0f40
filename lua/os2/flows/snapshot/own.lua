--- Which snapshot is the run's own: only that may it delete without being asked again.
local builds = require("os2.base.builds")

---@class os2.flows.snapshot.own
local M = {}

--- Returns true when `ctx.snapshot` was registered by this run: neither by another one, nor by an
--- earlier run of the same name. It is recognised by the image that this run has pushed, or by the
--- build that this run has asked Daytona for.
---@param ctx table
---@return boolean
function M.is_own(ctx)
  if not ctx.snapshot or ctx.is_skipped or ctx.is_adopted or ctx.is_resumed then return false end
  if ctx.build_info then return builds.is_of(ctx.snapshot, ctx.build_info) end
  return ctx.ref ~= nil and ctx.snapshot.imageName == ctx.ref
end

return M
