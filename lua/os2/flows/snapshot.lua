--- Makes a snapshot: the steps of `snapshot.steps`, from a Dockerfile to an active snapshot.
local build = require("os2.flows.snapshot.build")
local check_image = require("os2.flows.snapshot.check_image")
local clock = require("os2.clock")
local combinations = require("os2.flows.snapshot.combinations")
local compare = require("os2.flows.snapshot.compare")
local context = require("os2.flows.snapshot.context")
local display = require("os2.flows.display")
local also = require("os2.flows.snapshot.also")
local env = require("os2.env")
local existing = require("os2.flows.snapshot.existing")
local facts = require("os2.flows.facts")
local gate = require("os2.flows.snapshot.gate")
local known = require("os2.flows.known")
local layers = require("os2.flows.snapshot.layers")
local leftovers = require("os2.flows.snapshot.leftovers")
local mounts = require("os2.flows.snapshot.mounts")
local name = require("os2.flows.snapshot.name")
local policy = require("os2.policy")
local preflight = require("os2.flows.snapshot.preflight")
local provider_choice = require("os2.flows.provider_choice")
local push = require("os2.flows.snapshot.push")
local pushed = require("os2.flows.snapshot.pushed")
local refresh = require("os2.flows.snapshot.refresh")
local regions = require("os2.flows.snapshot.regions")
local register = require("os2.flows.snapshot.register")
local remote = require("os2.flows.snapshot.remote")
local revision = require("os2.flows.snapshot.revision")
local run_key = require("os2.flows.snapshot.run_key")
local step_runner = require("os2.flows.step_runner")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local wait = require("os2.flows.snapshot.wait")
local waiting = require("os2.flows.waiting")

local when <const> = step_runner.when

---@class os2.flows.snapshot
local M = {}

-- The fields of `ctx` are declared with `snapshot.steps`, in os2.policies.snapshot.

local function is_to_change(ctx)
  return not ctx.args.is_dry_run
end

local function is_to_make(ctx)
  return is_to_change(ctx) and not ctx.snapshot
end

local function has_image(ctx)
  return ctx.args.image ~= nil
end

local function is_to_build(ctx)
  return is_to_make(ctx) and not ctx.is_pushed and not has_image(ctx)
end

-- The image of --image may be in a registry already.
local function is_to_look(ctx)
  return is_to_make(ctx) and (not ctx.is_pushed or has_image(ctx))
end

local function is_to_push(ctx)
  return is_to_make(ctx) and not ctx.is_pushed and not ctx.provider.is_local
end

local function is_to_copy(ctx)
  return is_to_make(ctx) and #ctx.args.also > 0
end

local function is_image_wanted(ctx)
  return has_image(ctx) and not ctx.snapshot and not ctx.is_pushed
end

local function is_context_wanted(ctx)
  return not ctx.snapshot and not ctx.is_pushed and not has_image(ctx)
end

local function is_to_verify(ctx)
  return is_to_make(ctx) and ctx.args.is_verify
end

-- The cache stays valid when no snapshot was made.
local function is_made(ctx)
  return is_to_change(ctx) and not ctx.is_reused
end

-- A reused snapshot was usable when it was compared, so there is nothing to wait for.
local function is_to_wait(ctx)
  return is_to_change(ctx) and not ctx.provider.is_local and not ctx.is_reused
end

-- A dry run and the local engine know no regions.
local function is_to_spread(ctx)
  return is_to_change(ctx) and not ctx.provider.is_local and not ctx.is_skipped
end

-- In a changed list of steps, an earlier step that this one needs may be missing.
local function needing(field, step, run)
  return function(ctx)
    if ctx[field] == nil then
      policy.refuse("snapshot.steps", ("the step %s finds no ctx.%s; keep the step %s before it, "
        .. "or set that in a step of yours"):format(step.of, field, step.by))
    end
    return run(ctx)
  end
end

-- Of an image that is only registered (--image), the engine may know nothing.
local function needing_image(of, run)
  local run_built = needing("image", { of = of, by = "build" }, run)
  return function(ctx) return (has_image(ctx) and run or run_built)(ctx) end
end

-- What another run has registered is not of this run's image.
local function wait_and_verify(ctx)
  wait.run(ctx)
  local is_own = ctx.snapshot and ctx.ref ~= nil and ctx.snapshot.imageName == ctx.ref
  if has_image(ctx) and is_own then existing.verify(ctx) end
