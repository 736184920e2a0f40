--- Tells waits of changes, as Daytona's notification gateway does. All waits of the process share
--- one connection, which a task of its own reads.
---
--- An event is never the answer: it makes the wait look. So events that are lost, doubled, late or
--- in another order change only when a wait looks, and without a gateway it looks as often as it
--- would anyway. That a connection lives does not prove that it tells of a thing: until it has told
--- of it, and after it has lost an event, a wait looks at the intervals of polling as well.
local clock = require("os2.clock")
local policy = require("os2.policy")
local request_log = require("os2.client.request_log")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

---@class os2.flows.news
local M = {}

--- What `about` returns for a wait that every snapshot concerns.
M.ALL = {}

---@class os2.flows.news.subject
---@field provider table  os2.providers.daytona, or one without `events`
---@field about fun(): ...  returns the ids and names of what is waited for now, or ALL
---@field note? fun(event: os2.daytona.event)  called for each event about it; it must not wait

---@class os2.flows.news.Subscription
---@field subject os2.flows.news.subject
---@field keys string[]  under which it is in `by_key`
---@field has_news boolean
---@field is_told boolean?  the look is made because of an event
---@field is_event boolean?  some of the news is an event
---@field was_woken boolean?  news has ended the last wait
---@field is_slow boolean?  it relies on the gateway now
---@field timer userdata?  that it waits for
local Subscription = {}
Subscription.__index = Subscription

-- States that a thing only passes through: no wait ends with them.
local PASSING <const> = {}
for _, state in ipairs{ "pending", "pulling", "building", "validating", "creating", "starting",
  "stopping", "restoring", "archiving", "resizing", "resuming", "pausing", "snapshotting",
  "pending_build", "building_snapshot", "pulling_snapshot", "destroying", "removing" } do
  PASSING[state] = true
end

local reader ---@type os2.Task?
local state = "idle" -- "connecting", "live", "lost", "absent"
local count = 0 -- of subscriptions
local all, by_key = {}, {} -- subscription -> true; key -> subscription -> true
local linger -- the timer that ends the connection
local starts = {} -- the timers of the tasks that wait for the connection -> true
-- What this connection has told of, by id and name; it is forgotten when that is too much.
local told, told_count = {}, 0
local is_lossy = false -- this connection has lost an event
local absent_until = 0 -- no new connection is tried before; monotonic seconds

local MOST_TOLD <const> = 20000

-- The fields of an event that tell whom it is about, and what has become of it.
local RECORD <const> = { id = true, name = true, state = true }
local FIELDS <const> = {
  id = true, name = true, state = true, snapshot = RECORD, sandbox = RECORD, oldState = true,
  newState = true, oldDesiredState = true, newDesiredState = true,
}

local function wake(subscription, is_event)
  subscription.has_news = true
  subscription.is_event = subscription.is_event or is_event
  if subscription.timer then subscription.timer:close() end
end

local function wake_all(new_state)
  local waiting = starts
  state, starts = new_state, {}
  for start in pairs(waiting) do start:close() end
  for subscription in pairs(all) do wake(subscription) end
end

-- Most things are created in a state that they only pass through.
local function is_worth_a_look(event)
  local has_state = event.type:find("%.state%.updated$") or event.type:find("%.created$")
  return has_state ~= nil and event.new ~= nil and not PASSING[event.new]
    or event.type:find("%.removed$") ~= nil
end

local function deliver_to(key, event, except)
  for subscription in pairs(key and by_key[key] or {}) do
    if not (except and except[subscription]) then
      if subscription.subject.note then subscription.subject.note(event) end
      if is_worth_a_look(event) then wake(subscription, true) end
    end
  end
end

-- A snapshot that is being removed is no answer any more.
local function deliver_to_all(event)
  if is_worth_a_look(event) or event.new == "removing" then
    for subscription in pairs(event.snapshot and by_key[M.ALL] or {}) do
      wake(subscription, true)
    end
  end
end

local function forget_told()
  told, told_count = {}, 0
end

local function note_told(key)
  if type(key) ~= "string" or told[key] then return end
  if told_count >= MOST_TOLD then forget_told() end
  told[key], told_count = true, told_count + 1
end

local function deliver(event)
  local record = event.snapshot or event.sandbox
  if not record then return end
  note_told(record.id)
  note_told(record.name)
  deliver_to_all(event)
  deliver_to(record.id, event)
  -- what is removed comes without its id, and a wait may know a name only
  deliver_to(record.name, event, by_key[record.id or ""])
end

local function listen(provider)
  local stream <close> = provider.events{
    types = { "snapshot.*", "sandbox.*" }, fields = FIELDS,
    on_connect = function()
      forget_told()
      is_lossy = false
      wake_all("live")
    end,
    on_lost = function(failure, seconds)
      request_log.say(("not told of changes for %.1f s: %s"):format(seconds, failure.message))
      if state == "live" then wake_all("lost") end
    end,
  }
  for event in stream do deliver(event) end
