--- Activates a snapshot again that Daytona has deactivated because it was not used, or waits for
--- another process that does.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local resolve = require("os2.flows.resolve")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.machine.revive
local M = {}

local function look(ctx, name)
  return ctx.provider.find_snapshot(name)
end

local function is_reviving(snapshot)
  return (policy.ask("resolution.reviving", { snapshot = snapshot }))
end

-- Returns what the record of a snapshot that is to become active means: "ready", "failed", or nil
-- for neither.
local function verdict_of(ctx, snapshot)
  if not snapshot then return "failed" end
  local verdict = policy.ask("snapshot.progress", { snapshot = snapshot })
  if verdict == "failed" then
    ctx.ui:note(("%s did not become active: it is %s"):format(snapshot.name, snapshot.state))
  end
  return verdict ~= "waiting" and verdict or nil
end

-- Waits until a snapshot that is being activated is active. Returns false when it does not become
-- active.
local function wait_until_active(ctx, snapshot)
  local found = snapshot
  return waiting.run(ctx.ui, {
    seconds = policy.ask("timeouts.activate"),
    step = function()
      local verdict = verdict_of(ctx, found)
      if not verdict then
        found = ctx.provider.find_snapshot(snapshot.id, true)
        verdict = verdict_of(ctx, found)
      end
      return verdict
    end,
    late = function() end,
    news = { provider = ctx.provider, about = function() return snapshot.id end },
  }) == "ready"
end

-- Another process may have activated the snapshot a moment ago.
local function ask_to_activate(ctx, snapshot)
  local asked, failure = task.try(ctx.provider.activate_snapshot, snapshot.id)
  if asked then return asked end
  local found = look(ctx, snapshot.id)
  if found and found.state ~= "inactive" then return found end
  return nil, failure
end

-- Daytona refuses an activation within some minutes after it has deactivated a snapshot.
local function remember_cooling(ctx, snapshot, failure)
  local turned_off = clock.parse_iso(tostring(snapshot.updatedAt))
  if ctx.cooling or not turned_off or not failure or not ctx.provider.is_cooling(failure) then
    return
  end
  ctx.cooling = { name = snapshot.name, from = turned_off + policy.ask("machine.cooldown") }
end

local function activate(ctx, snapshot)
  local phase <close> = ctx.ui:phase("activate")
  phase:show(snapshot.name .. " was deactivated for lack of use")
  local asked, failure = ask_to_activate(ctx, snapshot)
  if asked and wait_until_active(ctx, asked) then
    phase:done(snapshot.name .. " was deactivated for lack of use and is active again")
    resolve.forget(ctx.provider, ctx.region)
    return true
  end
  remember_cooling(ctx, snapshot, failure)
  phase:done(("%s was deactivated for lack of use and cannot be activated now%s"):format(
    snapshot.name, failure and ": " .. failure.message or ""))
  return false
end

local function follow(ctx, snapshot)
  local phase <close> = ctx.ui:phase("activate")
  phase:show(("another run activates %s"):format(snapshot.name))
  local is_active = wait_until_active(ctx, snapshot)
  phase:done(is_active and ("another run has activated %s"):format(snapshot.name)
    or ("another run's activation of %s did not succeed"):format(snapshot.name))
  return is_active
end

--- Makes a snapshot usable that Daytona has deactivated because it was not used, or that is being
--- activated again. Returns true when machines can start from it; otherwise reports why not.
---@param ctx os2.flows.machine.ctx
---@param snapshot table
---@return boolean
function M.one(ctx, snapshot)
  if snapshot.state == "active" then return true end
  if is_reviving(snapshot) then return follow(ctx, snapshot) end
  local has_aged, why = policy.ask("machine.aged_out", { snapshot = snapshot })
  if has_aged then return activate(ctx, snapshot) end
  ctx.ui:note(("%s is not activated: %s"):format(snapshot.name, why))
  return false
end

--- Returns the first of these snapshots that is active, or has become active again.
---@param ctx os2.flows.machine.ctx
---@param names string[]
---@return table? snapshot
function M.first(ctx, names)
  for _, name in ipairs(names) do
    local snapshot = look(ctx, name)
    if snapshot and M.one(ctx, snapshot) then return snapshot end
  end
end

--- Raises `unavailable` (exit 75) with the time from which the newest snapshot can be activated.
---@param ctx os2.flows.machine.ctx
function M.check_cooling(ctx)
  local cooling = ctx.cooling
  if not cooling then return end
  err.raise(err.new{
    kind = "unavailable", op = "machine.create",
    message = ("the snapshot %s was deactivated for lack of use; Daytona activates it from %s on")
      :format(cooling.name, clock.iso(math.ceil(cooling.from))),
    hint = "run again then; or make a new one: os2 snapshot",
  })
end

return M
