--- The snapshot from which machines are made: the newest usable one, or one that was deactivated
--- because it was not used and is activated again.
local err = require("os2.err")
local policy = require("os2.policy")
local region = require("os2.flows.region")
local resolve = require("os2.flows.resolve")
local revive = require("os2.flows.machine.revive")
local task = require("os2.task")

---@class os2.flows.machine.snapshot
local M = {}

local function question_of(ctx, prefix, page)
  return {
    snapshots = page, prefix = prefix, region = ctx.region, refused = ctx.refused,
    is_local = ctx.provider.is_local,
  }
end

-- Returns the names of the prefix's inactive snapshots, newest first.
local function inactive_names(ctx)
  local names = {}
  for _, prefix in ipairs(policy.ask("resolution.prefixes")) do
    for page in ctx.provider.pages(policy.ask("resolution.query", { prefix = prefix })) do
      local _, details = policy.ask("resolution.pick", question_of(ctx, prefix, page))
      for _, name in ipairs(details and details.newer_inactive or {}) do
        names[#names + 1] = name
      end
    end
  end
  return names
end

-- When there is no active snapshot, one that was deactivated because it was not used may be
-- activated.
local function revive_any(ctx, failure)
  if failure.kind ~= "not_found" or ctx.provider.is_local then err.raise(failure) end
  if ctx.region then ctx.region = region.check(ctx.provider, ctx.region) end
  local revived = revive.first(ctx, inactive_names(ctx))
  if revived then return { name = revived.name, id = revived.id } end
  revive.check_cooling(ctx)
  err.raise(failure)
end

local function newest(ctx, is_refresh)
  local answer, failure = task.try(resolve.run, {
    prefix = ctx.args.prefix, provider = ctx.args.provider, is_refresh = is_refresh,
    -- whether a pinned snapshot exists is found out by the create itself
    region = ctx.region, refused = ctx.refused, is_unchecked = true,
  }, ctx.ui)
  if not answer then return revive_any(ctx, failure) end
  local revived = not answer.pinned and revive.first(ctx, answer.newer_inactive)
  if revived then return { name = revived.name, id = revived.id } end
  if #answer.newer_inactive > 0 then
    ctx.ui:note(("taking the next usable snapshot: %s"):format(answer.name))
  end
  return {
    name = answer.name, id = answer.id,
    pinned_by = answer.pinned and "unset DAYTONA_SNAPSHOT_PIN (policy resolution.pin)" or nil,
  }
end

---@class os2.flows.machine.snapshot.choice
---@field name string
---@field id string?
---@field pinned_by string?  how to choose another one, when this one was named by the user

--- Chooses the snapshot of a run: the one that is given, or the newest.
---@param ctx os2.flows.machine.ctx
---@return os2.flows.machine.snapshot.choice
function M.choose(ctx)
  if ctx.args.snapshot then
    return { name = ctx.args.snapshot, pinned_by = "leave --snapshot away" }
  end
  return newest(ctx, false)
end

local function way_on(refused, found)
  local other = refused.pinned_by .. " for the newest one of the prefix"
  if not found then return other end
  if found.state == "active" then
    local regions = type(found.regionIds) == "table" and table.concat(found.regionIds, ", ") or ""
    return ("%s%s"):format(regions ~= "" and ("it is in %s: choose the region with --region; or ")
      :format(regions) or "", other)
  end
  return ("activate it: os2 snapshot activate %s; or %s"):format(refused.name, other)
end

-- A snapshot that the user has named is not replaced by another one.
local function keep_pinned(ctx, refused, failure)
  local found = ctx.provider.find_snapshot(refused.name)
  if found and found.state ~= "active" and revive.one(ctx, found) then return refused.name end
  revive.check_cooling(ctx)
  failure.kind = found and "conflict" or "not_found"
  failure.hint = way_on(refused, found)
  err.raise(failure)
end

-- A refusal may name the region in which the machines of this organization start.
local function learn(ctx, refused, failure)
  ctx.refused = ctx.refused or {}
  ctx.refused[refused.name] = failure.message
  local wanted = ctx.machines.region_of_refusal(failure)
  if not wanted or ctx.region then return end
  ctx.region, ctx.refused = wanted, nil
end

local function choose_again(ctx, refused, failure)
  if refused.pinned_by then
    return { name = keep_pinned(ctx, refused, failure), pinned_by = refused.pinned_by }
  end
  local found = ctx.provider.find_snapshot(refused.name)
  if not found or found.state == "active" then learn(ctx, refused, failure) end
  return newest(ctx, true)
end

local function tell(ctx, refused, failure)
  local name = ctx.snapshot.name
  if name == refused.name then return end
  ctx.ui:note(("from snapshot %s, not %s: %s"):format(name, refused.name, failure.message))
end

--- Chooses another snapshot after the API has refused one. Tasks that were refused the same
--- snapshot choose once. Raises the refusal when there is no other snapshot.
---@param ctx os2.flows.machine.ctx
---@param refused table  what `choose` returned
---@param failure os2.Err
function M.replace(ctx, refused, failure)
  while ctx.is_choosing do task.sleep(policy.ask("poll.interval", { attempt = 1 })) end
  if ctx.snapshot ~= refused then return end
  ctx.refusals = (ctx.refusals or 0) + 1
  if ctx.refusals >= policy.ask("machine.refusals") then err.raise(failure) end
  ctx.is_choosing = true
  local _ <close> = setmetatable({}, { __close = function() ctx.is_choosing = false end })
  ctx.snapshot = choose_again(ctx, refused, failure)
  tell(ctx, refused, failure)
end

return M
