--- Repeats a registration that collided with another one of the same image: Daytona pulls an image
--- (by digest) once at a time, and the later registration ends in an error.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local name = require("os2.flows.snapshot.name")
local policy = require("os2.policy")
local register = require("os2.flows.snapshot.register")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshot.again
local M = {}

--- Returns true when the run's own snapshot has failed in this way and is to be registered again.
---@param ctx table
---@return boolean
function M.is_wanted(ctx)
  -- this run continues with what another run has registered
  if ctx.ref == nil or ctx.snapshot.imageName ~= ctx.ref then return false end
  return (policy.ask("snapshot.again", {
    snapshot = ctx.snapshot, attempt = ctx.registrations or 1,
  }))
end

-- Returns true when a snapshot is another registration of the same image, by Daytona's reference.
-- When a record has no reference, every earlier registration counts.
local function is_rival(snapshot, failed)
  if snapshot.general or snapshot.id == failed.id then return false end
  if policy.ask("snapshot.progress", { snapshot = snapshot }) ~= "waiting" then return false end
  if type(failed.ref) == "string" and type(snapshot.ref) == "string" then
    return snapshot.ref == failed.ref
  end
  return tostring(snapshot.createdAt) <= tostring(failed.createdAt)
end

-- One page is enough, because a registration in progress is new.
local function rival_of(ctx, failed)
  local page = ctx.provider.pages{
    sort = policy.ask("resolution.sort"), order = "desc", limit = policy.ask("resolution.limit"),
  }()
  for _, snapshot in ipairs(page or {}) do
    if is_rival(snapshot, failed) then return snapshot end
  end
end

-- The surrounding wait has the deadline.
local function wait_until(ctx, is_so)
  waiting.run(ctx.ui, {
    seconds = ctx.args.timeout or policy.ask("timeouts.activate"),
    step = function() return is_so() or nil end,
    late = function() end,
  })
end

local function keep_name(ctx, failed)
  if ctx.args.name then return false end
  ctx.ui:warn(("the snapshot %s stays in state error; delete it: %s"):format(failed.name,
    ("os2 -e 'daytona.delete_snapshot(%q)'"):format(failed.id)))
  name.move_on(ctx)
  return true
end

-- The name stays taken until the failed snapshot is deleted. With a key that may not delete, the
-- run continues under the next name.
local function make_room(ctx, failed)
  local _, failure = task.try(ctx.provider.delete_snapshot, failed.id)
  if not failure or failure.kind == "not_found" then
    return wait_until(ctx, function() return not ctx.provider.find_snapshot(failed.id, true) end)
  end
  if failure.kind ~= "denied" or not keep_name(ctx, failed) then err.raise(failure) end
end

--- Waits until the other registration has ended, then registers again.
---@param ctx table
---@param phase table
function M.run(ctx, phase)
  local failed = ctx.snapshot
  ctx.registrations = (ctx.registrations or 1) + 1
  ctx.ui:note("Daytona is still registering the same image for another snapshot; this one is "
    .. "registered again afterwards")
  phase:show("waiting for another registration of the same image")
  make_room(ctx, failed)
  ctx.snapshot, ctx.is_create_sent = nil, false
  leftovers.remember(ctx)
  wait_until(ctx, function() return not rival_of(ctx, failed) end)
  register.again(ctx)
end

return M
