--- The run key: what one CI job makes, its rerun finds again, by the tag of the pushed image.
---
--- Two runs with one key may register at the same time. Of their snapshots the one that was created
--- first stays; each other run deletes its own and waits for that one.
local check = require("os2.base.check")
local env = require("os2.env")
local err = require("os2.err")
local hash = require("os2.hash")
local images = require("os2.text.images")
local leftovers = require("os2.flows.snapshot.leftovers")
local policy = require("os2.policy")
local region = require("os2.flows.region")
local sizes = require("os2.flows.snapshot.sizes")
local sorted = require("os2.base.sorted")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.run_key
local M = {}

local DIGITS <const> = 12

local function variables()
  local found = {}
  for _, names in ipairs(policy.ask("snapshot.run_key_variables")) do
    for name in names:gmatch("%S+") do found[name] = env.get(name) end
  end
  return found
end

local function asked(args)
  if args.is_unkeyed then return nil end
  local key = args.run_key or policy.ask("snapshot.run_key", { variables = variables() })
  return key ~= "" and key or nil
end

-- The values of build arguments may be secret, and the tag of an image is not. Only with the API
-- key can anybody find out by trying which values a run was given.
local function values_of(build_args)
  local values = {}
  for _, name in ipairs(sorted.keys(build_args)) do
    values[#values + 1] = { name, build_args[name] }
  end
  if #values == 0 then return values end
  local api_key = env.get("DAYTONA_API_KEY") or ""
  return require("host.crypto").hmac_sha256(api_key, check.write(values))
end

-- The jobs of a matrix have one key, and each makes something else.
local function what_is_made(ctx)
  local args = ctx.args
  return {
    prefix = ctx.prefix, dockerfile = args.dockerfile, context = args.context,
    target = args.target or "", platform = ctx.platform, region = args.region or "",
    regions = args.regions or {}, registered = sizes.registered(ctx),
    build_args = values_of(args.build_args),
    image = args.image or "", -- where an image is registered that is there already
  }
end

--- Returns whether the tag that os2 gives carries a run key.
---@param ctx table
---@return boolean
function M.is_carried(ctx)
  local args = ctx.args
  return not ctx.provider.is_local and not args.is_remote and not (args.image and not args.is_push)
end

--- Returns whether a key is asked for, with --run-key or by the CI.
---@param args table
---@return boolean
function M.is_asked(args)
  return asked(args) ~= nil
end

--- Sets `ctx.run_key`, 12 hexadecimal digits, where this run has a key. A run with a given name has
--- none, because the name tells which snapshot it is about; nor has one whose image gets no tag of
--- os2 to carry the key: on the local engine, built by Daytona, or registered as it is.
---@param ctx table
function M.settle(ctx)
  local key = M.is_carried(ctx) and not ctx.args.name and asked(ctx.args)
  if not key then return end
  ctx.run_key = hash.sha256(check.write{ key = key, made = what_is_made(ctx) }):sub(1, DIGITS)
end

local function key_of(snapshot)
  local tag = type(snapshot.imageName) == "string" and images.tag_of(snapshot.imageName)
  return tag and policy.ask("snapshot.read_tag", { tag = tag }).run_key
end

--- Returns true for a snapshot of the prefix that a run with this run's key has registered.
---@param ctx table
---@param snapshot table
---@return boolean
function M.is_same(ctx, snapshot)
  return ctx.run_key ~= nil and not snapshot.general and key_of(snapshot) == ctx.run_key
    and policy.ask("naming.parse", { name = snapshot.name }) ~= nil
    and region.has(snapshot, ctx.args.region)
end

local function is_alive(snapshot)
  return policy.ask("snapshot.progress", { snapshot = snapshot }) ~= "failed"
end

local function is_before(one, other)
  local first, second = tostring(one.createdAt), tostring(other.createdAt)
  if first ~= second then return first < second end
  return one.id < other.id
end

--- Returns of the snapshots with this run's key the one that stays: the one that was created first
--- of those that are active or may become so.
---@param ctx table
---@param list table[]
---@return table?
function M.winner(ctx, list)
  local winner
  for _, snapshot in ipairs(list) do
    if M.is_same(ctx, snapshot) and is_alive(snapshot)
      and (not winner or is_before(snapshot, winner)) then
      winner = snapshot
    end
  end
  return winner
end

--- Returns the list without the snapshots with this run's key: they are not newer than what this
--- run makes, they are the same.
---@param ctx table
---@param list table[]
---@return table[]
function M.others(ctx, list)
  local others = {}
  for _, snapshot in ipairs(list) do
    if not M.is_same(ctx, snapshot) then others[#others + 1] = snapshot end
  end
  return others
end

local function tell_failed(ctx, list)
  for _, snapshot in ipairs(list) do
    if M.is_same(ctx, snapshot) and not is_alive(snapshot) and snapshot.state ~= "removing" then
      ctx.ui:note(("%s of this run has failed (state %s); it is started over under a new name")
        :format(terminal.clean(snapshot.name), terminal.clean(snapshot.state)))
      return
    end
  end
end

--- Makes a snapshot with this run's key the result.
---@param ctx table
---@param snapshot table
function M.adopt(ctx, snapshot)
  ctx.snapshot, ctx.name, ctx.is_adopted = snapshot, snapshot.name, true
  ctx.ref, ctx.digest, ctx.content = nil, nil, nil -- they are of this run's own image
end

--- Looks for the snapshot of an earlier run with this key before anything is made. Follows one that
--- is under way to its end, and looks again where that fails.
---@param ctx table
---@param list fun(ctx: table): table[]  lists the newest snapshots of the prefix
---@param follow fun(ctx: table, snapshot: table): table?  waits until it is active; nil: it failed
---@return boolean is_adopted
function M.look(ctx, list, follow)
  if not ctx.run_key then return false end
  while true do
    local found = M.winner(ctx, ctx.listed)
    if not found then
      tell_failed(ctx, ctx.listed)
      return false
    end
    ctx.ui:note(("%s is the snapshot of this run (run key), so no other is made"):format(
      terminal.clean(found.name)))
    local active = ctx.args.is_dry_run and found or follow(ctx, found)
    if active then
      M.adopt(ctx, active)
      return true
    end
    list(ctx)
  end
end

local function withdraw(ctx)
  local own = ctx.snapshot
  local _, failure = task.try(ctx.provider.delete_snapshot, own.id)
  if failure and failure.kind ~= "not_found" then
    failure.hint = ("%s is registered a second time for this run; delete it: %s"):format(ctx.name,
      leftovers.delete_command(ctx.name))
    err.raise(failure)
  end
end

--- After the run's own registration: deletes it where another one with this key was created before.
---@param ctx table  with `snapshot`, the run's own
---@return boolean is_withdrawn  then the other one is to be looked for
function M.give_way(ctx)
  if not ctx.run_key or ctx.snapshot.imageName ~= ctx.ref then return false end
  local winner = M.winner(ctx, ctx.listed)
  if not winner or winner.id == ctx.snapshot.id or is_before(ctx.snapshot, winner) then
    return false
  end
  withdraw(ctx)
  ctx.snapshot, ctx.is_create_sent = nil, false
  return true
end

return M
