--- The newest snapshots of the prefix, as they were listed last.
local policy = require("os2.policy")

---@class os2.flows.snapshot.listed
local M = {}

--- Returns the newest snapshots of the prefix, as they are now. Waits.
---@param ctx table
---@return table[]
function M.list(ctx)
  ctx.listed = ctx.provider.pages(policy.ask("resolution.query"))() or {}
  return ctx.listed
end

--- Returns true when the last list was whole and holds no snapshot of this name.
---@param ctx table
---@param name string
---@return boolean
function M.is_free(ctx, name)
  if not ctx.listed or #ctx.listed >= policy.ask("resolution.query").limit then return false end
  for _, snapshot in ipairs(ctx.listed) do
    if snapshot.name == name then return false end
  end
  return true
end

return M
