--- Promotes a snapshot: registers its image under the prefix of the next environment, with the
--- steps of `snapshot.promote_steps`.
local clock = require("os2.clock")
local err = require("os2.err")
local facts = require("os2.flows.facts")
local images = require("os2.text.images")
local known = require("os2.flows.known")
local open = require("os2.flows.snapshots.open")
local policy = require("os2.policy")
local preflight = require("os2.flows.snapshot.preflight")
local promote_gate = require("os2.flows.snapshot.promote_gate")
local provider_choice = require("os2.flows.provider_choice")
local refresh = require("os2.flows.snapshot.refresh")
local region = require("os2.flows.region")
local republish = require("os2.flows.snapshot.republish")
local step_runner = require("os2.flows.step_runner")
local terminal = require("os2.text.terminal")

local when <const> = step_runner.when

---@class os2.flows.snapshot.promote
local M = {}

local function list_of_target(ctx)
  return ctx.provider.pages(policy.ask("resolution.query"))() or {}
end

local function identity_of(source)
  local name = type(source.imageName) == "string" and source.imageName or ""
  local tag = images.tag_of(name)
  return tag and policy.ask("snapshot.read_tag", { tag = tag }) or {}
end

-- The tag tells whether the image was built from a tree with uncommitted changes.
local function check_clean(ctx)
  if not identity_of(ctx.source).is_dirty then return end
  local verdict = policy.ask("snapshot.dirty", {
    is_allowed = ctx.args.is_dirty_allowed or false,
  })
  if verdict ~= "refuse" then return end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot.promote",
    message = ("%s was built from a tree with uncommitted changes"):format(
      terminal.clean(ctx.source.name)),
    hint = "commit them and make a new snapshot, or add --allow-dirty",
  })
end

local function check_usable(ctx)
  local source = ctx.source
  local is_healthy, why = policy.ask("snapshot.healthy", { snapshot = source })
  if is_healthy then return end
  err.raise(err.new{
    kind = "conflict", op = "snapshot.promote",
    message = ("the snapshot %s cannot be promoted: %s"):format(terminal.clean(source.name),
      type(why) == "string" and terminal.clean(why) or "policy snapshot.healthy refuses it"),
    hint = "promote one that works: os2 snapshot list --all-prefixes",
  })
end

-- The key's name and its permissions are known only now.
local function check_key(ctx)
  if ctx.provider.is_local then return end
  local key = preflight.check_key(ctx.provider, ctx.args.is_verify)
  ctx.environment = facts.settle(ctx.prefix, key.name).environment
  if ctx.args.region then ctx.args.region = region.check(ctx.provider, ctx.args.region) end
end

local function look(ctx)
  local phase <close> = ctx.ui:phase("preflight")
  check_key(ctx)
  ctx.source = open.snapshot({
    provider = ctx.provider, snapshots = { get = ctx.provider.find_snapshot },
  }, ctx.args.snapshot)
  check_usable(ctx)
  republish.check(ctx.source, ctx.provider.is_local)
  check_clean(ctx)
  ctx.listed = list_of_target(ctx)
  phase:done(("%s · %s"):format(ctx.source.name, ctx.source.imageName ~= ""
    and ctx.source.imageName or "built by Daytona"))
end

local function has_sizes(ctx, snapshot)
  local args = ctx.args
  return snapshot.cpu == (args.cpu or ctx.source.cpu)
    and snapshot.mem == (args.memory or ctx.source.mem)
    and snapshot.disk == (args.disk or ctx.source.disk)
end

local function is_same(ctx, snapshot)
  return not snapshot.general and has_sizes(ctx, snapshot)
    and policy.ask("naming.parse", { name = snapshot.name }) ~= nil
    and policy.ask("snapshot.same_image", { one = snapshot, other = ctx.source })
end

-- Returns the registration of this image that is under way, when nothing newer is there. Each
-- region is promoted to by itself.
local function under_way(ctx)
  for _, snapshot in ipairs(ctx.listed) do
    local verdict = policy.ask("snapshot.progress", { snapshot = snapshot })
    if verdict ~= "failed" and region.has(snapshot, ctx.args.region)
      and policy.ask("naming.parse", { name = snapshot.name }) then
      return is_same(ctx, snapshot) and verdict == "waiting" and snapshot or nil
    end
  end
end

local function newest(ctx)
  return (policy.ask("resolution.pick", {
    snapshots = ctx.listed, region = ctx.args.region, is_local = ctx.provider.is_local,
  }))
end

local function reuse(ctx, snapshot)
  ctx.snapshot, ctx.name, ctx.is_reused = snapshot, snapshot.name, true
  ctx.ui:note(("%s has this image already and is the newest, so no other is made"):format(
    terminal.clean(snapshot.name)))
end

local function resume(ctx, snapshot)
  ctx.snapshot, ctx.name, ctx.is_resumed = snapshot, snapshot.name, true
  ctx.ui:note(("%s is registered already (id %s, state %s), going on from there"):format(
    terminal.clean(snapshot.name), snapshot.id, terminal.clean(snapshot.state)))
end

local function named(list, name)
  for _, snapshot in ipairs(list) do
    if snapshot.name == name then return snapshot end
  end
end

