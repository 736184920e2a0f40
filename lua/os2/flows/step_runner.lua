--- Runs the steps of a flow in the order of its policy.
local err = require("os2.err")
local policy = require("os2.policy")
local shape = require("os2.base.shape")

---@class os2.flows.step_runner
local M = {}

--- Runs a list of steps. A step that a user has added has its own function; the others are in
--- `own`. A step ends the flow early by setting `ctx.is_finished`. The fields of `ctx` are declared
--- with the list; any other name raises, in steps and in the flow itself.
---@param list string  the policy entry that holds the list
---@param own table<string, fun(ctx: table)>
---@param ctx table
function M.run(list, own, ctx)
  local todo, known = policy.steps(list)
  if known then
    ctx.own = ctx.own or {}
    shape.give(ctx, known)
  end
  for _, step in ipairs(todo) do
    local run = step.run or own[step.name]
    if not run then
      err.raise(err.new{
        kind = "invalid", exit = "config", op = list,
        message = ("the flow has no step named '%s'"):format(step.name),
        hint = "give the step a function in the policy file",
      })
    end
    run(ctx)
    if ctx.is_finished then return end
  end
end

--- Returns a step that runs only under a condition: otherwise its work is done already, or not
--- wanted.
---@param condition fun(ctx: table): any
---@param run fun(ctx: table)
---@return fun(ctx: table)
function M.when(condition, run)
  return function(ctx)
    if condition(ctx) then return run(ctx) end
  end
end

return M
