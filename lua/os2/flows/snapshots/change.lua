--- Changes one snapshot and waits until the change is there: activate, deactivate, delete.
local clock = require("os2.clock")
local err = require("os2.err")
local news = require("os2.flows.news")
local open = require("os2.flows.snapshots.open")
local policy = require("os2.policy")
local region = require("os2.flows.region")
local resolve = require("os2.flows.resolve")
local retry = require("os2.client.retry")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshots.change
local M = {}

---@class os2.flows.snapshots.goal
---@field verb string
---@field timeout string  the policy
---@field is_reached fun(found: table?): boolean
---@field refuse? fun(found: table?): string?  why it will not be reached

---@type table<string, os2.flows.snapshots.goal>
local GOALS <const> = {
  activate = {
    timeout = "timeouts.activate",
    is_reached = function(found) return found ~= nil and found.state == "active" end,
    refuse = function(found)
      if not found then return "it was deleted" end
      local verdict, why = policy.ask("snapshot.progress", { snapshot = found })
      if verdict ~= "failed" or found.state == "inactive" then return nil end
      return type(why) == "string" and why or "it is " .. found.state
    end,
  },
  deactivate = {
    timeout = "timeouts.snapshot_change",
    is_reached = function(found) return found ~= nil and found.state == "inactive" end,
    refuse = function(found) return not found and "it was deleted" or nil end,
  },
  delete = {
    timeout = "timeouts.snapshot_change",
    is_reached = function(found) return found == nil end,
    refuse = function() end,
  },
}

local function look(ctx, snapshot)
  return ctx.snapshots.get(ctx.provider.is_local and snapshot.name or snapshot.id, true)
end

-- Daytona refuses an activation for some minutes after a snapshot was deactivated.
local function explain_cooling(ctx, snapshot, failure)
  if not ctx.snapshots.is_cooling(failure) then return failure end
  local changed = clock.parse_iso(tostring(snapshot.updatedAt))
  local from = changed and changed + policy.ask("machine.cooldown")
  return err.new{
    kind = "unavailable", op = "snapshot.activate", cause = failure,
    message = ("%s was deactivated a moment ago; Daytona activates it %s"):format(snapshot.name,
      from and "from " .. clock.iso(math.ceil(from)) .. " on" or "some minutes later"),
    hint = "run again then",
  }
end

-- After a refusal or a lost answer the snapshot itself tells whether the change is there: another
-- process may have made it.
local function request(ctx, verb, snapshot)
  local _, failure = task.try(ctx.snapshots[verb], snapshot)
  if not failure then return end
  local is_open = retry.is_lost(failure) or failure.kind == "invalid" or failure.kind == "conflict"
    or failure.kind == "not_found"
  if is_open and GOALS[verb].is_reached(look(ctx, snapshot)) then return end
  err.raise(verb == "activate" and explain_cooling(ctx, snapshot, failure) or failure)
end

local function fail_late(ctx, verb, snapshot, seconds, failure)
  err.raise(err.new{
    kind = "timeout", op = "snapshot." .. verb,
    message = ("snapshot %s could not be seen to %s within %g s%s"):format(snapshot.name, verb,
      seconds, waiting.last_words(failure)),
    hint = "look at it: " .. open.command(ctx, "get", snapshot.name),
  })
end

local function wait(ctx, verb, snapshot)
  local goal, found = GOALS[verb], nil
  waiting.run(ctx.ui, {
    seconds = policy.ask(goal.timeout),
    step = function()
      found = look(ctx, snapshot)
      if goal.is_reached(found) then return true end
      local why = goal.refuse(found)
      if not why then return nil end
      err.raise(err.new{
        kind = "conflict", op = "snapshot." .. verb,
        message = ("snapshot %s: %s"):format(snapshot.name, why),
        hint = "look at it: " .. open.command(ctx, "get", snapshot.name),
      })
    end,
    late = function(seconds, failure) fail_late(ctx, verb, snapshot, seconds, failure) end,
    news = {
      provider = ctx.provider, about = function() return snapshot.id, snapshot.name end,
    },
  })
  return found
end

--- Forgets what this user's resolves have cached about a prefix.
---@param ctx os2.flows.snapshots.ctx
---@param prefix? string
function M.forget(ctx, prefix)
  if not prefix then return end
  policy.set_facts{ prefix = prefix }
  resolve.forget(ctx.provider, region.of(ctx.args))
end

--- Changes a snapshot and waits until the change is there. One that is as wanted is left alone.
--- Returns its record; after a deletion the one from before, with the state `deleted`.
---@param ctx os2.flows.snapshots.ctx
---@param verb "activate"|"deactivate"|"delete"
---@param snapshot table
---@return table
function M.run(ctx, verb, snapshot)
  local goal = GOALS[verb]
  local is_under_way = verb == "activate"
    and policy.ask("snapshot.progress", { snapshot = snapshot }) == "waiting"
  if goal.is_reached(snapshot) then return snapshot end
  news.prepare(ctx.provider)
  if not is_under_way and snapshot.state ~= "removing" then request(ctx, verb, snapshot) end
  local found = wait(ctx, verb, snapshot)
  M.forget(ctx, policy.ask("naming.prefix", { name = snapshot.name }))
  if found then return found end
  snapshot.state = "deleted"
  return snapshot
end

return M
