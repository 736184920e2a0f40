--- Goes back to an image that was good: registers it again as the newest, waits, and deactivates
--- the bad snapshot, with the steps of `snapshot.rollback_steps`. Each step may be the last one
--- that a run reaches: the next run goes on from there, and some snapshot is usable at all times.
local cache = require("os2.store.cache")
local clock = require("os2.clock")
local err = require("os2.err")
local facts = require("os2.flows.facts")
local known = require("os2.flows.known")
local memory = require("os2.flows.snapshot.rollback.memory")
local open = require("os2.flows.snapshots.open")
local plan = require("os2.flows.snapshot.rollback.plan")
local policy = require("os2.policy")
local preflight = require("os2.flows.snapshot.preflight")
local provider_choice = require("os2.flows.provider_choice")
local region = require("os2.flows.region")
local republish = require("os2.flows.snapshot.republish")
local resolve = require("os2.flows.resolve")
local step_runner = require("os2.flows.step_runner")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.rollback
local M = {}

local function check_key(ctx)
  if ctx.provider.is_local then return end
  local key = preflight.check_key(ctx.provider)
  ctx.environment = facts.settle(ctx.prefix, key.name).environment
  if ctx.args.region then ctx.args.region = region.check(ctx.provider, ctx.args.region) end
end

-- All of the prefix are read: what is good may be far back, and what a stopped run has registered
-- is among the newest. An image in two regions is two snapshots, and each region is gone back by
-- itself.
local function list_all(ctx)
  ctx.everywhere, ctx.listed = {}, {}
  for page in ctx.snapshots.list(policy.ask("resolution.query")) do
    for _, snapshot in ipairs(page) do
      table.insert(ctx.everywhere, snapshot)
      if region.has(snapshot, ctx.args.region) then table.insert(ctx.listed, snapshot) end
    end
  end
end

