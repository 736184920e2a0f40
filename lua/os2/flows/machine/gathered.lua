--- Looks at many machines with one list. While a run waits for many, the looks of a moment are
--- gathered, and the pages of a list answer all of them; a machine that is not in the list, and one
--- of a few, is looked at by itself.
local clock = require("os2.clock")
local policy = require("os2.policy")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

---@class os2.flows.machine.gathered
---@field waits integer  that the run has now
---@field seats os2.flows.machine.gathered.seat[]  the looks that the next list is to answer
---@field is_led boolean  one of the looks asks for the list
local Gathered = {}
Gathered.__index = Gathered

---@class os2.flows.machine.gathered.seat
---@field id string
---@field found os2.machine?
---@field failure any
---@field is_over boolean?
---@field timer userdata?

local M = {}

-- The share of policy wait.gather for which no look has come when the gathering ends.
local QUIET_SHARE <const> = 1 / 16
-- A list answers at least so many looks, and each of its pages answers two on average.
local FEWEST_LOOKS <const>, LOOKS_A_PAGE <const> = 5, 2
-- For callers without a deadline. The leading look always ends the others' wait before.
local LONGEST_WAIT_SECONDS <const> = 86400

--- Returns what one run gathers.
---@return os2.flows.machine.gathered
function M.new()
  return setmetatable({ waits = 0, seats = {}, is_led = false }, Gathered)
end

--- Counts a wait until the returned value is closed.
---@return any
function Gathered:enter()
  self.waits = self.waits + 1
  return self
end

function Gathered:__close()
  self.waits = self.waits - 1
end

local function end_all(seats)
  for _, seat in ipairs(seats) do
    seat.is_over = true
    if seat.timer then seat.timer:close() end
  end
end

-- Waits until looks come more slowly, or for the longest time.
local function gather(self, seconds)
  local longest = math.min(seconds, policy.ask("wait.gather"))
  local due = clock.monotonic() + longest
  local count
  repeat
    count = #self.seats
    task.sleep(longest * QUIET_SHARE)
  until #self.seats == count or clock.monotonic() >= due
end

local function take(self)
  local seats = self.seats
  self.seats, self.is_led = {}, false
  return seats
end

local function read_page(page, by_id)
  local count = 0
  for _, machine in ipairs(page) do
    local seat = by_id[machine.id]
    if seat then
      seat.found, by_id[machine.id], count = machine, nil, count + 1
    end
  end
  return count
end

local function read_list(ctx, seats)
  local by_id, left, pages = {}, 0, 0
  for _, seat in ipairs(seats) do
    if not by_id[seat.id] then left = left + 1 end
    by_id[seat.id] = seat
  end
  for page in ctx.machines.pages(ctx.labels or ctx.args.labels or {}, nil, nil, by_id) do
    left, pages = left - read_page(page, by_id), pages + 1
    if left == 0 or pages * LOOKS_A_PAGE >= #seats then return end
  end
end

-- Asks for the list on behalf of all looks. When this task is cancelled, or its time is over, they
-- look by themselves.
local function lead(self, ctx, seconds)
  local due = clock.monotonic() + seconds
  self.is_led = true
  local seats
  local _ <close> = setmetatable({}, { __close = function() end_all(seats or take(self)) end })
  gather(self, seconds)
  seats = take(self)
  local left = due - clock.monotonic()
  if #seats < FEWEST_LOOKS or left <= 0 then return end
  local _, failure = task.try(task.timeout, left, read_list, ctx, seats)
  scheduler.check_cancelled()
  if not failure or failure.op == "task.timeout" then return end
  for _, seat in ipairs(seats) do seat.failure = seat.failure or failure end
end

local function follow(seat, seconds)
  local timer <close> = scheduler.timer(seconds)
  seat.timer = timer
  timer:result()
  seat.timer = nil
end

--- Looks at a machine together with others. Returns nil when the caller has to look by itself.
--- Raises what the list raised. Waits.
---@param ctx os2.flows.machine.ctx
---@param id string
---@param seconds? number  how long it may take
---@return os2.machine?
function Gathered:find(ctx, id, seconds)
  if ctx.provider.is_local or self.waits <= policy.ask("wait.gather_from") then return nil end
  local seat = { id = id }
  self.seats[#self.seats + 1] = seat
  seconds = seconds or LONGEST_WAIT_SECONDS
  if self.is_led then follow(seat, seconds) else lead(self, ctx, seconds) end
  if seat.failure then error(seat.failure, 0) end
  return seat.found
end

return M
