--- Resolves again and again: as soon as Daytona tells of a change, and every `wait.beside` seconds.
--- Each answer refreshes the cache, so other processes of the user need no request meanwhile.
local cache = require("os2.store.cache")
local clock = require("os2.clock")
local err = require("os2.err")
local news = require("os2.flows.news")
local policy = require("os2.policy")
local progress = require("os2.report.progress")
local provider_choice = require("os2.flows.provider_choice")
local task = require("os2.task")
local waiting = require("os2.flows.waiting")

---@class os2.flows.resolve.watch
local M = {}

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
---@field key string?  of the cached answer; nil when it is not known
---@field name string?  the last answer
---@field failure string?  why there is none now

-- What is cached is an answer no more.
local function take_back(watch)
  if watch.key and watch.is_leading then cache.forget(watch.key) end
end

-- Without an answer the watch goes on: one may come. Any other refusal ends it.
local function take_failure(watch, failure)
  if failure.kind ~= "not_found" and not waiting.is_passing(failure) then err.raise(failure) end
  if failure.message == watch.failure then return end
  watch.failure = failure.message
  watch.ui:note(failure.message)
  if failure.kind ~= "not_found" then return end
  watch.name = nil
  take_back(watch)
end

local function tell(watch, name)
  watch.failure = nil
  if name == watch.name then return end
  watch.name = name
  io.stdout:write(name, "\n")
  io.stdout:flush()
end

-- Resolves once. A run may change the arguments that it gets.
local function look(watch, is_fresh)
  local copy = { is_fresh = is_fresh }
  for key, value in pairs(watch.args) do copy[key] = value end
  local fields, failure = task.try(watch.resolve.run, copy, watch.ui)
  if failure then take_failure(watch, failure) else tell(watch, fields.name) end
end

local function subject(provider)
  return { provider = provider, about = function() return news.ALL end }
end

-- Asks as soon as there is news, and keeps the cache fresh for the others.
local function lead(watch)
  watch.is_leading = true
  local provider = provider_choice.choose(watch.args.provider)
  local subscription <close> = news.subscribe(subject(provider))
  while true do
    if subscription then subscription:look() end
    look(watch, true)
    local pause = policy.ask("poll.longest", { attempt = 1 })
    if subscription then
      subscription:wait(subscription:pause(pause))
    else
      task.sleep(pause)
    end
  end
end

-- Reads what the leading process has put into the cache, until that one ends. Returns the lock, or
-- nil and why none can be made.
local function follow(watch)
  local seen, due = nil, clock.monotonic() + policy.ask("poll.first", { attempt = 1 })
  while true do
    local held, failure = cache.hold(watch.key)
    if held or failure then return held, failure end
    local content, now = cache.content(watch.key), clock.monotonic()
    if content and content ~= seen or now >= due then
      seen, due = content, now + policy.ask("wait.beside")
      look(watch, false)
    end
    task.sleep(policy.ask("wait.follow"))
  end
end

local function check(args)
  if not (args.json or args.result) then return end
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage",
    message = "--watch has many answers, and a document has one",
    hint = "leave out --json and --result, or --watch",
  })
end

--- Prints the answer, and each new one, until the run is interrupted. Of several such processes
--- one is connected and asks; the others follow the cache, and one takes its place when it ends.
---@param args table  those of scripts/resolve.lua
---@param resolve table  os2.flows.resolve
function M.run(args, resolve)
  check(args)
  local watch = { args = args, resolve = resolve, ui = quieter(progress.open()) }
  -- without a key, the look itself says what is wrong
  watch.key = task.try(resolve.key, args)
  local held, failure
  if watch.key then held, failure = follow(watch) end
  local _ <close> = held
  if failure then
    watch.ui:note("this watch shares nothing with others: " .. failure.message)
  end
  lead(watch)
end

return M