-- Another run may begin or end while this one lists: what it remembers is read before the list, and
-- where it had begun nothing by then, behind it.
local function look(ctx)
  local phase <close> = ctx.ui:phase("preflight")
  check_key(ctx)
  ctx.memory = memory.read(ctx)
  list_all(ctx)
  ctx.memory = ctx.memory or memory.read(ctx)
  phase:done(terminal.plural(#ctx.listed, "snapshot") .. " listed")
end

local function decide(ctx)
  plan.run(ctx)
  if not ctx.snapshot then republish.check(ctx.source, ctx.provider.is_local) end
end

local function is_to_change(ctx)
  return not (ctx.args.is_dry_run or ctx.is_finished_before)
end

local function register(ctx)
  if not is_to_change(ctx) then return end
  memory.write(ctx)
  if not ctx.snapshot then republish.register(ctx) end
end

-- When the image is gone and the good snapshot can be used still, the bad one is all that is in the
-- way.
local function add_way_on(ctx, failure)
  local is_usable = policy.ask("resolution.usable", { snapshot = ctx.source,
    region = ctx.args.region, is_local = ctx.provider.is_local })
  if failure.kind == "not_found" and is_usable and ctx.bad then
    failure.hint = ("%s can be used still, so this may be enough: %s; or: %s"):format(
      terminal.clean(ctx.source.name),
      open.command(ctx, "deactivate", terminal.clean(ctx.bad.name)), failure.hint)
  end
  return failure
end

local function wait(ctx)
  if not is_to_change(ctx) then return end
  local _, failure = task.try(republish.wait, ctx)
  if failure then err.raise(add_way_on(ctx, failure)) end
end

local function deactivate(ctx)
  if not (is_to_change(ctx) and ctx.bad) then return end
  if ctx.bad.state == "inactive" then
    ctx.is_deactivated = true
    return
  end
  local phase <close> = ctx.ui:phase("deactivate")
  phase:show(terminal.clean(ctx.bad.name))
  ctx.snapshots.deactivate(ctx.bad)
  ctx.is_deactivated = true
  phase:done(terminal.clean(ctx.bad.name))
end

-- Every cached answer of the prefix is forgotten, whatever region or policy it is for.
local function forget(ctx)
  for _, entry in ipairs(cache.entries()) do
    local answer = entry.answer
    if answer.prefix == ctx.prefix or ctx.bad and answer.name == ctx.bad.name then
      cache.forget(entry.key)
    end
  end
end

local function until_words(ctx)
  local now, bad = clock.now(), ctx.bad and terminal.clean(ctx.bad.name) or "an older answer"
  return ("other users' and hosts' caches may answer %s until %s (cache.ttl), and while the API is "
    .. "unavailable until %s (cache.stale)"):format(bad,
    clock.iso(math.ceil(now + policy.ask("cache.ttl"))),
    clock.iso(math.ceil(now + policy.ask("cache.stale"))))
end

local function tell_pin(ctx)
  local pin = policy.ask("resolution.pin")
  if not pin then return end
  ctx.ui:warn(("this environment is pinned to %s (DAYTONA_SNAPSHOT_PIN), whatever is the newest")
    :format(terminal.clean(pin)))
end

local function refresh(ctx)
  if ctx.args.is_dry_run then return end
  forget(ctx)
  tell_pin(ctx)
  local _, failure = task.try(resolve.refresh, ctx.provider, ctx.args.region)
  if failure then ctx.ui:warn("the cache was not refreshed: " .. failure.message) end
  memory.forget(ctx)
  if not ctx.is_finished_before then ctx.ui:note(until_words(ctx)) end
end

local OWN <const> = {
  look = look, plan = decide, register = register, wait = wait, deactivate = deactivate,
  refresh = refresh,
}

local function result_of(ctx)
  local snapshot, now = ctx.snapshot or {}, clock.now()
  local is_done = ctx.is_deactivated or ctx.is_finished_before
  return {
    name = ctx.name, id = snapshot.id, state = snapshot.state, provider = ctx.provider.name,
    prefix = ctx.prefix, environment = ctx.environment, created_at = snapshot.createdAt,
    good = ctx.source and ctx.source.name, bad = ctx.bad and ctx.bad.name,
    image = snapshot.imageName or ctx.source and ctx.source.imageName,
    deactivated = ctx.is_deactivated or false, already = ctx.is_finished_before or false,
    resumed = ctx.is_resumed or false, restored = ctx.is_restored or false,
    dry_run = ctx.args.is_dry_run or false,
    cached_until = is_done and clock.iso(math.ceil(now + policy.ask("cache.ttl"))) or nil,
    stale_until = is_done and clock.iso(math.ceil(now + policy.ask("cache.stale"))) or nil,
    seconds = math.floor((clock.monotonic() - ctx.started) * 1000) / 1000,
  }
end

local function tell_plan(ctx)
  if ctx.is_finished_before then return end
  local source, bad = terminal.clean(ctx.source.name), ctx.bad and terminal.clean(ctx.bad.name)
  local made = ctx.snapshot and ("wait for %s, which has the image of %s"):format(ctx.name, source)
    or ("register the image of %s as %s"):format(source, ctx.name)
  ctx.ui:note(("dry run, nothing was changed; a real one would %s%s"):format(made,
    bad and ", then deactivate " .. bad or ""))
end

local function context_of(args)
  local settled = facts.settle(args.prefix)
  local ctx = open.context(args)
  if settled.warning then ctx.ui:warn(settled.warning) end
  return {
    args = republish.arguments(args, {}), ui = ctx.ui, provider = ctx.provider,
    snapshots = ctx.snapshots, started = ctx.started, prefix = settled.prefix,
    environment = settled.environment,
  }
end

--- Goes back to the snapshot that the arguments name, or to the one that the policy
--- `snapshot.rollback_target` takes. Raises what stopped it.
---@param args table  the arguments of `os2 snapshot rollback`
---@return table fields  of the result
---@return string name
function M.run(args)
  local ctx = context_of(args)
  ctx.ui:title("rollback", ctx.prefix .. (args.to and " to " .. args.to or ""))
  provider_choice.announce(ctx.provider, ctx.ui)
  local _ <close> = known.on_failure(function() return result_of(ctx) end)
  local _ <close> = republish.open_words(ctx)
  local _ <close> = republish.tell_on_failure(ctx)
  step_runner.run("snapshot.rollback_steps", OWN, ctx)
  if args.is_dry_run then tell_plan(ctx) end
  return result_of(ctx), ctx.name
end

return M
