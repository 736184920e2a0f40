--- A clock for tests. It stands still, and goes on only when all that runs waits for it: a sleep of
--- an hour takes no time, and what sleeps less wakes first.
local clock = require("os2.clock")
local err = require("os2.err")
local task = require("os2.task")

---@class os2.flows.testing.clock
---@field at number  seconds since 1970
---@field elapsed number  seconds since the clock was made
---@field private entries table<table, true>  what is due: sleeps, and timeouts that have a group
local Clock = {}
Clock.__index = Clock

local M = {}

local real_sleep <const> = task.sleep

--- `task.sleep` in real time.
M.real_sleep = real_sleep

--- `task.timeout` in real time.
M.real_timeout = task.timeout

--- Lets the other tasks run. Waits.
function M.turn() real_sleep(0) end

function Clock:enter(seconds)
  local entries = self.entries
  local entry = setmetatable({ due = self.elapsed + math.max(seconds, 0) }, {
    __close = function(entry) entries[entry] = nil end,
  })
  entries[entry] = true
  return entry
end

local function expire(entry, seconds)
  entry.is_over = true
  entry.group:cancel(err.new{
    kind = "timeout", op = "task.timeout", message = ("not done within %g s"):format(seconds),
  })
end

-- Moves on to what is due first. Does nothing when that is another sleep: its task then does.
function Clock:advance(own)
  local first = own
  for entry in pairs(self.entries) do
    if not entry.is_over and entry.due < first.due then first = entry end
  end
  if first ~= own and not first.group then return end
  self.at = self.at + math.max(first.due - self.elapsed, 0)
  self.elapsed = math.max(first.due, self.elapsed)
  if first.group then expire(first, first.seconds) end
end

function Clock:sleep(seconds)
  if type(seconds) ~= "number" then return real_sleep(seconds) end -- it tells what is wrong
  local entry <close> = self:enter(seconds)
  M.turn()
  while entry.due > self.elapsed do
    self:advance(entry)
    M.turn()
  end
end

function Clock:timeout(seconds, fn, ...)
  local args, results = table.pack(...), nil
  task.group(function(group)
    local entry <close> = self:enter(seconds)
    entry.group, entry.seconds = group, seconds
    results = table.pack(fn(table.unpack(args, 1, args.n)))
  end)
  return table.unpack(results, 1, results.n)
end

--- Puts a clock that stands at a moment in the place of the real one. Close it to end that.
---@param at number
---@return os2.flows.testing.clock
function M.stand(at)
  local self = setmetatable({ at = at, elapsed = 0, entries = {} }, Clock)
  self.before = {
    now = clock.now, monotonic = clock.monotonic, sleep = task.sleep, timeout = task.timeout,
  }
  clock.now = function() return self.at end
  clock.monotonic = function() return self.elapsed end
  task.sleep = function(seconds) self:sleep(seconds) end
  task.timeout = function(...) return self:timeout(...) end
  return self
end

--- Puts the real clock back.
function Clock:close()
  local before = self.before
  clock.now, clock.monotonic = before.now, before.monotonic
  task.sleep, task.timeout = before.sleep, before.timeout
end

Clock.__close = Clock.close

return M
