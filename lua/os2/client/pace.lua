--- Keeps requests below a share of each rate limit, which the answers' headers report; the rest of
--- the limit is for others in the same organization.
local clock = require("os2.clock")
local http_headers = require("os2.client.headers")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.Pace
---@field windows table<string, os2.client.pace.window>  by the name of the throttle
---@field flying table<string, integer>  requests that have no answer yet, by throttle
---@field on_limit fun(words: string)
local Pace = {}
Pace.__index = Pace

---@class os2.client.pace.window
---@field limit integer
---@field used integer
---@field ends number  monotonic time in seconds

local M = {}

-- Seconds between two looks; an answer that arrives meanwhile may start a new window.
local SHORTEST_NAP_SECONDS <const>, LONGEST_NAP_SECONDS <const> = 0.05, 1

--- Makes a pace.
---@param on_limit fun(words: string)  is called once per limit
---@return os2.Pace
function M.new(on_limit)
  return setmetatable({ windows = {}, flying = {}, on_limit = on_limit }, Pace)
end

local function allowed(limit)
  return math.max(1, math.floor(limit * policy.ask("machine.share")))
end

-- Source: the headers X-RateLimit-Limit-<throttle>, -Remaining-, -Reset- (seconds).
local function read_window(headers, throttle)
  local function field(word)
    local text = headers[("x-ratelimit-%s-%s"):format(word, throttle)] or ""
    return http_headers.number(tostring(text))
  end
  local limit, remaining, reset = field("limit"), field("remaining"), field("reset")
  if not (limit and remaining and reset) then return nil end
  return { limit = limit, used = limit - remaining, ends = clock.monotonic() + reset }
end

local function note(self, throttle, headers)
  local fresh, known = read_window(headers, throttle), self.windows[throttle]
  if not fresh then return end
  if not known then
    self.on_limit(("rate limit %s: %d, of which at most %d are used here (machine.share)"):format(
      throttle, fresh.limit, allowed(fresh.limit)))
  elseif fresh.ends < known.ends + LONGEST_NAP_SECONDS then
    -- answers may arrive out of order, and within a window the count only grows
    fresh.used, fresh.ends = math.max(fresh.used, known.used), known.ends
  end
  self.windows[throttle] = fresh
end

local function seconds_left(self, throttle)
  local window = self.windows[throttle]
  return window and window.ends - clock.monotonic() or 0
end

-- In a new window only the requests in flight count as used.
local function has_room(self, throttle)
  local window = self.windows[throttle]
  if not window then return true end
  local used = seconds_left(self, throttle) > 0 and window.used or 0
  return used + (self.flying[throttle] or 0) < allowed(window.limit)
end

local function nap(self, throttle)
  local seconds = math.max(seconds_left(self, throttle), SHORTEST_NAP_SECONDS)
  task.sleep(math.min(seconds, LONGEST_NAP_SECONDS))
end

--- Reads the rate limits from an answer's headers.
---@param headers table<string, string>
function Pace:note(headers)
  for name in pairs(headers) do
    local throttle = name:match("^x%-ratelimit%-limit%-(.+)$")
    if throttle then note(self, throttle, headers) end
  end
end

--- Counts a request that is sent now, until `leave`. Returns false, and counts nothing, when the
--- throttle's limit has no room.
---@param throttle string  "sandbox-create"
---@return boolean
function Pace:enter(throttle)
  if not has_room(self, throttle) then return false end
  self.flying[throttle] = (self.flying[throttle] or 0) + 1
  return true
end

--- Says that a request of `enter` has ended.
---@param throttle string
function Pace:leave(throttle)
  self.flying[throttle] = self.flying[throttle] - 1
end

--- Calls `fn(...)` as soon as the throttle's limit has room, and returns what it returns. Waits.
---@param throttle string
---@param fn function
---@return any
function Pace:call(throttle, fn, ...)
  while not self:enter(throttle) do nap(self, throttle) end
  local _ <close> = setmetatable({}, { __close = function() self:leave(throttle) end })
  return fn(...)
end

return M
