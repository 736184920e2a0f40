--- How large a machine of a snapshot is: as it was asked for, else as the policies say.
local policy = require("os2.policy")

---@class os2.flows.snapshot.sizes
local M = {}

--- Returns the sizes that a snapshot is registered with.
---@param ctx table
---@return {cpu: integer, memory: integer, disk: integer}
function M.of(ctx)
  local args = ctx.args
  return {
    cpu = args.cpu or policy.ask("snapshot.cpu"),
    memory = args.memory or policy.ask("snapshot.memory"),
    disk = args.disk or policy.ask("snapshot.disk"),
  }
end

return M
