--- What the leader of several watches has learned: the answers to its own calls and to those of the
--- members. Each call is asked once for all of them. News makes the leader ask all of them again.
local bell = require("os2.run.bell")
local calls = require("os2.flows.resolve.calls")

---@class os2.flows.resolve.board.told  what somebody was told last
---@field answers table<string, os2.flows.resolve.calls.answer>  by the call's key
---@field round integer

---@class os2.flows.resolve.board.Board
---@field provider table
---@field relay os2.store.relay.Relay?  nil: there are no members
---@field group os2.Group
---@field round integer  how many times all was asked again
---@field answers table<string, os2.flows.resolve.calls.answer>  by the call's key
---@field flights table<string, {is_again: boolean}>  by the call's key: it is being asked
---@field own table<string, os2.flows.resolve.calls.call>  by the key: the leader's own
---@field own_told os2.flows.resolve.board.told
---@field told table<string, os2.flows.resolve.board.told>  by the member's id
---@field published os2.run.bell.Bell
---@field is_unheard boolean  some member could not be told what there is
local Board = {}
Board.__index = Board

---@class os2.flows.resolve.board
local M = {}

--- Returns the board of a leader. Its questions are tasks of the group.
---@param provider table
---@param relay os2.store.relay.Relay?
---@param group os2.Group
---@return os2.flows.resolve.board.Board
function M.new(provider, relay, group)
  return setmetatable({
    provider = provider, relay = relay, group = group, round = 1, answers = {}, flights = {},
    own = {}, own_told = { answers = {}, round = 1 }, told = {}, published = bell.new(),
    is_unheard = false,
  }, Board)
end

local keyed_lists = setmetatable({}, { __mode = "k" })

-- Calls by their keys. A list that has not changed is the same table.
local function keyed(list)
  local found = keyed_lists[list]
  if found then return found end
  found = {}
  for _, call in ipairs(list) do found[calls.key(call)] = call end
  keyed_lists[list] = found
  return found
end

local function members_of(board)
  local members = {}
  for id, list in pairs(board.relay and board.relay:members(calls.is_call) or {}) do
    members[id] = keyed(list)
  end
  return members
end

-- The answers to these calls; nil while one is missing.
local function answers_to(board, wanted)
  local found = {}
  for key in pairs(wanted) do
    found[key] = board.answers[key]
    if not found[key] then return nil end
  end
  return found
end

-- Whether none of these calls is being asked.
local function is_settled(board, found)
  for key in pairs(found) do
    if board.flights[key] then return false end
  end
  return true
end

-- Whether answers are to be told: half of them old and half new could mislead, so each is another
-- one than before, unless they answer other calls, or the old ones are not being asked again.
-- Without any call the round is what is new.
local function is_news(board, found, told)
  if not told then return true end
  local fresh, old = 0, 0
  for key, answer in pairs(found) do
    if told.answers[key] == nil then return true end
    if told.answers[key] == answer then old = old + 1 else fresh = fresh + 1 end
  end
  if fresh == 0 then return old == 0 and told.round ~= board.round end
  return old == 0 or is_settled(board, found)
end

-- Tells a member what it was not told yet. Returns false when that cannot be written.
local function tell(board, id, wanted)
  local found = answers_to(board, wanted)
  if not found or not is_news(board, found, board.told[id]) then return true end
  local is_written = board.relay:answer(id, found, board.round)
  if is_written then board.told[id] = { answers = found, round = board.round } end
  return is_written
end

local function publish_to(board, members)
  board.is_unheard = false
  for id, wanted in pairs(members) do
    if not tell(board, id, wanted) then board.is_unheard = true end
  end
end

--- Tells the members, and the leader itself, what they were not told yet.
function Board:publish()
  publish_to(self, members_of(self))
  self.published:ring()
end

-- Asks, and once more when that was wanted meanwhile: the answer may be older than the news.
local function fly(board, key, call, flight)
  repeat
    flight.is_again = false
    board.answers[key] = calls.answer(board.provider, call)
    if not flight.is_again then board.flights[key] = nil end
    board:publish()
  until board.flights[key] ~= flight
end

local function ask(board, key, call)
  if board.flights[key] then return end
  local flight = { is_again = false }
  board.flights[key] = flight
  board.group:spawn(fly, board, key, call, flight)
end

-- All calls of this time, by their keys.
local function standing(board)
  local all = {}
  for key, call in pairs(board.own) do all[key] = call end
  for _, wanted in pairs(members_of(board)) do
    for key, call in pairs(wanted) do all[key] = call end
  end
  return all
end

--- Asks everything again, because there is news. Does not wait for the answers.
function Board:renew()
  self.round = self.round + 1
  if self.relay then self.relay:sweep() end
  local all = standing(self)
  for key in pairs(self.answers) do
    if not all[key] then self.answers[key] = nil end
  end
  for key, call in pairs(all) do
    if self.flights[key] then self.flights[key].is_again = true end
    ask(self, key, call)
  end
  self:publish()
end

--- Asks what members want to know that nobody has asked yet, and tells them.
function Board:serve()
  local members = members_of(self)
  for _, wanted in pairs(members) do
    for key, call in pairs(wanted) do
      if not self.answers[key] then ask(self, key, call) end
    end
  end
  publish_to(self, members)
end

--- Waits until there is news about the calls of the leader's last look.
function Board:wait()
  while true do
    local found = answers_to(self, self.own)
    if found and is_news(self, found, self.own_told) then return end
    self.published:wait()
  end
end

--- Begins a look of the leader: the calls that it makes from now on are those that it waits for.
function Board:look()
  self.own, self.own_told = {}, { answers = {}, round = self.round }
end

--- Returns the answer to a call of the leader. Waits for the first one.
---@param call os2.flows.resolve.calls.call
---@return os2.flows.resolve.calls.answer
function Board:answer(call)
  local key = calls.key(call)
  self.own[key] = call
  if not self.answers[key] then ask(self, key, call) end
  while not self.answers[key] do self.published:wait() end
  self.own_told.answers[key] = self.answers[key]
  return self.answers[key]
end

return M
