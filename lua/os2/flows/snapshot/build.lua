--- Snapshot step: builds the image with the local engine.
local build_log = require("os2.flows.snapshot.build_log")
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local err = require("os2.err")
local layers = require("os2.flows.snapshot.layers")
local leftovers = require("os2.flows.snapshot.leftovers")
local os2 = require("os2")
local policy = require("os2.policy")
local random = require("os2.base.random")
local secrets = require("os2.text.secrets")
local sizes = require("os2.flows.snapshot.sizes")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.build
local M = {}

local OWN_DIGITS <const> = 8

local function labels_of(ctx)
  local labels = { ["os2.version"] = os2.version }
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

-- A run that starts in the same second has the same name. It may take the name's tag away, and may
-- remove it; this run's own tag keeps the image.
local function tags_of(ctx)
  return { ctx.local_ref, docker_provider.reference(ctx.name, "run-" .. random.word(OWN_DIGITS)) }
end

local function start(ctx, tags)
  local args = ctx.args
  return docker.build{
    context = ctx.context, tags = tags, args = args.build_args,
    labels = ctx.labels, platform = ctx.platform, target = target_of(args),
    no_cache = args.is_uncached, pull = args.is_base_pulled, cache_from = args.cache_from,
    hosts = args.hosts, network = args.network, secrets = ctx.secrets, ssh = ctx.agents,
  }
end

local function kept_words(kept, name)
  return kept[name] and "stays in the image, where docker history shows it"
    or "stays in the engine's build cache"
end

-- The value of a build argument stays in the image's history when a stage of the image declares it.
local function warn_of_kept_secrets(ctx)
  local kept, names = ctx.dockerfile:kept_args(), {}
  for name in pairs(ctx.args.build_args or {}) do
    if secrets.is_name(name) then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    ctx.ui:warn(("the value of the build argument %s %s; pass it with --secret id=%s and mount it: "
      .. "RUN --mount=type=secret,id=%s"):format(name, kept_words(kept, name), name, name))
  end
end

local function sent_words(built)
  if built.files_sent == 0 then return "nothing new sent" end
  if not built.files_sent then return terminal.size(built.sent) .. " sent" end
  return ("%s, %s sent"):format(terminal.plural(built.files_sent, "file"),
    terminal.size(built.sent))
end

local function summary(built)
  local cached = built.cached > 0 and (", %d cached"):format(built.cached) or ""
  return ("%s%s · %s"):format(terminal.plural(built.steps, "step"), cached, sent_words(built))
end

local function explain(ctx, failure)
  local line = failure.op == "docker.build" and ctx.dockerfile
    and ctx.dockerfile:line_of(failure.step, failure.message)
  if line then failure.file, failure.line = ctx.args.dockerfile, line end
  if failure.kind == "invalid" and failure.op == "docker.build" then
    failure.hint = failure.hint or ("fix %s and run again"):format(ctx.args.dockerfile)
  end
  return failure
end

-- Podman gives no size in some of its answers.
local function size_of(image)
  return math.type(image.Size) == "integer" and image.Size or nil
end

local function build(ctx, phase, tags)
  local stream <close> = start(ctx, tags)
  for _, ref in ipairs(tags) do leftovers.add_tag(ctx, ref) end
  local built = build_log.follow(phase, stream)
  built.image = docker.image(built.id)
  return built
end

-- Another run may remove an image that the engine comes to; one of the same content even the image
-- that this run has made, before it has its tag.
local function build_until_tagged(ctx, phase)
  local tags, attempt = tags_of(ctx), 0
  while true do
    attempt = attempt + 1
    local built, failure = task.try(build, ctx, phase, tags)
    if not failure then return built end
    if not policy.ask("snapshot.build_again", { err = failure, attempt = attempt }) then
      err.raise(explain(ctx, failure))
    end
    ctx.ui:note(("another run removed an image meanwhile: building again (%s)"):format(
      failure.message))
  end
end

--- Runs the step. An image that an earlier run of this name has left is used without a build.
---@param ctx table
---@param labels? table<string, string>  of the image, where it was built before
function M.run(ctx, labels)
  local phase <close> = ctx.ui:phase("build")
  local words
  if ctx.image then
    words = ("the image of this name is here already (%s), not built again")
      :format(ctx.image.Id:sub(8, 19))
  else
    ctx.labels = labels or labels_of(ctx)
    ctx.dockerfile = ctx.context:read_dockerfile{
      args = ctx.args.build_args, platform = ctx.platform, target = target_of(ctx.args),
    }
    warn_of_kept_secrets(ctx)
    local built = build_until_tagged(ctx, phase)
    ctx.image, words = built.image, summary(built)
    ctx.built = {
      steps = built.steps, cached = built.cached, sent = built.sent, bytes = size_of(ctx.image),
    }
    ctx.ui:image(ctx.built)
  end
  local size = size_of(ctx.image)
  phase:done(words .. (size and " · " .. terminal.size(size) or ""))
  ctx.layers = layers.of(ctx.image)
  ctx.ui:layers(ctx.layers)
end

--- Builds an image again that the engine has lost since, with the labels that it had.
---@param ctx table
function M.again(ctx)
  ctx.ui:note("another run removed the image meanwhile: building again")
  ctx.image = nil
  M.run(ctx, ctx.labels)
end

return M
