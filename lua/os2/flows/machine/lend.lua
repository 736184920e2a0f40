--- Makes a machine for a while: it is deleted when the function that uses it has ended, whatever
--- happens.
local create = require("os2.flows.machine.create")
local err = require("os2.err")
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local task = require("os2.task")
local undo = require("os2.flows.machine.undo")

---@class os2.flows.machine.lend
local M = {}

---@class os2.flows.machine.lend.options
---@field ui os2.report.progress.ui
---@field provider string
---@field region string?
---@field snapshot {name: string, id: string?}
---@field labels table<string, string>
---@field env table<string, string>
---@field auto_delete integer?  minutes after its stop until the platform deletes it by itself, for
---  a run that is killed
---@field is_healthy boolean  whether its port must answer
---@field timeout number  seconds from the request until it has started and is healthy
---@field hint string  for a machine that takes longer
---@field failed fun(ctx: os2.flows.machine.ctx, machine: {id: string?, name: string},
---  failure: os2.Err): boolean  before the deletion, in a clean-up; true: it is kept

local function open_context(options)
  local ctx = open.context({
    provider = options.provider, region = options.region, labels = options.labels,
    is_wait_healthy = options.is_healthy, timeout = options.timeout,
    auto_delete = options.auto_delete,
  }, options.ui)
  ctx.env, ctx.late_hint = options.env, options.hint
  ctx.snapshot = { name = options.snapshot.name, id = options.snapshot.id, pinned_by = "run again" }
  return ctx
end

local function seconds_of(failure)
  return policy.ask(err.is(failure, "cancelled") and "timeouts.machine_cleanup"
    or "timeouts.machine_undo")
end

-- An interrupted run keeps nothing: who interrupts it does not wait for an answer.
local function is_kept(ctx, entry, options, failure)
  if not failure or err.is(failure, "cancelled") then return false end
  return options.failed(ctx, { id = entry.id, name = entry.name }, failure)
end

local function return_it(ctx, entry, options)
  return task.defer(function(failure)
    if is_kept(ctx, entry, options, failure) then return end
    undo.run(ctx, { entry }, seconds_of(failure))
  end, { timeout = policy.ask("timeouts.machine_cleanup") })
end

--- Makes a machine, calls the function with it, and deletes it. Raises what stopped either.
---@generic T
---@param options os2.flows.machine.lend.options
---@param use fun(ctx: os2.flows.machine.ctx, machine: os2.machine): T
---@return T
function M.run(options, use)
  local ctx = open_context(options)
  local entry = create.prepare_one(ctx)
  local _ <close> = undo.open_words(ctx)
  local _ <close> = return_it(ctx, entry, options)
  create.make(ctx, entry)
  return use(ctx, entry.machine)
end

return M