end

-- For the local provider, the built image takes the place of the pushed one.
local function with_what_is_there(of, run)
  return function(ctx)
    local step = { of = of, by = ctx.provider.is_local and "build" or "push" }
    return needing(ctx.provider.is_local and "image" or "ref", step, run)(ctx)
  end
end

local OWN <const> = {
  preflight = preflight.run,
  name = name.run,
  image = when(is_image_wanted, existing.run),
  context = when(is_context_wanted, context.run),
  build = when(is_to_build, needing("context", { of = "build", by = "context" }, build.run)),
  check = when(is_to_look, needing_image("check", check_image.run)),
  compare = when(is_to_look, needing_image("compare", compare.run)),
  push = when(is_to_push, needing("image", { of = "push", by = "build" }, push.run)),
  gate = when(is_to_verify, with_what_is_there("gate", gate.run)),
  also = when(is_to_copy, with_what_is_there("also", also.run)),
  register = when(is_to_make, with_what_is_there("register", register.run)),
  wait = when(is_to_wait, needing("snapshot", { of = "wait", by = "register" }, wait_and_verify)),
  regions = when(is_to_spread, regions.run),
  refresh = when(is_made, refresh.run),
}

-- The same steps where Daytona builds.
local REMOTE <const> = setmetatable({
  context = when(is_context_wanted, remote.context),
  build = when(is_to_build, needing("context", { of = "build", by = "context" }, remote.build)),
  check = when(is_to_build, needing("dockerfile", { of = "check", by = "context" },
    remote.check_image)),
  compare = when(is_to_build, needing("build_info", { of = "compare", by = "build" },
    remote.compare)),
  push = when(is_to_push, needing("build_info", { of = "push", by = "build" }, remote.push)),
  gate = when(is_to_verify, needing("build_info", { of = "gate", by = "build" }, function(ctx)
    remote.with_log(ctx, gate.run)
  end)),
  register = when(is_to_make, needing("build_info", { of = "register", by = "build" },
    register.run)),
  wait = when(is_to_wait, needing("snapshot", { of = "wait", by = "register" }, function(ctx)
    remote.with_log(ctx, wait.run)
  end)),
}, { __index = OWN })

local function shown(path)
  return path:match("^[./]") and path or "./" .. path
end

