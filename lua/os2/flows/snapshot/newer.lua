--- Newer snapshots of the prefix: a build that takes long must not become the newest one because it
--- is registered last.
local err = require("os2.err")
local late = require("os2.flows.snapshot.late")
local leftovers = require("os2.flows.snapshot.leftovers")
local listed = require("os2.flows.snapshot.listed")
local own = require("os2.flows.snapshot.own")
local policy = require("os2.policy")
local registration = require("os2.flows.snapshot.registration")
local run_key = require("os2.flows.snapshot.run_key")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.newer
local M = {}

local function named(list, name)
  for _, snapshot in ipairs(list) do
    if snapshot.name == name then return snapshot end
  end
end

local function find(ctx)
  local list = run_key.others(ctx, ctx.listed)
  local is_superseded, name = policy.ask("snapshot.superseded", {
    name = ctx.name, snapshots = list, listed = ctx.listed, region = ctx.args.region,
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

-- Waits for the snapshot of another run with this run's key. Returns nil when it failed or is gone.
local function follow(ctx, snapshot)
  local own_name = ctx.name
  ctx.name, ctx.snapshot = snapshot.name, snapshot
  local active, failure = task.try(registration.await, {
    provider = ctx.provider, ui = ctx.ui, name = snapshot.name, is_named = true, record = snapshot,
    timeout = ctx.args.timeout,
    on = {
      change = function(wish)
        ctx.snapshot, ctx.has_verdict = wish.record, wish.has_verdict
        leftovers.remember(ctx)
      end,
      late = function(_, seconds, failure) late.fail(ctx, seconds, failure, true) end,
    },
  })
  if active then return active end
  local is_failed = failure.op == "snapshot.wait" and failure.kind ~= "timeout"
  if not is_failed then err.raise(failure) end
  ctx.name, ctx.snapshot, ctx.has_verdict = own_name, nil, false
end

--- Looks for the snapshot of another run with this run's key, then for a newer snapshot, before
--- anything is made. The former becomes the result once it is active, and so does a newer one with
--- `--on-newer skip`; otherwise that raises `conflict`.
---@param ctx table
function M.check(ctx)
  listed.list(ctx)
  if run_key.look(ctx, listed.list, follow) then return end
  local found = find(ctx)
  if found then give_way(ctx, found) end
end

local function withdraw(ctx)
  local snapshot = ctx.snapshot
  local _, failure = task.try(ctx.provider.delete_snapshot, snapshot.id)
  if failure and failure.kind ~= "not_found" then
    failure.hint = ("%s is registered, and becomes the newest one; delete it: %s"):format(ctx.name,
      leftovers.delete_command(ctx.name))
    err.raise(failure)
  end
  ctx.snapshot, ctx.is_create_sent = nil, false
  leftovers.remember(ctx)
end

--- Deletes the run's own snapshot where another run with its key has registered first. Waits.
---@param ctx table
---@return boolean is_withdrawn  then the other one is to be looked for
function M.gives_way(ctx)
  if not ctx.run_key or ctx.snapshot.imageName ~= ctx.ref then return false end
  listed.list(ctx)
  local is_withdrawn = run_key.give_way(ctx)
  leftovers.remember(ctx)
  return is_withdrawn
end

--- Looks once more after the registration: a newer snapshot that was registered between the last
--- look and this run's own registration would not be the newest one by its time of creation. The
--- run's own registration is withdrawn then, as it is where another run with its key has registered
--- first.
---@param ctx table
---@return boolean? is_withdrawn  for another run with its key, which is to be looked for
function M.check_again(ctx)
  -- what another run has registered under this name is not this run's to withdraw
  if not own.is_own(ctx) then return end
  listed.list(ctx)
  if run_key.give_way(ctx) then
    leftovers.remember(ctx)
    return true
  end
  local found = find(ctx)
  if not found then return end
  withdraw(ctx)
  give_way(ctx, found)
end

return M
