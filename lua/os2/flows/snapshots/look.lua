--- The sub-command that tells about one snapshot.
local open = require("os2.flows.snapshots.open")
local shown = require("os2.flows.snapshots.shown")

---@class os2.flows.snapshots.look
local M = {}

--- Returns the record of one snapshot. Raises `not_found`.
---@param args {snapshot: string, provider: string?}
---@return table fields
---@return string lines
function M.get(args)
  local ctx = open.context(args)
  local fields = shown.details(open.snapshot(ctx, args.snapshot))
  return { snapshot = fields, provider = ctx.provider.name }, shown.text(fields)
end

return M
