--- Snapshot step: the pushed image, registered as a snapshot; on this machine the built one, tagged
--- as one.
---
--- POST /snapshots is never repeated blindly: after a 409 or a lost answer one GET says what is
--- there.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local name = require("os2.flows.snapshot.name")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.flows.snapshot.register
local M = {}

local function create(ctx)
  ctx.is_create_sent = true
  leftovers.remember(ctx)
  return ctx.provider.create_snapshot{
    name = ctx.name, imageName = ctx.ref, regionId = ctx.args.region,
    cpu = ctx.args.cpu or policy.ask("snapshot.cpu"),
    memory = ctx.args.memory or policy.ask("snapshot.memory"),
    disk = ctx.args.disk or policy.ask("snapshot.disk"),
  }
end

local function is_taken(failure)
  return failure.kind == "exists" or failure.kind == "conflict"
end

-- Also what was turned away (429) or never sent: to look once is cheap, and then it goes again.
local UNCLEAR <const> = { network = true, timeout = true, unavailable = true, protocol = true }

-- The API names the limit, not what to do.
local function explain_quota(ctx, failure)
  failure.hint = failure.hint or "delete or deactivate snapshots, or ask for less with --cpu, "
    .. "--memory and --disk; then go on: " .. leftovers.resume_command(ctx)
  return failure
end

local function pause_for_name(ctx, failure, attempt)
  if attempt >= policy.ask("retry.attempts") then name.refuse(ctx, nil, failure.message) end
  task.sleep(policy.ask("poll.interval", { attempt = attempt }))
end

-- The GET before has shown that the create did nothing, so it may go again.
local function pause_for_server(failure, attempt)
  local delay = policy.ask("retry.delay", {
    idempotent = true, attempt = attempt, err = failure, random = math.random(),
  })
  if not delay then err.raise(failure) end
  task.sleep(delay)
end

-- What to do after a create that gave no snapshot; returns the snapshot when it is there after all.
local function after_failure(ctx, failure, attempt)
  local found = ctx.provider.find_snapshot(ctx.name)
  ctx.is_create_sent = false
  local action, why = policy.ask("snapshot.on_conflict", {
    snapshot = found, ref = ctx.ref, named = ctx.args.name ~= nil,
    lost = UNCLEAR[failure.kind] or false,
    attempt = attempt,
  })
  if action == "use" or action == "wait" then
    if found then return found end
    policy.refuse("snapshot.on_conflict",
      ("the answer is %s, but there is no snapshot %s; answer retry, rename or fail"):format(action,
        ctx.name))
  end
  if action == "fail" then name.refuse(ctx, found, why) end
  if action == "rename" then return name.move_on(ctx) end
  if is_taken(failure) then return pause_for_name(ctx, failure, attempt) end
  pause_for_server(failure, attempt)
end

local function register(ctx)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local snapshot, failure = task.try(create, ctx)
    if failure and not (is_taken(failure) or UNCLEAR[failure.kind]) then
      ctx.is_create_sent = false
      err.raise(failure.kind == "quota" and explain_quota(ctx, failure) or failure)
    end
    snapshot = snapshot or after_failure(ctx, failure, attempt)
    if snapshot then return snapshot end
  end
end

-- A build that took longer than a later one must not become the newest by being registered last.
local function check_not_superseded(ctx)
  local page = ctx.provider.pages(policy.ask("resolution.query"))()
  local is_superseded, newer = policy.ask("snapshot.superseded", {
    name = ctx.name, snapshots = page, allowed = ctx.args.is_older_allowed or false,
  })
  if not is_superseded then return end
  err.raise(err.new{
    kind = "conflict", op = "snapshot.register",
    message = ("%s is superseded: %s is newer and usable already"):format(ctx.name,
      type(newer) == "string" and newer or "another one"),
    hint = "use the newer one, or say --allow-older to register this one all the same",
  })
end

-- Podman writes an id now with its algorithm and now without.
local function bare(id)
  return (id:gsub("^sha256:", ""))
end

-- Until here nothing but the run's own tag says that there is an image.
local function keep_here(ctx)
  local found = ctx.provider.find_snapshot(ctx.name)
  if found and bare(found.id) ~= bare(ctx.image.Id) then
    name.refuse(ctx, found, "another run has made it meanwhile")
  end
  ctx.snapshot = ctx.provider.create_snapshot{ name = ctx.name, image = ctx.image.Id }
end

--- The step itself.
---@param ctx table
function M.run(ctx)
  if ctx.provider.is_local then return keep_here(ctx) end
  local phase <close> = ctx.ui:phase("register")
  check_not_superseded(ctx)
  local snapshot = register(ctx)
  ctx.snapshot = snapshot
  leftovers.remember(ctx)
  phase:done(("%s cpu · %s GB memory · %s GB disk · id %s"):format(snapshot.cpu, snapshot.mem,
    snapshot.disk, snapshot.id))
end

return M
