--- Waits until something on a server is so: looks, pauses, looks again, until a deadline.
---
--- A look that fails for a reason that passes by itself (no connection, a rate limit, a server in
--- trouble) means "not yet": what is waited for goes on without us.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.waiting
local M = {}

--- Says whether an error means "not yet" to one who waits.
---@param failure os2.Err
---@return boolean
function M.is_passing(failure)
  return (policy.ask("retry.passing", { err = failure, is_wait = true }))
end

--- Returns the pause after a failure that passes by itself: nil where the server asks for more
--- than is left, the rest of the time where only os2's own back-off is longer.
---@param failure os2.Err
---@param attempt integer  failures in a row
---@param due number  monotonic seconds
---@return number?
function M.pause_after(failure, attempt, due)
  local left = math.max(0, due - clock.monotonic())
  local pause = policy.ask("retry.delay", {
    idempotent = true, attempt = attempt, err = failure, random = math.random(), is_wait = true,
    elapsed = 0, deadline = left,
  })
  if pause then return pause end
  return not (failure.retry_after and failure.retry_after >= left) and left or nil
end

--- Says that a request is sent again only after a pause, where that is a long one; once for all
--- who pause at the same time.
---@param ui os2.report.progress.ui
---@param failure os2.Err
---@param seconds number
function M.tell_pause(ui, failure, seconds)
  local now = clock.monotonic()
  if seconds < policy.ask("retry.said_from") or now < (ui.paused_until or 0) then return end
  ui.paused_until = now + seconds
  ui:note(("%s; trying again in %s"):format(failure.message, terminal.duration(seconds)))
end

--- Has all long pauses of `retry.run` said there.
---@param ui os2.report.progress.ui
function M.tell_pauses(ui)
  retry.observe(function(failure, seconds) M.tell_pause(ui, failure, seconds) end)
end

-- Once for each time that the server is away, however many wait.
local function tell_away(ui, failure, pause, due)
  if ui.is_away then return end
  ui.is_away = true
  ui:note(("%s; trying again in %s, for %s at most"):format(failure.message,
    terminal.duration(pause), terminal.duration(math.max(0, due - clock.monotonic()))))
end

---@class os2.flows.waiting.options
---@field seconds number  until the deadline
---@field step fun(): any  looks once; what is not nil ends the wait and is its result
---@field late fun(seconds: number, failure: os2.Err?)  raises what the deadline's end means:
---  seconds: how long it was in truth; failure: of the last look, where it failed

-- One look; returns its result, or nil and how long to pause.
local function look(ui, options, state)
  local result, failure = task.try(options.step)
  state.failure = failure
  if not failure then
    ui.is_away, state.failures, state.looks = false, 0, state.looks + 1
    return result, policy.ask("poll.interval", { attempt = state.looks })
  end
  if not M.is_passing(failure) then err.raise(failure) end
  state.failures = state.failures + 1
  local pause = M.pause_after(failure, state.failures, state.due)
  if pause then tell_away(ui, failure, pause, state.due) end
  return nil, pause
end

local function follow(ui, options, state)
  while true do
    local result, pause = look(ui, options, state)
    if result ~= nil then return result end
    if not pause then return nil end
    task.sleep(math.max(0, math.min(pause, state.due - clock.monotonic())))
  end
end

--- Looks until `step` gives something, and returns that. The deadline holds within a look, too.
---@param ui os2.report.progress.ui
---@param options os2.flows.waiting.options
---@return any
function M.run(ui, options)
  local started = clock.monotonic()
  local state = { due = started + options.seconds, failures = 0, looks = 0 }
  local result, failure = task.try(task.timeout, options.seconds, follow, ui, options, state)
  if failure and failure.op ~= "task.timeout" then err.raise(failure) end
  if result ~= nil then return result end
  options.late(M.rounded(clock.monotonic() - started), state.failure)
  return nil
end

--- Returns seconds as they are said: to a tenth, and whole ones from ten on.
---@param seconds number
---@return number
function M.rounded(seconds)
  if seconds >= 10 then return math.floor(seconds + 0.5) end
  return math.floor(seconds * 10 + 0.5) / 10
end

--- Returns the words for the end of a message about a deadline: why the last look failed.
---@param failure? os2.Err
---@return string
function M.last_words(failure)
  return failure and ("; the last look failed: %s"):format(failure.message) or ""
end

return M
