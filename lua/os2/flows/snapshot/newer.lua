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

local function is_skipping(ctx)
  return ctx.args.on_newer == "skip"
end

local function without(list, record)
  local others = {}
  for _, snapshot in ipairs(list) do
    if not record or snapshot.id ~= record.id then others[#others + 1] = snapshot end
  end
  return others
end

-- own_record: what the run has registered itself in a further region, under a name after its own
local function find(ctx, region, own_record)
  local list = without(run_key.others(ctx, ctx.listed), own_record)
  local is_superseded, name = policy.ask("snapshot.superseded", {
    name = ctx.name, snapshots = list, listed = ctx.listed, region = region,
    allowed = ctx.args.is_older_allowed or ctx.args.on_newer == "publish",
  })
  if not is_superseded then return nil end
  return {
    name = type(name) == "string" and name or "another one", record = named(list, name),
    region = region,
  }
end

local function has_several(ctx)
  return #(ctx.args.regions or {}) > 1
end

local function note(ctx, found)
  ctx.ui:note(("%s is newer%s, so %s is not made%s"):format(terminal.clean(found.name),
    has_several(ctx) and " in " .. found.region or "", ctx.name,
    has_several(ctx) and " there" or ""))
end

local function refuse(ctx, found)
  err.raise(err.new{
    kind = "conflict", op = "snapshot.register",
    message = ("%s is superseded%s: %s is newer and usable, or soon will be"):format(ctx.name,
      has_several(ctx) and " in " .. found.region or "", terminal.clean(found.name)),
    hint = "use the newer one (--on-newer skip), or register this one all the same "
      .. "(--allow-older)",
  })
end

-- The newer one becomes the result, where it is known.
local function give_way(ctx, found)
  if not (is_skipping(ctx) and found.record) then refuse(ctx, found) end
  note(ctx, found)
  ctx.snapshot, ctx.name, ctx.is_skipped = found.record, found.record.name, true
  ctx.ref, ctx.digest, ctx.content = nil, nil, nil -- they are of this run's own image
end

-- Returns what is newer in each region of the run, and the first region where nothing is.
local function look_everywhere(ctx)
  local newer, free = {}, nil
  for _, region in ipairs(ctx.args.regions) do
    local found = find(ctx, region)
    newer[#newer + 1] = found
    free = free or not found and region or nil
  end
  return newer, free
end

-- The run begins in the first region that has nothing newer; the step regions looks at the others.
-- Returns what is newer where there is no such region, or where a newer one ends the run.
local function find_where_to_begin(ctx)
  if not has_several(ctx) then return find(ctx, ctx.args.region) end
  local newer, free = look_everywhere(ctx)
  if not newer[1] or not free or not is_skipping(ctx) then return newer[1] end
  ctx.args.region = free
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
--- `--on-newer skip`; otherwise that raises `conflict`. Of several regions, those with a newer one
--- are then left out: `ctx.args.region` becomes the first of the others.
---@param ctx table
function M.check(ctx)
  listed.list(ctx)
  if run_key.look(ctx, listed.list, follow) then return end
  local before = ctx.args.region
  local found = find_where_to_begin(ctx)
  if found then return give_way(ctx, found) end
  -- an earlier run with this key may have begun there, too
  if ctx.args.region ~= before then run_key.look(ctx, listed.list, follow) end
end

local function delete(ctx, snapshot)
  local _, failure = task.try(ctx.provider.delete_snapshot, snapshot.id)
  if not failure or failure.kind == "not_found" then return end
  failure.hint = ("%s is registered, and becomes the newest one; delete it: %s"):format(
    snapshot.name, leftovers.delete_command(snapshot.name))
  err.raise(failure)
end

local function withdraw(ctx)
  delete(ctx, ctx.snapshot)
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
---@return boolean? is_withdrawn  for another run with its key, which is to be looked for, or
---  because the run is to begin in another region
function M.check_again(ctx)
  -- what another run has registered under this name is not this run's to withdraw
  if not own.is_own(ctx) then return end
  listed.list(ctx)
  if run_key.give_way(ctx) then
    leftovers.remember(ctx)
    return true
  end
  local found = find(ctx, ctx.args.region)
  if not found then return end
  withdraw(ctx)
  found = find_where_to_begin(ctx)
  if not found then return true end
  give_way(ctx, found)
end

--- Returns the hooks of a registration in a further region: before it and after it they look for a
--- newer snapshot there. With `--on-newer skip`, `wish.newer` is that one then, and none of the
--- run's own stays; otherwise that raises `conflict`.
---@param ctx table
---@param wish os2.flows.snapshot.registration.wish
---@return os2.flows.snapshot.registration.hooks
function M.hooks(ctx, wish)
  local function look()
    listed.list(ctx)
    local found = find(ctx, wish.region, wish.record)
    if not found then return false end
    if wish.record then delete(ctx, wish.record) end
    if not (is_skipping(ctx) and found.record) then refuse(ctx, found) end
    note(ctx, found)
    wish.newer = found.record
    return true
  end
  return { before = look, after = look }
end

return M
