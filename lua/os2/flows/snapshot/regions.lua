--- Snapshot step: registers the image in the further regions that were asked for, one after the
--- other: Daytona pulls an image once at a time.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local listed = require("os2.flows.snapshot.listed")
local newer = require("os2.flows.snapshot.newer")
local policy = require("os2.policy")
local region_flow = require("os2.flows.region")
local registration = require("os2.flows.snapshot.registration")
local resolve = require("os2.flows.resolve")
local sizes = require("os2.flows.snapshot.sizes")
local task = require("os2.task")

---@class os2.flows.snapshot.regions
local M = {}

local function has(list, wanted)
  for _, word in ipairs(type(list) == "table" and list or {}) do
    if word == wanted then return true end
  end
  return false
end

-- What an earlier run has registered there of the same image, if it has not failed.
local function find(ctx, region)
  for _, snapshot in ipairs(ctx.listed) do
    if not snapshot.general and snapshot.imageName == ctx.snapshot.imageName
      and has(snapshot.regionIds, region)
      and policy.ask("snapshot.progress", { snapshot = snapshot }) ~= "failed" then
      return snapshot
    end
  end
end

local function wish_for(ctx, region, name)
  local wish = sizes.registered(ctx)
  wish.provider, wish.ui, wish.region, wish.timeout = ctx.provider, ctx.ui, region, ctx.args.timeout
  wish.name, wish.image = policy.ask("naming.next", { name = name }), ctx.snapshot.imageName
  return wish
end

local function publish(ctx, region, name, phase)
  listed.list(ctx)
  local wish, found = wish_for(ctx, region, name), find(ctx, region)
  wish.phase = phase
  if found then
    wish.record, wish.name = found, found.name
    return registration.await(wish)
  end
  wish.on = newer.hooks(ctx, wish)
  return registration.publish(wish) or wish.newer, wish.newer ~= nil
end

local function row_of(region, snapshot, is_skipped)
  return {
    region = region, name = snapshot.name, id = snapshot.id, state = snapshot.state,
    skipped = is_skipped or false,
  }
end

-- Names what is there, what is missing and the command that makes up for it.
local function explain(ctx, missing, failure)
  local there = {}
  for _, row in ipairs(ctx.regions) do
    there[#there + 1] = ("%s in %s"):format(row.name, row.region)
  end
  failure.message = ("%s; registered are %s, and missing is %s"):format(failure.message,
    table.concat(there, ", "), table.concat(missing, ", "))
  failure.hint = "make up for the missing ones: " .. leftovers.resume_command(ctx)
  err.raise(failure)
end

-- The preflight has checked the regions of a run that does not resume another. Where there was a
-- newer snapshot in the first ones, the run has begun in a later one; only the record tells that to
-- a run that resumes it.
local function begin_of(ctx, all)
  for index, region in ipairs(all) do
    if ctx.is_resumed then all[index] = region_flow.check(ctx.provider, region) end
  end
  for _, region in ipairs(ctx.is_resumed and all or {}) do
    if has(ctx.snapshot.regionIds, region) then return region end
  end
  return ctx.is_resumed and all[1] or ctx.args.region
end

-- Returns the region in which the run has begun, and those that are left.
local function further(ctx)
  local list, all = {}, table.move(ctx.args.regions or {}, 1, #(ctx.args.regions or {}), 1, {})
  local begin = begin_of(ctx, all)
  for _, region in ipairs(all) do
    if region ~= begin then list[#list + 1] = region end
  end
  return begin, list
end

--- Runs the step. Raises what stopped it, with the regions that are missing in its message.
---@param ctx table
function M.run(ctx)
  local begin, todo = further(ctx)
  if #todo == 0 then return end
  ctx.has_verdict = true -- the first one is live; an error says what is missing
  ctx.regions = { row_of(begin, ctx.snapshot) }
  local name = ctx.name
  for index, region in ipairs(todo) do
    local phase <close> = ctx.ui:phase("region " .. region)
    local made, failure, is_skipped = task.try(publish, ctx, region, name, phase)
    if failure then explain(ctx, table.move(todo, index, #todo, 1, {}), failure) end
    ctx.regions[index + 1] = row_of(region, made, is_skipped)
    if not is_skipped then name = made.name end
    resolve.forget(ctx.provider, region)
    phase:done(is_skipped and "not registered" or ("%s · id %s"):format(made.name, made.id))
  end
end

return M
