--- Snapshot step: checks everything that could be refused later, before anything is built.
local clock = require("os2.clock")
local docker = require("os2.docker")
local err = require("os2.err")
local facts = require("os2.flows.facts")
local lists = require("os2.base.lists")
local name = require("os2.flows.snapshot.name")
local newer = require("os2.flows.snapshot.newer")
local orphans = require("os2.flows.snapshot.orphans")
local policy = require("os2.policy")
local region = require("os2.flows.region")
local sizes = require("os2.flows.snapshot.sizes")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.preflight
local M = {}

-- Snapshots in these states count in the organization's quota. An API key cannot read the quota.
local IN_USE <const> = { pending = true, building = true, pulling = true, active = true }

local function refuse_key(key, permission)
  local has_now = key.permissions
  err.raise(err.new{
    kind = "denied", op = "snapshot.preflight",
    message = ("the key '%s' lacks the permission %s (it has: %s)"):format(terminal.clean(key.name),
      permission, #has_now > 0 and terminal.clean(table.concat(has_now, ", ")) or "none"),
    hint = "use a key with this permission; keys are made in the Daytona dashboard",
  })
end

local function check_permissions(key, wanted)
  for _, permission in ipairs(wanted) do
    if not lists.has(key.permissions, permission) then refuse_key(key, permission) end
  end
end

--- Returns the key in use, and the server's time. Raises `denied` when the key lacks a permission
--- that publishing needs.
---@param provider table
---@param is_verify? boolean  it must also make and delete what tries the image
---@return table key
---@return number? now
function M.check_key(provider, is_verify)
  local key, now = provider.key()
  check_permissions(key, policy.ask("snapshot.permissions"))
  if is_verify then check_permissions(key, policy.ask("snapshot.gate_permissions")) end
  return key, now
end

-- The environment is checked again, because only now the key's name is known: it may belong to
-- another environment than the prefix.
local function check_environment(ctx, key)
  local settled = facts.settle(ctx.prefix, key.name)
  ctx.environment = settled.environment
end

-- A candidate is there beside the real snapshot until that is active.
local function check_quota(ctx, in_use)
  local quota, needed = policy.ask("snapshot.quota"), ctx.args.is_verify and 2 or 1
  if quota == 0 or in_use + needed <= quota then return end
  err.raise(err.new{
    kind = "quota", op = "snapshot.preflight",
    message = ("%s in use, and the organization may have %d (snapshot.quota)%s"):format(
      terminal.plural(in_use, "snapshot"), quota, needed > 1 and "; --verify needs two" or ""),
    hint = "free what nothing needs: os2 snapshot prune --yes",
  })
end

-- Checks a size after the policies were asked; Daytona would refuse it only after the push.
local function check_size(what, asked, most)
  if not most or asked <= most then return end
  err.raise(err.new{
    kind = "quota", op = "snapshot.preflight",
    message = ("%s %d is more than the organization's plan allows, %d (snapshot.largest)"):format(
      what, asked, most),
    hint = ("ask for at most %d with --%s"):format(most, what),
  })
end

local function check_sizes(ctx)
  local largest = policy.ask("snapshot.largest")
  for what, asked in pairs(sizes.of(ctx)) do check_size(what, asked, largest[what]) end
end

-- One page is enough: the count is for people, and larger quotas are rare.
local function count_in_use(provider)
  local query = policy.ask("resolution.query")
  local page = provider.pages{ sort = query.sort, order = query.order, limit = 200 }()
  local in_use = 0
  for _, snapshot in ipairs(page) do
    if not snapshot.general and IN_USE[snapshot.state] then in_use = in_use + 1 end
  end
  return (#page == 200 and "at least " or "") .. in_use .. " in use", in_use
end

local function engine_words(ctx)
  local engine = docker.ping()
  local is = ("%s/%s"):format(engine.os, engine.arch)
  -- a variant (linux/amd64/v2) runs on the same machine
  if is ~= ctx.platform:match("^[^/]+/[^/]+") then
    ctx.ui:warn(("the engine is %s, so building for %s needs emulation"):format(is, ctx.platform))
  end
  local builder = engine.builder_version == "2" and "BuildKit" or "classic builder"
  return ("docker %s (%s) · %s"):format(engine.engine_version, builder, ctx.platform)
end

-- An image that stands in a registry is registered without an engine.
local function engine_or_none(ctx)
  local args = ctx.args
  if ctx.provider.is_local or not args.image or args.is_push then return engine_words(ctx) end
  return task.try(engine_words, ctx) or "no engine, none is needed"
end

-- A region that is given twice, or by name and by id, is one.
local function distinct(list)
  local kept, seen = {}, {}
  for _, id in ipairs(list) do
    if not seen[id] then kept[#kept + 1] = id end
    seen[id] = true
  end
  return kept
end

local function check_region(ctx)
  local args = ctx.args
  for index, wanted in ipairs(args.regions or {}) do
    args.regions[index] = region.check(ctx.provider, wanted)
  end
  args.regions = args.regions and distinct(args.regions)
  if args.regions and args.regions[1] then
    args.region = args.regions[1]
  elseif args.region then
    args.region = region.check(ctx.provider, args.region)
  end
end

-- Checks what Daytona would refuse only after the build and the push.
local function check_new(ctx, now, in_use)
  name.check_time(ctx, now)
  if ctx.provider.is_local then return end
  check_sizes(ctx)
  check_region(ctx)
  newer.check(ctx)
  orphans.tell(ctx)
  if in_use and not ctx.snapshot then check_quota(ctx, in_use) end
end

local function daytona_words(ctx)
  local key, now = M.check_key(ctx.provider, ctx.args.is_verify)
  check_environment(ctx, key)
  -- a run that may make no snapshot counts the others only when the quota is known
  local is_counted = not ctx.args.is_if_changed or policy.ask("snapshot.quota") > 0
  local count, in_use
  if is_counted then count, in_use = count_in_use(ctx.provider) end
  return "key may write snapshots · " .. (count and count .. " · " or ""), now, in_use
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local phase <close> = ctx.ui:phase("preflight")
  local words, now, in_use = "", clock.now(), nil
  if not ctx.provider.is_local then words, now, in_use = daytona_words(ctx) end
  if ctx.args.name then name.recognise(ctx) end
  if not ctx.snapshot then check_new(ctx, now, in_use) end
  -- a registered snapshot needs no engine any more
  phase:done(words .. (ctx.snapshot and "registered already"
    or ctx.args.is_remote and "built by Daytona" or engine_or_none(ctx)))
end

return M
