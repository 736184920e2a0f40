--- Deletes what a run has made, after it failed or was interrupted, so that nothing is left behind.
local clock = require("os2.clock")
local err = require("os2.err")
local open = require("os2.flows.machine.open")
local last_words = require("os2.run.last_words")
local policy = require("os2.policy")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.machine.undo
local M = {}

---@class os2.flows.machine.entry  one machine of a `create`
---@field name string
---@field id string?  set once an answer has given it
---@field is_flying boolean?  a create is in progress
---@field cut_at number?  monotonic time since which a create is without an answer
---@field is_asked boolean?  a create was sent that may have made the machine
---@field is_gone boolean?

--- Returns true when a machine was made by this run; a machine of the same name may be another's.
---@param ctx table
---@param machine os2.machine
---@return boolean
function M.is_own(ctx, machine)
  return machine.labels["os2-run"] == ctx.run
end

local function may_come(entry)
  return entry.cut_at and clock.monotonic() - entry.cut_at < policy.ask("machine.settle")
end

-- Finds the id of the machine that was made; there may be none.
local function find_id(ctx, entry)
  local machine = ctx.machines.find(entry.name, true)
  if machine and M.is_own(ctx, machine) then
    entry.id = machine.id
  elseif machine or not may_come(entry) then
    entry.is_gone = true
  end
end

local function try_once(ctx, entry)
  if not entry.id then find_id(ctx, entry) end
  if not entry.id then return end
  ctx.pace:call("sandbox-lifecycle", ctx.machines.delete, { id = entry.id })
  entry.is_gone = true
end

-- Errors that may pass: another change is in progress, or the machine cannot be deleted yet.
local SETTLING <const> = { conflict = true, invalid = true, protocol = true }

-- Returns the pause before the next attempt; nil when the time is not enough for one.
local function pause_after(failure, attempt, due)
  if failure and not SETTLING[failure.kind] then
    return waiting.pause_after(failure, attempt, due)
  end
  return policy.ask("poll.interval", { attempt = attempt })
end

local function delete(ctx, entry, due)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local _, failure = task.try(try_once, ctx, entry)
    if failure and failure.kind == "not_found" then entry.is_gone = true end
    if entry.is_gone then return end
    if failure and not SETTLING[failure.kind] and not waiting.is_passing(failure) then
      err.raise(failure)
    end
    local pause = pause_after(failure, attempt, due)
    if not pause then return end
    task.sleep(pause)
  end
end

local function words_of(ctx, entry)
  return ("machine %s may be left; delete it: %s"):format(entry.name,
    open.command(ctx, "delete", entry.id or entry.name))
end

--- Returns the last words to which `remember` writes; `<close>` it at the run's end.
---@param ctx os2.flows.machine.ctx
---@return os2.run.last_words
function M.open_words(ctx)
  ctx.last_words = last_words.open()
  return ctx.last_words
end

--- Updates the last words with what a second signal would leave of an entry. Call it whenever that
--- changes.
---@param ctx os2.flows.machine.ctx
---@param entry os2.flows.machine.entry
function M.remember(ctx, entry)
  if not ctx.last_words then return end
  ctx.last_words:set(entry, entry.is_asked and not entry.is_gone and words_of(ctx, entry) or nil)
end

local function left_of(entries)
  local left = {}
  for _, entry in ipairs(entries) do
    if entry.is_asked and not entry.is_gone then left[#left + 1] = entry end
  end
  return left
end

--- Returns which of these machines may be left, as {name, id?}.
---@param entries os2.flows.machine.entry[]
---@return {name: string, id: string?}[]
function M.left(entries)
  local left = {}
  for index, entry in ipairs(left_of(entries)) do
    left[index] = { name = entry.name, id = entry.id }
  end
  return left
end

local function tell(ctx, entries)
  for _, entry in ipairs(left_of(entries)) do
    ctx.ui:warn(words_of(ctx, entry))
  end
end

--- Deletes the machines of these entries and reports those that could not be deleted in time. For
--- use in a clean-up: an error is reported, not raised, because the failure that led here is more
--- important.
---@param ctx os2.flows.machine.ctx
---@param entries os2.flows.machine.entry[]
---@param seconds? number  by default policy `timeouts.machine_undo`
function M.run(ctx, entries, seconds)
  seconds = seconds or policy.ask("timeouts.machine_undo")
  for _, entry in ipairs(entries) do M.remember(ctx, entry) end
  local left = left_of(entries)
  if #left == 0 then return end
  for _, entry in ipairs(left) do
    if entry.is_flying then entry.cut_at = clock.monotonic() end
  end
  -- also when the deadline of an interrupt ends the clean-up early
  local _ <close> = setmetatable({}, { __close = function() tell(ctx, entries) end })
  local due = clock.monotonic() + seconds
  task.try(task.timeout, seconds, task.map, left, function(entry)
    delete(ctx, entry, due)
    M.remember(ctx, entry)
  end, { limit = policy.ask("machine.limit") })
end

return M
