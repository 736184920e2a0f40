--- Snapshot step: registers the image in the further regions that were asked for, one after the
--- other: Daytona pulls an image once at a time.
local err = require("os2.err")
local leftovers = require("os2.flows.snapshot.leftovers")
local listed = require("os2.flows.snapshot.listed")
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
  if found then wish.record, wish.name = found, found.name end
  return found and registration.await(wish) or registration.publish(wish)
end

local function row_of(region, snapshot)
  return { region = region, name = snapshot.name, id = snapshot.id, state = snapshot.state }
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

-- The preflight has checked the regions of a run that does not resume another.
local function further(ctx)
  local list, all = {}, ctx.args.regions or {}
  for index = 2, #all do
    list[index - 1] = ctx.is_resumed and region_flow.check(ctx.provider, all[index]) or all[index]
  end
  return list
end

--- Runs the step. Raises what stopped it, with the regions that are missing in its message.
---@param ctx table
function M.run(ctx)
  local todo = further(ctx)
  if #todo == 0 then return end
  ctx.has_verdict = true -- the first one is live; an error says what is missing
  ctx.regions = { row_of(ctx.args.region, ctx.snapshot) }
  local name = ctx.name
  for index, region in ipairs(todo) do
    local phase <close> = ctx.ui:phase("region " .. region)
    local made, failure = task.try(publish, ctx, region, name, phase)
    if failure then explain(ctx, table.move(todo, index, #todo, 1, {}), failure) end
    ctx.regions[index + 1], name = row_of(region, made), made.name
    resolve.forget(ctx.provider, region)
    phase:done(("%s · id %s"):format(made.name, made.id))
  end
end

return M
