--- A watch that another process asks for. It reads the leader's answers, and takes the leader's
--- place when that ends.
local calls = require("os2.flows.resolve.calls")
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.flows.resolve.follower.Follower
---@field provider table
---@field relay os2.store.relay.Relay
---@field member os2.store.relay.Member
---@field say fun(words: string)
---@field answers table<string, os2.flows.resolve.calls.answer>  the leader's, by the call's key
---@field wanted table<string, os2.flows.resolve.calls.call>  what the leader was asked for
---@field used table<string, os2.flows.resolve.calls.call>  the calls of this look
---@field sign any  the leader's last sign of life
---@field heard number  when it came; monotonic
---@field is_alone boolean  the leader lives and gives no sign of life
---@field due number  when to look for more than news again; monotonic
local Follower = {}
Follower.__index = Follower

---@class os2.flows.resolve.follower
local M = {}

-- Between two tries to take the leader's place: each opens a file, which news does not.
local TRY_SECONDS <const> = 0.2

--- Returns a follower, or nil when this process leads. Raises when nothing can be written.
---@param provider table
---@param relay os2.store.relay.Relay
---@param say fun(words: string)
---@return os2.flows.resolve.follower.Follower?
function M.new(provider, relay, say)
  if relay:lead() then return nil end
  return setmetatable({
    provider = provider, relay = relay, member = relay:join(), say = say, answers = {},
    wanted = {}, used = {}, heard = clock.monotonic(), is_alone = false, due = 0,
  }, Follower)
end

local SILENT <const> = "the os2 that asks for this one gives no sign of life (is it stopped?), so "
  .. "this one asks for itself"
local BACK <const> = "the os2 that asks for this one is back"

local function set_alone(follower, is_alone)
  if follower.is_alone == is_alone then return end
  follower.is_alone = is_alone
  follower.say(is_alone and SILENT or BACK)
end

-- A leader that was stopped holds its lock, and asks nothing.
local function listen(follower, now)
  local sign = follower.relay:sign()
  if sign ~= follower.sign then follower.sign, follower.heard = sign, now end
  set_alone(follower, now - follower.heard > policy.ask("wait.leader"))
end

-- Takes what the leader has answered since the last time. Returns true when there is something.
local function take(follower)
  local answers = follower.member:news()
  for _, answer in pairs(answers or {}) do
    if answer.failure then answer.failure = err.new(answer.failure) end
  end
  follower.answers = answers or follower.answers
  return answers ~= nil
end

-- One step in time. Returns true when the leader's place is free and was taken.
local function step(follower)
  local now = clock.monotonic()
  if now >= follower.due then
    follower.due = now + TRY_SECONDS
    if follower.relay:lead() then return true end
    listen(follower, now)
    follower.member:check()
  end
  task.sleep(policy.ask("wait.follow"))
  return false
end

local function list_of(map)
  local list = {}
  for _, call in pairs(map) do list[#list + 1] = call end
  return list
end

local function want(follower, key, call)
  if follower.wanted[key] then return end
  follower.wanted[key] = call
  follower.member:ask(list_of(follower.wanted))
end

--- Returns the answer to a call. Waits for the leader's, or asks when there is no leader that does.
---@param call os2.flows.resolve.calls.call
---@return os2.flows.resolve.calls.answer
function Follower:answer(call)
  local key = calls.key(call)
  self.used[key] = call
  want(self, key, call)
  while not self.is_alone and not self.answers[key] do
    if step(self) then break end
    take(self)
  end
  if self.relay.lock or self.is_alone then return calls.answer(self.provider, call) end
  return self.answers[key]
end

--- Ends a look: what it has not asked is of no interest any more.
function Follower:looked()
  for key in pairs(self.wanted) do
    if not self.used[key] then
      self.wanted = self.used
      self.member:ask(list_of(self.wanted))
      break
    end
  end
  self.used = {}
end

--- Waits for news. Returns true when there is some, and false when this process leads now.
---@return boolean
function Follower:wait()
  local due, was_alone = clock.monotonic() + policy.ask("wait.beside"), self.is_alone
  while not step(self) do
    if take(self) then return true end
    if self.is_alone and (not was_alone or clock.monotonic() >= due) then return true end
  end
  return false
end

--- Leaves the leader.
function Follower:close()
  self.member:close()
end

Follower.__close = Follower.close

return M
