--- Rollback step: decides what is good and what is bad, and recognises what an earlier run has
--- done.
---
--- A rollback registers the good image anew, so afterwards the newest snapshot has an image that an
--- older one has, too. The snapshot before it, of another image, is the bad one.
local clock = require("os2.clock")
local compare = require("os2.flows.snapshot.compare")
local err = require("os2.err")
local nearest = require("os2.text.nearest")
local open = require("os2.flows.snapshots.open")
local policy = require("os2.policy")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.rollback.plan
local M = {}

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "snapshot.rollback", message = message, hint = hint })
end

local function shown(snapshot)
  return terminal.clean(snapshot.name)
end

local function latest_of(ctx)
  return (policy.ask("resolution.pick", {
    snapshots = ctx.listed, region = ctx.args.region, is_local = ctx.provider.is_local,
  }))
end

local function is_same(one, other)
  return (policy.ask("snapshot.same_image", { one = one, other = other }))
end

local function time_of(snapshot, field)
  local text = snapshot[field]
  return type(text) == "string" and clock.parse_iso(text) or 0
end

-- The list has the newest first, and is the order by which resolve decides: on the local engine,
-- times have whole seconds.
local function is_later(ctx, one, other)
  for _, snapshot in ipairs(ctx.listed) do
    if snapshot == other then return false end
    if snapshot == one then return true end
  end
  return false
end

local function is_own(snapshot)
  return not snapshot.general and policy.ask("naming.parse", { name = snapshot.name }) ~= nil
end

local function by_id(ctx, id, name)
  for _, snapshot in ipairs(ctx.listed) do
    -- on the local engine, several names are one image
    if snapshot.id == id and (not ctx.provider.is_local or snapshot.name == name) then
      return snapshot
    end
  end
end

-- Returns the registration of an image that was made after a snapshot, and is usable or will be.
local function registered_after(ctx, source, snapshot)
  for _, found in ipairs(ctx.listed) do
    if is_own(found) and found.name ~= source.name and is_later(ctx, found, snapshot)
      and is_same(found, source)
      and policy.ask("snapshot.progress", { snapshot = found }) ~= "failed" then
      return found
    end
  end
end

-- The API tells when a snapshot was turned off, the local engine does not.
local function was_left(ctx, snapshot, newest)
  return ctx.provider.is_local or time_of(snapshot, "updatedAt") >= time_of(newest, "createdAt")
end

-- Returns the snapshot that was the newest usable one before `newest` was registered, if it has
-- another image, and whether it is active still.
local function left_by(ctx, newest)
  for _, snapshot in ipairs(ctx.listed) do
    if is_own(snapshot) and is_later(ctx, newest, snapshot) then
      if is_same(snapshot, newest) then return nil end
      if snapshot.state == "active" then return snapshot, true end
      if snapshot.state ~= "error" and was_left(ctx, snapshot, newest) then
        return snapshot, false
      end
    end
  end
end

-- Returns an older snapshot with the image of this one.
local function older_of(ctx, newest)
  for _, snapshot in ipairs(ctx.listed) do
    if is_own(snapshot) and is_later(ctx, newest, snapshot) and is_same(snapshot, newest) then
      return snapshot
    end
  end
end

local function set(ctx, good, bad, again)
  ctx.source, ctx.bad = good, bad
  if again then
    ctx.snapshot, ctx.name, ctx.is_resumed = again, again.name, true
  end
end

-- Finishes what a run that was stopped has begun, if this is what is asked for now.
local function resume(ctx, latest)
  local memory = ctx.memory
  if not memory or ctx.args.to and ctx.args.to ~= memory.good_name then return false end
  local good = by_id(ctx, memory.good, memory.good_name)
  local bad = by_id(ctx, memory.bad, memory.bad_name)
  if not good or not bad then return false end
  local again = registered_after(ctx, good, bad)
  if not latest or latest.name ~= bad.name and not (again and latest.name == again.name) then
    return false
  end
  set(ctx, good, bad, again)
  ctx.ui:note(("going on with the rollback from %s to %s that was stopped"):format(shown(bad),
    shown(good)))
  return true
end

local function finish_before(ctx, newest, words)
  ctx.source = ctx.source or newest
  ctx.snapshot, ctx.name, ctx.is_finished_before = newest, newest.name, true
  ctx.ui:note(words)
end

local function find_given(ctx)
  local name, names = ctx.args.to, {}
  for index, snapshot in ipairs(ctx.listed) do
    names[index] = snapshot.name
    if snapshot.name == name or snapshot.id == name then return snapshot end
  end
  local found = ctx.provider.find_snapshot(name)
  if found and not policy.ask("naming.parse", { name = found.name }) then
    fail("invalid", ("%s has another prefix than %s"):format(shown(found), ctx.prefix),
      "take it over with os2 snapshot promote, or name the prefix with --prefix")
  end
  if found then return found end
  fail("not_found", ("there is no snapshot %s"):format(terminal.clean(name)),
    nearest.hint(name, names, ("`%s` lists them"):format(open.command(ctx, "list"))))