local function newer_than_source(ctx)
  local prefix = policy.ask("naming.prefix", { name = ctx.source.name })
  local time = prefix and policy.ask("naming.parse", { name = ctx.source.name, prefix = prefix })
  if not time then return nil end
  local is_newer, name = policy.ask("snapshot.superseded", {
    name = policy.ask("naming.format", { now = time }), snapshots = ctx.listed,
    region = ctx.args.region,
  })
  return is_newer and named(ctx.listed, name) or nil
end

-- Returns true when a newer snapshot of the target ends the run.
local function gives_way(ctx, newer)
  local shown = terminal.clean(newer.name)
  if ctx.args.on_newer == "fail" then
    err.raise(err.new{
      kind = "conflict", op = "snapshot.promote",
      message = ("%s is superseded: %s is newer and usable, or soon will be"):format(
        terminal.clean(ctx.source.name), shown),
      hint = "take the newer one (--on-newer skip), or promote this one all the same "
        .. "(--on-newer publish)",
    })
  elseif ctx.args.on_newer ~= "skip" then
    ctx.ui:note(("%s has a newer time, so the promoted one gets the time of now"):format(shown))
    return false
  end
  ctx.snapshot, ctx.name, ctx.is_skipped = newer, newer.name, true
  ctx.ui:note(("%s is newer, so none is made"):format(shown))
  return true
end

-- On the local engine an image keeps the time when it was built, whenever it is tagged: under a
-- name of now it counts as registered now.
local function is_to_rename(ctx, latest)
  return ctx.provider.is_local and latest ~= nil and latest.createdAt >= ctx.source.createdAt
end

local function plan(ctx)
  local latest, coming = newest(ctx), under_way(ctx)
  if coming then return resume(ctx, coming) end
  if latest and is_same(ctx, latest) then return reuse(ctx, latest) end
  local newer = newer_than_source(ctx)
  if newer and gives_way(ctx, newer) then return end
  if is_to_rename(ctx, latest) then
    ctx.name = policy.ask("snapshot.renewed_name", { snapshots = ctx.listed })
    return
  end
  ctx.name = policy.ask("snapshot.promote_name", {
    name = ctx.source.name, snapshots = ctx.listed, region = ctx.args.region,
  })
end

local function is_to_register(ctx)
  return not (ctx.args.is_dry_run or ctx.snapshot)
end

local function is_to_wait(ctx)
  return not (ctx.args.is_dry_run or ctx.is_reused or ctx.is_skipped)
end

local function is_to_verify(ctx)
  return is_to_register(ctx) and ctx.args.is_verify
end

local OWN <const> = {
  look = look, plan = plan, gate = when(is_to_verify, promote_gate.run),
  register = when(is_to_register, republish.register),
  wait = when(is_to_wait, republish.wait), refresh = when(is_to_wait, refresh.run),
}

local function digest_of(record)
  local hex = type(record.ref) == "string" and images.digest_of(record.ref)
  return hex and "sha256:" .. hex or nil
end

local function result_of(ctx)
  local source, snapshot = ctx.source or {}, ctx.snapshot or {}
  local identity = identity_of(snapshot.imageName and snapshot or source)
  return {
    name = ctx.name, id = snapshot.id, state = snapshot.state, provider = ctx.provider.name,
    prefix = ctx.prefix, environment = ctx.environment, created_at = snapshot.createdAt,
    image = snapshot.imageName or source.imageName, commit = identity.commit,
    digest = digest_of(snapshot) or digest_of(source), content = identity.content,
    source = source.name, reused = ctx.is_reused or false, skipped = ctx.is_skipped or false,
    candidate = promote_gate.fields(ctx),
    restored = ctx.is_restored or false, dry_run = ctx.args.is_dry_run or false,
    seconds = math.floor((clock.monotonic() - ctx.started) * 1000) / 1000,
  }
end

local function with_defaults(given)
  return republish.arguments(given, {
    on_newer = policy.ask("snapshot.promote_on_newer"), is_verify = policy.ask("snapshot.gate"),
    is_candidate_kept = policy.ask("snapshot.keep_candidate"),
  })
end

local function context_of(args)
  local prefix = facts.ask("snapshot.promote_prefix", { to = args.to })
  local settled = facts.settle(prefix)
  local ctx = open.context(args)
  if settled.warning then ctx.ui:warn(settled.warning) end
  return {
    args = with_defaults(args), ui = ctx.ui, provider = ctx.provider, started = ctx.started,
    prefix = settled.prefix, environment = settled.environment,
  }
end

local function tell_plan(ctx)
  local made = ctx.snapshot and "use %s, which is there"
    or "register the image of " .. terminal.clean(ctx.source.name) .. " as %s"
  ctx.ui:note("dry run, nothing was changed; a real one would " .. made:format(ctx.name))
end

--- Promotes the snapshot that the arguments name. Raises what stopped it.
---@param args table  the arguments of `os2 snapshot promote`
---@return table fields  of the result
---@return string name
function M.run(args)
  local ctx = context_of(args)
  ctx.ui:title(terminal.clean(args.snapshot), "to " .. ctx.prefix)
  provider_choice.announce(ctx.provider, ctx.ui)
  local _ <close> = known.on_failure(function() return result_of(ctx) end)
  local _ <close> = republish.open_words(ctx)
  local _ <close> = promote_gate.clean_up(ctx)
  local _ <close> = republish.tell_on_failure(ctx)
  step_runner.run("snapshot.promote_steps", OWN, ctx)
  promote_gate.finish(ctx)
  if args.is_dry_run then tell_plan(ctx) end
  return result_of(ctx), ctx.name
end

return M
