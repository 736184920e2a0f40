--- Snapshot step: pushes the image to registries of one's own, too (`--also`), so that promotion
--- and rollback do not depend on Daytona's.
---
--- The step follows the gate: what has not passed goes nowhere else. It comes before the
--- registration: when a push fails, nothing has become live.
local borrowed = require("os2.flows.snapshot.borrowed")
local docker = require("os2.docker")
local err = require("os2.err")
local images = require("os2.text.images")
local json = require("os2.json")
local leftovers = require("os2.flows.snapshot.leftovers")
local policy = require("os2.policy")
local push_log = require("os2.flows.snapshot.push_log")
local refusal = require("os2.base.refusal")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.also
local M = {}

local refuse = refusal.of("snapshot", "usage")

--- Raises `invalid` (exit 2) for a reference that cannot be pushed to.
---@param list string[]
function M.check(list)
  for _, ref in ipairs(list or {}) do
    local ok, why = images.check_reference(ref)
    if ok and ref:find("@", 1, true) then why = "an image is pushed to a tag, not to a digest" end
    if why then refuse(("--also %s: %s"):format(terminal.clean(ref), why)) end
  end
end

-- Without a tag, the one of the image at Daytona, which tells time, commit and content.
local function with_tag(ctx, ref)
  local _, tag = images.split(ref)
  if tag then return ref end
  ctx.tag = ctx.tag or policy.ask("snapshot.tag", {
    random = math.random(), content = ctx.content, run_key = ctx.run_key,
  })
  return ("%s:%s"):format(ref, ctx.tag)
end

-- An image that was not built by this run may be elsewhere only.
local function image_of(ctx)
  if ctx.image then return ctx.image end
  local ref = ctx.ref
  local image, failure = task.try(docker.image, ref)
  if not failure then return image end
  if failure.kind ~= "not_found" then err.raise(failure) end
  docker.pull{ ref = ref, on_progress = function() end }
  leftovers.add_tag(ctx, ref)
  return docker.image(ref)
end

local function push(ctx, ref, phase)
  local image = image_of(ctx)
  local _ <close> = borrowed.open(ctx, ref, image.Id)
  docker.tag(image.Id, ref)
  local stream <close> = docker.push{ ref = ref }
  local result, counts = push_log.follow(phase, stream, nil)
  return {
    ref = ref, digest = result.digest, sent = counts.sent, pushed = counts.pushed,
    exists = counts.exists,
  }
end

local function explain(ctx, ref, failure)
  failure.message = ("%s is not registered, because the push to %s (--also) failed: %s"):format(
    ctx.name, ref, failure.message)
  failure.hint = ("%s; go on: %s"):format(failure.hint or "mend it", leftovers.resume_command(ctx))
  return failure
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("also")
  ctx.copies = {}
  for _, given in ipairs(ctx.args.also) do
    local ref = with_tag(ctx, given)
    phase:show("pushing " .. ref)
    local done, failure = task.try(push, ctx, ref, phase)
    if failure then err.raise(explain(ctx, ref, failure)) end
    table.insert(ctx.copies, done)
  end
  local first = ctx.copies[1]
  local more = #ctx.copies > 1 and (" and %d more"):format(#ctx.copies - 1) or ""
  phase:done(("%s · %s%s"):format(first.ref, first.digest:sub(1, 19), more))
end

--- Warns where nothing was pushed, because the result is a snapshot that was there before.
---@param ctx table
function M.tell(ctx)
  local list = ctx.args.also
  if not list or #list == 0 or not (ctx.is_reused or ctx.is_skipped) then return end
  ctx.ui:warn(("nothing was pushed to %s (--also), because no snapshot was made; to have a copy, "
    .. "run without %s"):format(table.concat(list, ", "),
    ctx.is_reused and "--if-changed" or "--on-newer skip"))
end

--- Returns the copies as fields of the command's document.
---@param ctx table
---@return table[]?
function M.fields(ctx)
  return ctx.copies and json.array(ctx.copies)
end

return M
