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

local function above_zero(value)
  return value and value > 0 and value or nil
end

local function not_empty(value)
  return value and #value > 0 and value or nil
end

--- Returns with what a snapshot is registered at Daytona, beside its name, image and region.
---@param ctx table
---@return {cpu: integer, memory: integer, disk: integer, gpu: integer?, gpu_type: string?,
---  sandbox_class: string?, entrypoint: string[]?}
function M.registered(ctx)
  local args, fields = ctx.args, M.of(ctx)
  fields.gpu = above_zero(args.gpu or policy.ask("snapshot.gpu"))
  fields.gpu_type = not_empty(args.gpu_type or policy.ask("snapshot.gpu_type"))
  fields.sandbox_class = not_empty(args.sandbox_class or policy.ask("snapshot.sandbox_class"))
  fields.entrypoint = not_empty(args.entrypoint or policy.ask("snapshot.entrypoint"))
  return fields
end

return M
