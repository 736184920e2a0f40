--- Newer snapshots of the prefix: a build that takes long must not become the newest one because it
--- is registered last.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local policy = require("os2.policy")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.newer
local M = {}

--- Returns the newest snapshots of the prefix, as they are now. Waits.
---@param ctx table
---@return table[]
function M.list(ctx)
  ctx.listed = ctx.provider.pages(policy.ask("resolution.query"))() or {}
  return ctx.listed
end

--- Returns true when the list of preflight was whole and holds no snapshot of this name.
---@param ctx table
---@param name string
---@return boolean
function M.is_free(ctx, name)
  if not ctx.listed or #ctx.listed >= policy.ask("resolution.query").limit then return false end
  for _, snapshot in ipairs(ctx.listed) do
    if snapshot.name == name then return false end
  end
  return true
end

local function named(list, name)
  for _, snapshot in ipairs(list) do
    if snapshot.name == name then return snapshot end
  end
end

local function find(ctx)
  local list = M.list(ctx)
  local is_superseded, name = policy.ask("snapshot.superseded", {
    name = ctx.name, snapshots = list, region = ctx.args.region,
    allowed = ctx.args.is_older_allowed or ctx.args.on_newer == "publish",
  })
  if not is_superseded then return nil end
  return { name = type(name) == "string" and name or "another one", record = named(list, name) }
end

local function skip(ctx, found)
  ctx.ui:note(("%s is newer, so %s is not made"):format(terminal.clean(found.name), ctx.name))
  ctx.snapshot, ctx.name, ctx.is_skipped = found.record, found.record.name, true
  ctx.ref, ctx.digest, ctx.content = nil, nil, nil -- they are of this run's own image
end

local function give_way(ctx, found)
  if ctx.args.on_newer == "skip" and found.record then return skip(ctx, found) end
  err.raise(err.new{
    kind = "conflict", op = "snapshot.register",
    message = ("%s is superseded: %s is newer and usable, or soon will be"):format(ctx.name,
      terminal.clean(found.name)),
    hint = "use the newer one (--on-newer skip), or register this one all the same "
      .. "(--allow-older)",
  })
end

--- Looks for a newer snapshot before anything is made. With `--on-newer skip` that one becomes the
--- result; raises `conflict` otherwise.
---@param ctx table
function M.check(ctx)
  local found = find(ctx)
  if found then give_way(ctx, found) end
end

local function withdraw(ctx)
  local snapshot = ctx.snapshot
  local _, failure = task.try(ctx.provider.delete_snapshot, snapshot.id)
  if failure and failure.kind ~= "not_found" then
    failure.hint = ("%s is registered, and becomes the newest one; delete it: %s"):format(ctx.name,
      ("os2 -e 'daytona.delete_snapshot(%q)'"):format(snapshot.id))
    err.raise(failure)
  end
  ctx.snapshot, ctx.is_create_sent = nil, false
  leftovers.remember(ctx)
end

--- Looks once more after the registration: a newer snapshot that was registered between the last
--- look and this run's own registration would not be the newest one by its time of creation. The
--- run's own registration is withdrawn then.
---@param ctx table
function M.check_again(ctx)
  -- what another run has registered under this name is not this run's to withdraw
  if ctx.snapshot.imageName ~= ctx.ref then return end
  local found = find(ctx)
  if not found then return end
  withdraw(ctx)
  give_way(ctx, found)
end

return M
