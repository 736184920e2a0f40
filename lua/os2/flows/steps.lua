--- Runs the steps of a flow in the order that its policy says.
local err = require("os2.err")
local policy = require("os2.policy")

---@class os2.flows.steps
local M = {}

--- Runs a step list. Steps that users put in bring their own function, the others are `own`'s.
--- A step ends the flow early by setting `ctx.is_finished`.
---@param list string  the policy entry that holds the list
---@param own table<string, fun(ctx: table)>
---@param ctx table
function M.run(list, own, ctx)
  for _, step in ipairs(policy.steps(list)) do
    local run = step.run or own[step.name]
    if not run then
      err.raise(err.new{
        kind = "invalid", exit = "config", op = list,
        message = ("the flow has no step named '%s'"):format(step.name),
        hint = "give the step a function where the policy file puts it in",
      })
    end
    run(ctx)
    if ctx.is_finished then return end
  end
end

return M