end

local function check_healthy(ctx, good)
  local is_healthy, why = policy.ask("snapshot.healthy", { snapshot = good })
  if is_healthy or ctx.args.is_unhealthy_allowed then return end
  fail("conflict", ("no rollback to %s: %s"):format(shown(good),
    type(why) == "string" and terminal.clean(why) or "policy snapshot.healthy refuses it"),
    "name another one with --to, or add --allow-unhealthy")
end

-- --to NAME: the image of that one is to be the newest, whatever has happened so far.
local function plan_given(ctx, latest)
  local good = find_given(ctx)
  check_healthy(ctx, good)
  if not latest then return set(ctx, good, nil, nil) end
  if latest.name == good.name then
    return finish_before(ctx, latest, shown(latest) .. " is the newest already")
  end
  if not is_same(latest, good) then
    return set(ctx, good, latest, registered_after(ctx, good, latest))
  end
  ctx.source = good
  local bad, is_active = left_by(ctx, latest)
  if is_active then return set(ctx, good, bad, latest) end
  finish_before(ctx, latest, ("%s has the image of %s and is the newest already"):format(
    shown(latest), shown(good)))
end

local function contents_of(ctx)
  local contents = {}
  for _, snapshot in ipairs(ctx.listed) do
    if is_own(snapshot) and not contents[snapshot.id] then
      contents[snapshot.id] = compare.content_of_snapshot(ctx, snapshot)
    end
  end
  return contents
end

local function refuse_unclear(ctx, latest, good, bad)
  local function to(snapshot) return open.command(ctx, "rollback", "--to " .. shown(snapshot)) end
  fail("conflict", ("%s has the image of %s, which is older than %s: it was rolled back or "
    .. "promoted again, and it is not clear which one is bad"):format(shown(latest), shown(good),
    shown(bad)), ("say it: %s makes %s the bad one, %s goes back to it"):format(to(good),
    shown(bad), to(bad)))
end

-- Returns true when the newest snapshot is itself the result of a rollback: nothing goes further
-- back by itself, because a run that was killed at its end is run again.
local function is_back(ctx, latest)
  local good = older_of(ctx, latest)
  local bad, is_active
  if good then bad, is_active = left_by(ctx, latest) end
  if not bad then return false end
  if is_active then refuse_unclear(ctx, latest, good, bad) end
  ctx.source = good
  finish_before(ctx, latest, ("%s has the image of %s, and %s is inactive: this is rolled back "
    .. "already; go further back with --to NAME"):format(shown(latest), shown(good), shown(bad)))
  return true
end

-- Returns the snapshots between the latest and the good one that are usable, and cannot be
-- registered again. Says why each is passed over.
local function tell_passed(ctx, latest, good)
  local passed = {}
  for _, snapshot in ipairs(ctx.listed) do
    if snapshot == good then break end
    local about = { snapshot = snapshot, is_local = ctx.provider.is_local }
    local is_registrable, why = policy.ask("snapshot.registrable", about)
    about.region = ctx.args.region
    if not is_registrable and is_own(snapshot) and is_later(ctx, latest, snapshot)
      and policy.ask("resolution.usable", about) then
      passed[#passed + 1] = snapshot
      ctx.ui:note(("%s is passed over: %s"):format(shown(snapshot),
        type(why) == "string" and terminal.clean(why) or "policy snapshot.registrable"))
    end
  end
  return passed
end

local function fail_without_target(ctx, latest, passed)
  local hint = ("name one with --to, also an inactive one: %s"):format(open.command(ctx, "list"))
  if passed[1] then
    hint = ("%s; or make %s the newest by what is left: %s"):format(hint, shown(passed[1]),
      open.command(ctx, "deactivate", shown(latest)))
  end
  fail("not_found", ("no usable snapshot that can be registered again is older than %s and has "
    .. "another content"):format(shown(latest)), hint)
end

local function plan_default(ctx, latest)
  if not latest then
    fail("not_found", ("no usable snapshot with the prefix %s to go back from"):format(ctx.prefix),
      "name the good one with --to NAME")
  end
  if is_back(ctx, latest) then return end
  local good = policy.ask("snapshot.rollback_target", {
    snapshots = ctx.listed, latest = latest, contents = contents_of(ctx),
    region = ctx.args.region, is_local = ctx.provider.is_local,
  })
  local passed = tell_passed(ctx, latest, good)
  if not good then fail_without_target(ctx, latest, passed) end
  check_healthy(ctx, good)
  set(ctx, good, latest, registered_after(ctx, good, latest))
end

--- Runs the step: sets `ctx.source`, `ctx.bad` and `ctx.name`, and `ctx.snapshot` where the good
--- image is registered already.
---@param ctx table
function M.run(ctx)
  local latest = latest_of(ctx)
  if not resume(ctx, latest) then
    if ctx.args.to then plan_given(ctx, latest) else plan_default(ctx, latest) end
  end
  ctx.name = ctx.name or policy.ask("snapshot.renewed_name", { snapshots = ctx.everywhere })
end

return M
