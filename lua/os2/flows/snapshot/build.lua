--- Snapshot step: builds the image with the local engine.
local command = require("os2.flows.snapshot.command")
local docker = require("os2.docker")
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")
local sizes = require("os2.flows.snapshot.sizes")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.build
local M = {}

local function step_words(event)
  if not event.index then return event.name end
  return ("[%d/%d] %s"):format(event.index, event.total, event.name)
end

local function is_internal(event)
  return event.name:sub(1, 10) == "[internal]"
end

local function on_step(phase, seen, event)
  if is_internal(event) then return end
  if event.state == "started" then phase:step(step_words(event)) end
  if event.state == "cached" then seen.cached[event.id] = true end
  if event.index then seen.steps[event.id] = true end
end

local function count(set)
  local total = 0
  for _ in pairs(set) do total = total + 1 end
  return total
end

-- Shows the events of a build. Returns the image's id and the number of steps.
local function follow(phase, ui, stream)
  local seen = { steps = {}, cached = {} }
  for event in stream do
    if event.type == "step" then
      on_step(phase, seen, event)
    elseif event.type == "bytes" and event.total and event.total > 0 then
      phase:show(("%s  %s"):format(event.id, terminal.part(event.current, event.total)))
    elseif event.type == "warning" then
      ui:warn(event.text)
    end
  end
  return stream:result().id, count(seen.steps), count(seen.cached)
end

local function check_platform(ctx, image)
  local is = ("%s/%s"):format(image.Os, image.Architecture)
  -- engines do not report the variant (linux/amd64/v2) of every image
  if is == ctx.platform:match("^[^/]+/[^/]+") then return end
  err.raise(err.new{
    kind = "invalid", op = "snapshot.build",
    message = ("the image is for %s, sandboxes need %s"):format(is, ctx.platform),
    hint = "build FROM an image for that platform",
  })
end

local function labels_of(ctx)
  local labels = {}
  local own = ctx.provider.labels and ctx.provider.labels(ctx.name, sizes.of(ctx)) or {}
  local asked = policy.ask("snapshot.labels", { build_args = ctx.args.build_args })
  for key, value in pairs(asked) do labels[key] = value end
  for key, value in pairs(ctx.args.labels or {}) do labels[key] = value end
  for key, value in pairs(own) do labels[key] = value end
  return labels
end

local function target_of(args)
  return args.target ~= "" and args.target or nil
end

local function start(ctx)
  local args = ctx.args
  return docker.build{
    context = ctx.context, tags = { ctx.local_ref }, args = args.build_args,
    labels = ctx.labels, platform = ctx.platform, target = target_of(args),
    no_cache = args.is_uncached, pull = args.is_base_pulled, cache_from = args.cache_from,
    hosts = args.hosts, network = args.network,
  }
end

-- The value of a build argument stays in the image's history when a stage of the image declares it.
local function warn_of_kept_secrets(ctx)
  local kept, names = ctx.dockerfile:kept_args(), {}
  for name in pairs(ctx.args.build_args or {}) do
    if kept[name] and secrets.is_name(name) then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    ctx.ui:warn(("the value of the build argument %s stays in the image, where docker history "
      .. "shows it; use it in a stage that the image only copies from, or mount it as a secret "
      .. "(RUN --mount=type=secret, with docker build)"):format(name))
  end
end

local function summary(steps, cached)
  return terminal.plural(steps, "step") .. (cached > 0 and (", %d cached"):format(cached) or "")
end

local function explain(ctx, failure)
  if failure.kind == "invalid" and failure.op == "docker.build" then
    failure.hint = failure.hint or ("fix %s and run again"):format(ctx.args.dockerfile)
  end
  return failure
end

local function build(ctx, phase)
  local stream <close> = start(ctx)
  leftovers.add_tag(ctx, ctx.local_ref)
  local id, steps, cached = follow(phase, ctx.ui, stream)
  return { id = id, words = summary(steps, cached) }
end

--- Runs the step. An image that an earlier run of this name has left is used without a build.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("build")
  local words
  if ctx.image then
    words = ("the image of this name is here already (%s), not built again")
      :format(ctx.image.Id:sub(8, 19))
  else
    ctx.labels = labels_of(ctx)
    ctx.dockerfile = ctx.context:read_dockerfile{
      args = ctx.args.build_args, platform = ctx.platform, target = target_of(ctx.args),
    }
    warn_of_kept_secrets(ctx)
    local built, failure = task.try(build, ctx, phase)
    if failure then err.raise(explain(ctx, failure)) end
    ctx.image, words = docker.image(built.id), built.words
  end
  check_platform(ctx, ctx.image)
  command.check(ctx)
  local size = math.type(ctx.image.Size) and " · " .. terminal.size(ctx.image.Size) or ""
  phase:done(words .. size)
end

return M
