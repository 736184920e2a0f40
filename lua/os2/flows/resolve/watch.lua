--- Resolves again and again: as soon as Daytona tells of a change, and every `wait.beside` seconds.
--- Each answer refreshes the cache, so other processes of the user need no request meanwhile.
---
--- Of several watches of one account on a machine one leads: it is connected, and asks for all of
--- them. The others are its members; one of them takes its place when it ends.
local bell = require("os2.run.bell")
local resolve_board = require("os2.flows.resolve.board")
local cache = require("os2.store.cache")
local calls = require("os2.flows.resolve.calls")
local clock = require("os2.clock")
local err = require("os2.err")
local follower = require("os2.flows.resolve.follower")
local news = require("os2.flows.news")
local output = require("os2.console.output")
local policy = require("os2.policy")
local progress = require("os2.report.progress")
local provider_choice = require("os2.flows.provider_choice")
local store_relay = require("os2.store.relay")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.resolve.watch
local M = {}

local BEAT_SECONDS <const> = 1

-- The display of a run that resolves many times: it repeats no warning.
local function quieter(ui)
  local said
  return setmetatable({
    warn = function(_, words)
      if words ~= said then ui:warn(words) end
      said = words
    end,
  }, { __index = ui })
end

---@class os2.flows.resolve.watch.state
---@field args table  those of scripts/resolve.lua
---@field resolve table  os2.flows.resolve
---@field ui os2.report.progress.ui
---@field provider table
---@field name string?  the last answer
---@field failure string?  why there is none now
---@field unprinted string[]  answers that the reader of stdout has not taken yet
---@field told os2.run.bell.Bell  there is one more of them

-- What is cached is an answer no more, unless somebody has got it later.
local function take_back(watch, asked_at)
  local key = task.try(watch.resolve.key, watch.args)
  if key and asked_at then cache.forget(key, asked_at) end
end

-- Without an answer the watch goes on: one may come. Any other refusal ends it.
local function take_failure(watch, failure, asked_at)
  if failure.kind ~= "not_found" and not waiting.is_passing(failure) then err.raise(failure) end
  if failure.kind == "not_found" then
    watch.name = nil
    take_back(watch, asked_at)
  end
  if failure.message == watch.failure then return end
  watch.failure = failure.message
  watch.ui:note(failure.message)
end

local function tell(watch, name)
  watch.failure = nil
  if name == watch.name then return end
  watch.name = name
  table.insert(watch.unprinted, name)
  watch.told:ring()
end

-- A task of its own: the watch keeps the cache fresh, also while the reader of stdout sleeps.
local function print_answers(watch)
  while true do
    while watch.unprinted[1] do output.write(table.remove(watch.unprinted, 1) .. "\n") end
    watch.told:wait()
  end
end

-- Resolves once, with a provider whose calls `ask` answers. A run may change the arguments that it
-- gets.
local function look(watch, ask)
  local copy = { is_fresh = true }
  for key, value in pairs(watch.args) do copy[key] = value end
  local asked = calls.through(watch.provider, ask)
  provider_choice.substitute(watch.provider.name, asked)
  local fields, failure = task.try(watch.resolve.run, copy, watch.ui)
  provider_choice.substitute(watch.provider.name, nil)
  if failure then take_failure(watch, failure, asked.asked_at()) else tell(watch, fields.name) end
end

-- ---- the leader ----

local function subject(provider)
  return { provider = provider, about = function() return news.ALL end }
end

-- Has everything asked again as soon as there is news.
local function follow_news(board, provider)
  local subscription <close> = news.subscribe(subject(provider))
  while true do
    if subscription then subscription:look() end
    board:renew()
    local pause = policy.ask("poll.longest", { attempt = 1 })
    if subscription then
      subscription:wait(subscription:pause(pause))
    else
      task.sleep(pause)
    end
  end
end

-- Where the answers cannot be written (a full disk), the members are to ask for themselves.
local function serve(board, relay)
  local due = 0
  while true do
    board:serve()
    local now = clock.monotonic()
    if now >= due and not board.is_unheard then
      relay:beat()
      due = now + BEAT_SECONDS
    end
    task.sleep(policy.ask("wait.follow"))
  end
end

local function lead(watch, relay)
  task.group(function(group)
    local board = resolve_board.new(watch.provider, relay, group)
    group:spawn(follow_news, board, watch.provider)
    if relay then group:spawn(serve, board, relay) end
    while true do
      board:look()
      look(watch, function(call) return board:answer(call) end)
      board:wait()
    end
  end)
end

-- ---- the others ----

local function follow(watch, relay)
  local member <close> = follower.new(watch.provider, relay, function(words)
    watch.ui:note(words)
  end)
  while member and not relay.lock do
    look(watch, function(call) return member:answer(call) end)
    member:looked()
    if not relay.lock then member:wait() end
  end
end

-- Opens what the watches of this account share.
local function open_relay(provider)
  local parts = provider.identity()
  parts[parts.n + 1], parts.n = "watch", parts.n + 1
  return store_relay.open(cache.key(parts))
end

local function check(args)
  if not (args.json or args.result) then return end
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage",
    message = "--watch has many answers, and a document has one",
    hint = "leave out --json and --result, or --watch",
  })
end

local function run(watch)
  local relay <close>, failure = open_relay(watch.provider)
  if relay then failure = select(2, task.try(follow, watch, relay)) end
  if failure and relay and failure.op ~= store_relay.OP then err.raise(failure) end
  if failure then
    watch.ui:note("this watch shares nothing with others: " .. failure.message)
  end
  lead(watch, not failure and relay or nil)
end

--- Prints the answer, and each new one, until the run is interrupted. Of several such processes of
--- one account one is connected and asks, and another takes its place when it ends.
---@param args table  those of scripts/resolve.lua
---@param resolve table  os2.flows.resolve
function M.run(args, resolve)
  check(args)
  local watch = {
    args = args, resolve = resolve, ui = quieter(progress.open()),
    provider = provider_choice.choose(args.provider), unprinted = {}, told = bell.new(),
  }
  task.group(function(group)
    group:spawn(print_answers, watch)
    run(watch)
  end)
end

return M