end

-- A gateway that is not there may come later: a watch lives for weeks.
local function run(provider)
  local said
  while true do
    local _, failure = task.try(listen, provider)
    if failure.message ~= said then
      said = failure.message
      request_log.say("no events, so os2 asks at intervals: " .. said)
    end
    if state ~= "absent" then wake_all("absent") end
    local pause = policy.ask("wait.absent")
    absent_until = clock.monotonic() + pause
    task.sleep(pause)
  end
end

local function stop_lingering()
  if linger then linger:close() end
  linger = nil
end

-- Drops the connection.
local function stop()
  stop_lingering()
  if reader and not reader.is_done then scheduler.cancel(reader, scheduler.cancelled()) end
  reader, state = nil, "idle"
end

local function stop_later()
  stop_lingering()
  local timer = scheduler.timer(policy.ask("wait.linger"))
  linger = timer
  scheduler.on_ready(timer, function()
    if linger == timer then stop() end
  end)
end

--- Connects, so that a wait that begins soon is told from its beginning. Does nothing for a
--- provider without events.
---@param provider? table
function M.prepare(provider)
  if not provider or not provider.events or reader and not reader.is_done then return end
  if policy.ask("wait.by") ~= "events" or clock.monotonic() < absent_until then return end
  state = "connecting"
  reader = scheduler.spawn(nil, nil, nil, run, provider)
  if count == 0 then stop_later() end
end

--- Prepares as `prepare`, and for a run over many machines waits until the connection tells, or
--- cannot be made: what is not told of from its beginning is polled, over and over.
---@param provider? table
---@param number integer  how many machines the run makes or changes
function M.prepare_many(provider, number)
  M.prepare(provider)
  if state ~= "connecting" or number <= policy.ask("wait.gather_from") then return end
  local timer <close> = scheduler.timer(policy.ask("wait.connect"))
  starts[timer] = true
  timer:result()
  starts[timer] = nil
end

local function leave(subscription)
  for _, key in ipairs(subscription.keys) do
    by_key[key][subscription] = nil
    if not next(by_key[key]) then by_key[key] = nil end
  end
  subscription.keys = {}
end

--- Begins a wait. Returns a to-be-closed subscription, or nil when the wait has to ask.
---@param subject? os2.flows.news.subject
---@return os2.flows.news.Subscription?
function M.subscribe(subject)
  if not subject then return nil end
  M.prepare(subject.provider)
  if not reader then return nil end
  stop_lingering()
  local subscription = setmetatable({ subject = subject, keys = {}, has_news = false },
    Subscription)
  all[subscription], count = true, count + 1
  return subscription
end

--- Begins a look: news from now on ends the next `wait`.
function Subscription:look()
  leave(self)
  self.is_told, self.has_news, self.is_event = self.is_event or false, false, false
  for _, key in ipairs{ self.subject.about() } do
    by_key[key] = by_key[key] or {}
    by_key[key][self] = true
    self.keys[#self.keys + 1] = key
  end
end

local function is_trusted(subscription)
  if state ~= "live" or is_lossy then return false end
  for _, key in ipairs(subscription.keys) do
    if key == M.ALL or told[key] then return true end
  end
  return false
end

--- Returns the pause before the next look.
---@param pause number  seconds, without news
---@return number
function Subscription:pause(pause)
  self.is_slow = is_trusted(self)
  return self.is_slow and math.max(pause, policy.ask("wait.beside")) or pause
end

-- A look may have found something else to wait for, whose events were nobody's until now.
local function is_about_another(subscription)
  local about = { subscription.subject.about() }
  if #about ~= #subscription.keys then return true end
  for index, key in ipairs(about) do
    if key ~= subscription.keys[index] then return true end
  end
  return false
end

--- Waits for that time, or until there is news since the last `look`. Does not wait where the last
--- look has changed what the wait is about.
---@param seconds number
function Subscription:wait(seconds)
  self.was_woken = self.has_news
  if self.has_news or is_about_another(self) then return end
  local timer <close> = scheduler.timer(seconds)
  self.timer = timer
  timer:result()
  self.timer, self.was_woken = nil, self.has_news
end

--- Says that a look has found what is waited for. When it was the slow look, the event that should
--- have told it is lost, and others may be.
function Subscription:found()
  if not self.is_slow or self.was_woken or self.has_news or state ~= "live" or is_lossy then
    return
  end
  is_lossy = true
  request_log.say("an event was lost, so os2 asks at intervals as well")
end

--- Ends the wait.
function Subscription:close()
  if not all[self] then return end
  leave(self)
  self.timer = nil
  all[self], count = nil, count - 1
  if count == 0 and reader then stop_later() end
end

Subscription.__close = Subscription.close

--- Drops the connection, and forgets that there was no gateway.
function M.reset()
  stop()
  absent_until = 0
end

return M
