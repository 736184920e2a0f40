--- Promotion step: tries the image before it is registered under the target's prefix (`--verify`),
--- as `os2 snapshot --verify` does.
local err = require("os2.err")
local gate = require("os2.flows.snapshot.gate")
local policy = require("os2.policy")
local republish = require("os2.flows.snapshot.republish")
local shape = require("os2.base.shape")
local task = require("os2.task")

---@class os2.flows.snapshot.promote_gate
local M = {}

-- What the gate reads of a run, which is that of snapshot.steps. That a newer snapshot is there was
-- decided by the step plan.
local function context_of(ctx)
  local args, source = ctx.args, ctx.source
  local build = republish.build_of(source)
  local _, known = policy.steps("snapshot.steps")
  return shape.give({
    name = ctx.name, prefix = ctx.prefix, provider = ctx.provider, ui = ctx.ui,
    ref = ctx.ref or not build and source.imageName or nil, build_info = build,
    image = { Id = source.id }, last_words = ctx.last_words,
    given = {}, args = {
      cpu = args.cpu or source.cpu, memory = args.memory or source.mem,
      disk = args.disk or source.disk, region = args.region, timeout = args.timeout,
      gpu = source.gpu, entrypoint = not build and source.entrypoint or nil,
      is_candidate_kept = args.is_candidate_kept, is_older_allowed = true,
    },
  }, known)
end

local function is_gone(verified)
  local record = verified.candidate and verified.candidate.record
  return record and policy.ask("snapshot.reference_gone", { snapshot = record })
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  ctx.verified = context_of(ctx)
  local _, failure = task.try(gate.run, ctx.verified)
  if not failure then return end
  if ctx.is_restored or not is_gone(ctx.verified) then err.raise(failure) end
  gate.finish(ctx.verified)
  republish.restore(ctx)
  ctx.verified = context_of(ctx)
  gate.run(ctx.verified)
end

--- Returns a to-be-closed value: after a failure the candidate is removed, or it is said why it
--- stays.
---@param ctx table
---@return any
function M.clean_up(ctx)
  return task.defer(function(failure)
    local verified = ctx.verified
    if not failure or not verified then return end
    verified.snapshot, verified.is_create_sent = ctx.snapshot, ctx.wish and ctx.wish.is_sent
    gate.settle(verified, failure)
  end)
end

--- Removes the candidate of a run that has ended well.
---@param ctx table
function M.finish(ctx)
  if ctx.verified then gate.finish(ctx.verified) end
end

--- Returns the candidate's fields of the document.
---@param ctx table
---@return table?
function M.fields(ctx)
  return ctx.verified and gate.fields(ctx.verified)
end

return M
