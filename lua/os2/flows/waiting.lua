--- Waits until a state on a server is reached: polls, pauses or waits for news, and polls again,
--- until a deadline.
---
--- A poll that fails with a temporary error (no connection, a rate limit, a server error) means
--- "not yet": what is waited for goes on without os2.
local clock = require("os2.clock")
local err = require("os2.err")
local news = require("os2.flows.news")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.waiting
local M = {}

--- Returns true when an error means "not yet" in a wait.
---@param failure os2.Err
---@return boolean
function M.is_passing(failure)
  return (policy.ask("retry.passing", { err = failure, is_wait = true }))
end

--- Returns the pause after a temporary error. Returns nil when the server asks for more time than
--- is left; when only os2's own back-off is longer, returns the time that is left.
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

--- Reports a long pause before a request is retried; once for all tasks that pause at the same
--- time.
---@param ui os2.report.progress.ui
---@param failure os2.Err
---@param seconds number
function M.tell_pause(ui, failure, seconds)
  local now = clock.monotonic()
  if seconds < policy.ask("retry.said_from") or now < (ui.paused_until or 0) then return end
  ui.paused_until = now + seconds
  ui:note(("%s; trying again in %s"):format(failure.message, terminal.duration(seconds)))
end

--- Has all long pauses of `retry.run` reported on this display.
---@param ui os2.report.progress.ui
function M.tell_pauses(ui)
  retry.observe(function(failure, seconds) M.tell_pause(ui, failure, seconds) end)
end

-- Reports once per time that the server is unavailable, however many tasks wait.
local function tell_away(ui, failure, pause, due)
  if ui.is_away then return end
  ui.is_away = true
  ui:note(("%s; trying again in %s, for %s at most"):format(failure.message,
    terminal.duration(pause), terminal.duration(math.max(0, due - clock.monotonic()))))
end

---@class os2.flows.waiting.options
---@field seconds number  the deadline, from now
---@field step fun(is_told: boolean?, found: any): any  polls once; any value but nil ends the wait
---  and is its result; is_told: because of an event; found: what `gather` has returned, and then it
---  must not wait
---@field gather? fun(seconds: number, is_told: boolean?): any  is called before `step`, and waits
---  for these seconds at most; nil: `step` has to look by itself
---@field late fun(seconds: number, failure: os2.Err?)  raises the error for the end of the
---  deadline; seconds: how long the wait really took; failure: the error of the last poll, if it
---  failed
---@field news? os2.flows.news.subject  what is waited for, when the server may tell of it

-- Timers count whole milliseconds, and end up to two of them early.
local EARLY_SECONDS <const> = 0.003

--- Returns true when a deadline is reached.
---@param due number  monotonic time in seconds
---@return boolean
function M.is_over(due)
  return due - clock.monotonic() <= EARLY_SECONDS
end

local function left(state)
  return math.max(0, state.due - clock.monotonic())
end

-- A task of its own, which has to end at the deadline, is needed for a look by itself only.
local function try_step(options, state)
  local is_told = state.news and state.news.is_told
  local found = options.gather and options.gather(left(state), is_told)
  if found ~= nil then return options.step(is_told, found) end
  return task.timeout(left(state), options.step, is_told)
end

-- Polls once. Returns the result; or nil and the pause, which is nil at the deadline.
local function look(ui, options, state)
  local result, failure = task.try(try_step, options, state)
  if failure and failure.op == "task.timeout" and M.is_over(state.due) then return nil, nil end
  state.failure = failure
  if not failure then
    ui.is_away, state.failures, state.looks = false, 0, state.looks + 1
    local pause = policy.ask("poll.interval", { attempt = state.looks })
    return result, state.news and state.news:pause(pause) or pause
  end
  if not M.is_passing(failure) then err.raise(failure) end
  state.failures = state.failures + 1
  local pause = M.pause_after(failure, state.failures, state.due)
  if pause then tell_away(ui, failure, pause, state.due) end
  return nil, pause
end

local function rest(state, pause)
  local seconds = math.min(pause, left(state))
  if state.news then state.news:wait(seconds) else task.sleep(seconds) end
end

local function follow(ui, options, state)
  local subscription <close> = news.subscribe(options.news)
  state.news = subscription
  while true do
    if subscription then subscription:look() end
    local result, pause = look(ui, options, state)
    if result ~= nil then
      if subscription then subscription:found() end
      return result
    end
    if not pause then return nil end
    rest(state, pause)
    if M.is_over(state.due) then return nil end
  end
end

--- Polls until `step` returns a value, and returns that value. The deadline also ends a poll that
--- is in progress. Between two polls a wait is one task, because there may be a thousand waits.
---@param ui os2.report.progress.ui
---@param options os2.flows.waiting.options
---@return any
function M.run(ui, options)
  local started = clock.monotonic()
  local state = { due = started + options.seconds, failures = 0, looks = 0 }
  local result = follow(ui, options, state)
  if result ~= nil then return result end
  options.late(M.rounded(clock.monotonic() - started), state.failure)
  return nil
end

--- Returns seconds rounded for messages: to a tenth below ten, else to whole seconds.
---@param seconds number
---@return number
function M.rounded(seconds)
  if seconds >= 10 then return math.floor(seconds + 0.5) end
  return math.floor(seconds * 10 + 0.5) / 10
end

--- Returns the end of a message about a deadline: why the last poll failed.
---@param failure? os2.Err
---@return string
function M.last_words(failure)
  return failure and ("; the last look failed: %s"):format(failure.message) or ""
end

return M