local function about(ctx)
  local changes = #policy.changes()
  local words = { "from " .. (ctx.args.image or shown(ctx.args.dockerfile)) }
  if ctx.environment then words[#words + 1] = "env " .. ctx.environment end
  if ctx.git then words[#words + 1] = revision.words(ctx.git) end
  if changes > 0 then words[#words + 1] = terminal.plural(changes, "policy change") end
  return table.concat(words, " · ")
end

-- Arguments whose defaults are policies.
local POLICIES <const> = {
  dockerfile = "snapshot.dockerfile", context = "snapshot.context",
  context_from = "snapshot.context_from", target = "snapshot.target",
  platform = "snapshot.platform", is_uncached = "snapshot.no_cache",
  is_base_pulled = "snapshot.pull", cache_from = "snapshot.cache_from", hosts = "snapshot.hosts",
  network = "snapshot.network", secrets = "snapshot.secrets", ssh = "snapshot.ssh",
  on_newer = "snapshot.on_newer", on_timeout = "snapshot.on_timeout",
  is_if_changed = "snapshot.reuse",
  is_verify = "snapshot.gate", is_candidate_kept = "snapshot.keep_candidate",
  also = "snapshot.also",
}

-- A list of which the command line gave nothing.
local function is_empty(value)
  return type(value) == "table" and next(value) == nil
end

local function with_defaults(given)
  local args = { region = env.get("DAYTONA_TARGET") }
  for key, asked in pairs(POLICIES) do args[key] = policy.ask(asked) end
  for key, value in pairs(given) do
    if not (POLICIES[key] and is_empty(value)) then args[key] = value end
  end
  if args.regions and args.regions[1] then args.region = args.regions[1] end
  return args
end

local function look_at_revision(ctx)
  local failure
  ctx.git, failure = revision.find(ctx.args.context)
  if failure then ctx.ui:warn("the commit is not known: " .. failure.message) end
  policy.set_facts{ git = ctx.git }
  revision.check(ctx.args, ctx.git, failure)
end

local function open(args)
  local chosen = provider_choice.choose(args.provider)
  local settled = facts.settle(args.prefix)
  local all = with_defaults(args)
  local ctx = {
    args = all, given = args, provider = chosen, ui = display.of(args), tags = {},
    prefix = settled.prefix, environment = settled.environment, started = clock.monotonic(),
    platform = all.platform,
  }
  if settled.warning then ctx.ui:warn(settled.warning) end
  waiting.tell_pauses(ctx.ui)
  -- the engine prints each step with its arguments filled in
  for key, value in pairs(args.build_args or {}) do env.conceal(key, value) end
  pushed.check(args, chosen)
  ctx.secrets = mounts.secrets(all.secrets, function(words) ctx.ui:warn(words) end)
  ctx.agents = mounts.agents(all.ssh)
  if args.is_remote then remote.check(all, chosen) end
  existing.check(args, chosen)
  combinations.check(args, all)
  also.check(all.also)
  if all.is_verify then gate.environment(all) end
  -- an image that is there is not of this directory
  if not args.image then
    context.check(ctx.args)
    look_at_revision(ctx)
  end
  name.propose(ctx)
  run_key.settle(ctx)
  combinations.tell(ctx)
  return ctx
end

local function result_of(ctx)
  local snapshot = ctx.snapshot or {}
  return {
    name = ctx.name, id = snapshot.id, state = snapshot.state, provider = ctx.provider.name,
    prefix = ctx.prefix, environment = ctx.environment, created_at = snapshot.createdAt,
    image = ctx.ref, digest = ctx.digest or existing.digest_of(snapshot),
    build = ctx.built, push = ctx.moved,
    candidate = gate.fields(ctx), copies = also.fields(ctx), context = ctx.uploaded,
    layers = ctx.layers and layers.fields(ctx.layers), resumed = ctx.is_resumed or false,
    adopted = ctx.is_adopted or false,
    reused = ctx.is_reused or false, skipped = ctx.is_skipped or false, content = ctx.content,
    regions = ctx.regions,
    dry_run = ctx.args.is_dry_run or false, commit = ctx.git and ctx.git.commit,
    is_clean = ctx.git and ctx.git.is_clean,
    seconds = math.floor((clock.monotonic() - ctx.started) * 1000) / 1000,
  }
end

local function clean_up(ctx)
  return task.defer(function(failure)
    -- the report comes first: the time is short, and an engine may be slow
    if failure then
      leftovers.tell(ctx, failure)
      gate.settle(ctx, failure)
    end
    leftovers.remove_tags(ctx, failure)
  end, { timeout = ctx.args.is_verify and policy.ask("timeouts.machine_cleanup") or nil })
end

local function plan_of_image(ctx)
  if ctx.provider.is_local then return "label the image as %s" end
  return (ctx.args.is_push and "push" or "take") .. " the image, register it as %s, and wait until "
    .. "it is active"
end

local function tell_plan(ctx)
  local plan = ctx.provider.is_local and "build %s on this machine"
    or ctx.args.is_remote
    and "upload the context, let Daytona build %s, and wait until it is active"
    or "build, push and register %s, and wait until it is active"
  if ctx.args.image then plan = plan_of_image(ctx) end
  if ctx.snapshot then plan = "use %s, which is there" end
  ctx.ui:note("dry run, nothing was changed; a real one would " .. plan:format(ctx.name))
end

--- Makes the snapshot that the arguments describe. Raises what stopped it, after it has removed
--- what the run left on this machine and reported what it leaves on the server.
---@param args table  the arguments of scripts/snapshot.lua
---@return table fields  of the result
---@return string name
function M.run(args)
  local ctx = open(args)
  ctx.ui:title(ctx.name, about(ctx))
  provider_choice.announce(ctx.provider, ctx.ui)
  local _ <close> = known.on_failure(function() return result_of(ctx) end)
  local _ <close> = leftovers.open_words(ctx)
  local _ <close> = clean_up(ctx)
  step_runner.run("snapshot.steps", args.is_remote and REMOTE or OWN, ctx)
  gate.finish(ctx)
  also.tell(ctx)
  if args.is_dry_run then tell_plan(ctx) end
  return result_of(ctx), ctx.name
end

--- Returns the paths that a build would send, one per line. Needs no key, provider or engine.
---@param args table
---@return table fields
---@return string paths
function M.list_context(args)
  local opened = args.is_remote and remote.open or context.open
  local paths = opened(with_defaults(args)):paths()
  return { paths = paths }, table.concat(paths, "\n")
end

return M
