--- Snapshot step: pushes the image to Daytona's registry.
local build = require("os2.flows.snapshot.build")
local docker = require("os2.docker")
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local policy = require("os2.policy")
local push_log = require("os2.flows.snapshot.push_log")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.push
local M = {}

-- The tag is chosen once per run, so that a second access pushes to the same place.
local function transient_ref(ctx, access)
  ctx.tag = ctx.tag or policy.ask("snapshot.tag", {
    random = math.random(), content = ctx.content, run_key = ctx.run_key,
  })
  local repository = policy.ask("snapshot.repository")
  return ("%s/%s/%s:%s"):format(access.registryUrl, access.project, repository, ctx.tag)
end

local function tag(ctx, ref)
  if ctx.ref == ref then return end
  docker.tag(ctx.image.Id, ref)
  leftovers.add_tag(ctx, ref)
  ctx.ref = ref
end

-- A registry may show a manifest only a moment after it accepted it, and a snapshot registered
-- before that ends in an error. Any other failure here, also a timeout, is left for Daytona to
-- report.
local function wait_until_visible(ctx, auth)
  waiting.run(ctx.ui, {
    seconds = policy.ask("timeouts.push_visible"),
    step = function()
      local _, failure = task.try(docker.distribution, ctx.ref, { auth = auth })
      if not failure then return true end
      if failure.kind == "not_found" then return nil end
      return not waiting.is_passing(failure) or err.raise(failure)
    end,
    late = function() end,
  })
end

local function push_with(ctx, phase, access)
  tag(ctx, transient_ref(ctx, access))
  local auth = { username = access.username, password = access.secret }
  local stream <close> = docker.push{ ref = ctx.ref, auth = auth }
  local result, counts = push_log.follow(phase, stream, ctx.layers)
  wait_until_visible(ctx, auth)
  return { digest = result.digest, counts = counts }
end

local HINTS <const> = {
  denied = "the registry refuses the access that Daytona gives for it: ask who runs Daytona",
  network = "the Docker engine must reach Daytona's registry: check its network and proxy",
  unavailable = "the registry is in trouble or asked too often: wait a while",
}

-- Adds to any failure the command that resumes the run.
local function explain(ctx, failure)
  local hint, command = failure.hint or HINTS[failure.kind], leftovers.resume_command(ctx)
  failure.hint = hint and ("%s; then go on: %s"):format(hint, command) or "go on: " .. command
  return failure
end

local function fresh_access(ctx)
  return ctx.provider.push_access(ctx.args.region)
end

-- Access lasts one hour; each push gets new access. What the registry has stays, so a repeated push
-- sends only what is missing.
local function push(ctx, phase)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local pushed, failure = task.try(push_with, ctx, phase, fresh_access(ctx))
    if not failure then return pushed end
    if not policy.ask("snapshot.push_again", { err = failure, attempt = attempt }) then
      err.raise(explain(ctx, failure))
    end
    task.sleep(policy.ask("retry.base") * 2 ^ (attempt - 1) * (0.5 + math.random()))
  end
end

local function refuse_digest(ctx, before, after)
  err.raise(err.new{
    kind = "conflict", op = "snapshot.push",
    message = ("%s has the digest %s in the registry, and had %s before"):format(ctx.ref, after,
      before),
    hint = "run again for a new snapshot",
  })
end

--- Pushes the run's image once more, under a new tag: nothing that Daytona still knows about the
--- old one is in the way then. When that fails, the old tag stays. Raises `conflict` when the
--- registry tells another digest than before. An image that is not on this machine keeps its tag.
---@param ctx table
---@param phase table
function M.again(ctx, phase)
  if not ctx.image then return end
  local tag_before, ref, digest = ctx.tag, ctx.ref, ctx.digest
  ctx.tag = nil
  local pushed, failure = task.try(push, ctx, phase)
  if failure then
    ctx.ui:note("the image keeps its tag: " .. failure.message)
    ctx.tag, ctx.ref = tag_before, ref
  elseif digest and pushed.digest ~= digest then
    refuse_digest(ctx, digest, pushed.digest)
  end
end

local function check_publishable(ctx)
  local labels = type(ctx.image.Config) == "table" and ctx.image.Config.Labels
  local is_publishable, why = policy.ask("snapshot.publishable", {
    labels = type(labels) == "table" and labels or {},
  })
  if is_publishable then return end
  err.raise(err.new{
    kind = "invalid", op = "snapshot.push",
    message = ("%s is not published: %s"):format(ctx.name, why or "policy snapshot.publishable"),
    hint = "build it where the base image can be pulled, or keep it here: --provider docker",
  })
end

local function push_in_phase(ctx)
  local phase <close> = ctx.ui:phase("push")
  local pushed = push(ctx, phase)
  ctx.is_pushed, ctx.digest = true, pushed.digest
  leftovers.remember(ctx)
  local counts = pushed.counts
  ctx.moved = { sent = counts.sent, pushed = counts.pushed, exists = counts.exists }
  ctx.ui:pushed(ctx.moved, pushed.digest)
  phase:done(("%s · %s"):format(push_log.words(counts), pushed.digest:sub(1, 19)))
end

-- Where another run of the same content removes its last tag, the engine deletes the image with the
-- tags that it has got since. This run's image is built again then, from the cache.
local function push_until_there(ctx)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local _, failure = task.try(push_in_phase, ctx)
    if not failure then return end
    local is_again = ctx.context
      and policy.ask("snapshot.build_again", { err = failure, attempt = attempt })
    if not is_again then err.raise(failure) end
    ctx.ref = nil
    build.again(ctx)
  end
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  if ctx.args.is_if_changed and not ctx.content then
    ctx.ui:warn("the step compare is not in snapshot.steps, so --if-changed has no effect")
  end
  check_publishable(ctx)
  push_until_there(ctx)
end

return M
