--- Follows a log of the toolbox: its WebSocket sends what is written as it is written. Where there
--- is no such socket, the log is polled.
local clock = require("os2.clock")
local policy = require("os2.policy")
local request_log = require("os2.client.request_log")
local retry = require("os2.client.retry")
local task = require("os2.task")

---@class os2.providers.daytona.following
local M = {}

---@class os2.providers.daytona.following.log
---@field toolbox table
---@field operation string
---@field params table
---@field reader os2.providers.daytona.marked  passes on what is new
---@field ended fun(): any  a value when nothing more comes, which `follow` returns; else nil
---@field due number  monotonic time at which it is followed no longer

-- Each poll transfers the whole log, so a large log is polled less often.
local LOOK_SHARE <const> = 4 -- a pause is this many times as long as the poll

local LONGEST_SILENCE_SECONDS <const> = 600

local function left_of(log)
  return log.due - clock.monotonic()
end

local function new_pause()
  local seconds = policy.ask("machine.first_look")
  return function(left, took)
    task.sleep(math.max(0, math.min(math.max(seconds, took * LOOK_SHARE), left)))
    seconds = math.min(seconds * 1.5, policy.ask("machine.last_look"))
  end
end

--- Reads the log by one request. Returns how many seconds it took. A transfer that breaks off is
--- retried; what was passed on already is skipped.
---@param log os2.providers.daytona.following.log
---@return number
function M.read(log)
  local started = clock.monotonic()
  retry.run(function()
    local transfer <close> = log.toolbox.begin(log.operation, log.params, {
      timeout = policy.ask("timeouts.transfer"),
    })
    log.reader:read(transfer:chunks())
    return true
  end)
  return clock.monotonic() - started
end

local function poll(log)
  local pause = new_pause()
  while true do
    -- the end is checked first: everything written before is then in the log
    local ended = log.ended()
    local took = M.read(log)
    local left = left_of(log)
    if ended ~= nil or left <= 0 then return ended end
    pause(left, took)
  end
end

local function socket_params(log)
  local params = { follow = true }
  for key, value in pairs(log.params) do params[key] = value end
  return params
end

-- Passes on what a socket sends until it closes. Returns true when it was open, how it was closed,
-- or nil and the failure.
local function read_socket(log, silence)
  local opened, failure = task.try(log.toolbox.socket, log.operation, socket_params(log), {
    idle_timeout = silence, timeout = math.max(left_of(log), 0.001),
  })
  if not opened then return false, nil, failure end
  local socket <close> = opened
  log.reader:read(function() return (socket:next()) end)
  return true, socket:result()
end

-- Returns true when the log ended, and the value of `ended`; false when there is no such socket.
local function stream(log)
  local pause, silence = new_pause(), policy.ask("machine.silence")
  while true do
    local started, seen = clock.monotonic(), log.reader:count()
    local was_open, ending, failure = read_socket(log, silence)
    if left_of(log) <= 0 then return true, log.ended() end
    if not was_open or failure and failure.kind == "protocol" then
      request_log.say(("the log cannot be streamed and is polled: %s"):format(failure.message))
      return false
    end
    local ended = log.ended()
    if ended ~= nil then
      if not (ending and ending.is_clean) then M.read(log) end
      return true, ended
    end
    -- each new connection gets the whole log again: a silent log is looked at less and less often
    if log.reader:count() == seen then silence = math.min(silence * 2, LONGEST_SILENCE_SECONDS) end
    pause(left_of(log), clock.monotonic() - started)
  end
end

--- Passes on the log until it ends, or until it is due. Returns the value of `ended`; nil when it
--- goes on. Waits.
---@param log os2.providers.daytona.following.log
---@return any
function M.follow(log)
  local is_done, ended = false, nil
  if policy.ask("machine.output_by") == "stream" then is_done, ended = stream(log) end
  if not is_done then ended = poll(log) end
  log.reader:finish()
  return ended
end

return M
