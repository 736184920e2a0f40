--- Which snapshot a machine is made from: the newest usable one, or one that was only turned off
--- for want of use and is activated again.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local resolve = require("os2.flows.resolve")
local task = require("os2.task")

---@class os2.flows.machine.snapshot
local M = {}

local TRIES <const> = 3 -- refused snapshots until a create is given up
local NAP <const> = 0.05 -- seconds between two looks at what another task chooses

local function look(ctx, name)
  return ctx.provider.find_snapshot(name)
end

local function is_ready(ctx, snapshot)
  local verdict = policy.ask("snapshot.progress", { snapshot = snapshot })
  if verdict == "failed" then
    ctx.ui:note(("%s did not become active: it is %s"):format(snapshot.name, snapshot.state))
    return nil
  end
  return verdict == "ready"
end

-- Waits until an activated snapshot is active; false where it does not become so.
local function wait_until_active(ctx, snapshot)
  local due, attempt = clock.monotonic() + policy.ask("timeouts.activate"), 0
  while snapshot and clock.monotonic() < due do
    local ready = is_ready(ctx, snapshot)
    if ready ~= false then return ready or false end
    attempt = attempt + 1
    task.sleep(policy.ask("poll.interval", { attempt = attempt }))
    snapshot = look(ctx, snapshot.id)
  end
  return false
end

-- Somebody else may have activated it a moment ago.
local function ask_to_activate(ctx, snapshot)
  local asked, failure = task.try(ctx.provider.activate_snapshot, snapshot.id)
  if asked then return asked end
  local found = look(ctx, snapshot.id)
  if found and found.state ~= "inactive" then return found end
  return nil, failure
end

local function activate(ctx, snapshot)
  local phase <close> = ctx.ui:phase("activate")
  phase:show(snapshot.name .. " was turned off for want of use")
  local asked, failure = ask_to_activate(ctx, snapshot)
  if asked and wait_until_active(ctx, asked) then
    phase:done(snapshot.name .. " was turned off for want of use and is active again")
    resolve.forget(ctx.provider)
    return true
  end
  phase:done(("%s was turned off for want of use and cannot be activated now%s"):format(
    snapshot.name, failure and ": " .. failure.message or ""))
  return false
end

-- Activates a snapshot if it aged out, and says why not; returns whether machines can start then.
local function revive_one(ctx, snapshot)
  if snapshot.state == "active" then return true end
  local has_aged, why = policy.ask("machine.aged_out", { snapshot = snapshot })
  if has_aged then return activate(ctx, snapshot) end
  ctx.ui:note(("%s is left alone: %s"):format(snapshot.name, why))
  return false
end

-- Returns the first of these that is active, or is so again.
local function revive(ctx, names)
  for _, name in ipairs(names) do
    local snapshot = look(ctx, name)
    if snapshot and revive_one(ctx, snapshot) then return snapshot end
  end
end

-- The inactive snapshots of the prefix, newest first.
local function inactive_names(ctx)
  local names = {}
  for _, prefix in ipairs(policy.ask("resolution.prefixes")) do
    for page in ctx.provider.pages(policy.ask("resolution.query", { prefix = prefix })) do
      local _, details = policy.ask("resolution.pick", { snapshots = page, prefix = prefix })
      for _, name in ipairs(details and details.newer_inactive or {}) do
        names[#names + 1] = name
      end
    end
  end
  return names
end

-- There is no active one: one that aged out may be activated.
local function revive_any(ctx, failure)
  if failure.kind ~= "not_found" or ctx.provider.is_local then err.raise(failure) end
  local revived = revive(ctx, inactive_names(ctx))
  if not revived then err.raise(failure) end
  return { name = revived.name, id = revived.id }
end

local function newest(ctx, is_refresh)
  local answer, failure = task.try(resolve.run, {
    prefix = ctx.args.prefix, provider = ctx.args.provider, is_refresh = is_refresh,
  }, ctx.ui)
  if not answer then return revive_any(ctx, failure) end
  local revived = not answer.pinned and revive(ctx, answer.newer_inactive)
  if revived then return { name = revived.name, id = revived.id } end
  if #answer.newer_inactive > 0 then
    ctx.ui:note(("taking the next usable snapshot: %s"):format(answer.name))
  end
  return { name = answer.name, id = answer.id, is_pinned = answer.pinned }
end

--- Chooses the snapshot of a run: the one that is given, or the newest.
---@param ctx os2.flows.machine.ctx
---@return {name: string, id: string?, is_pinned: boolean?}
function M.choose(ctx)
  if ctx.args.snapshot then return { name = ctx.args.snapshot, is_pinned = true } end
  return newest(ctx, false)
end

local function refuse_pinned(name, found, failure)
  failure.kind = found and "conflict" or "not_found"
  failure.hint = found
    and ("activate it: os2 -e 'daytona.activate_snapshot(%q)'; or leave --snapshot away")
      :format(name)
    or "leave --snapshot away for the newest one of the prefix"
  err.raise(failure)
end

-- Nothing else may stand in for the one that was named.
local function keep_pinned(ctx, name, failure)
  local found = look(ctx, name)
  if not found or not revive_one(ctx, found) then refuse_pinned(name, found, failure) end
  return { name = name, is_pinned = true }
end

local function choose_again(ctx, refused, failure)
  if refused.is_pinned then return keep_pinned(ctx, refused.name, failure) end
  return newest(ctx, true)
end

--- Chooses anew after the API refused a snapshot; tasks that were refused the same one choose once.
--- Raises the refusal where there is nothing else.
---@param ctx os2.flows.machine.ctx
---@param refused table  what `choose` returned
---@param failure os2.Err
function M.replace(ctx, refused, failure)
  while ctx.is_choosing do task.sleep(NAP) end
  if ctx.snapshot ~= refused then return end
  ctx.refusals = (ctx.refusals or 0) + 1
  if ctx.refusals >= TRIES then err.raise(failure) end
  ctx.is_choosing = true
  local _ <close> = setmetatable({}, { __close = function() ctx.is_choosing = false end })
  ctx.snapshot = choose_again(ctx, refused, failure)
end

return M
