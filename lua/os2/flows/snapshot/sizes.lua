--- The size of a machine that is started from a snapshot: the arguments, else the policies.
local policy = require("os2.policy")

---@class os2.flows.snapshot.sizes
local M = {}

--- Returns the sizes with which a snapshot is registered.
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
