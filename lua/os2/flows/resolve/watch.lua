--- Resolves again and again: as soon as Daytona tells of a change, and every `wait.beside` seconds.
--- Each answer refreshes the cache, so other processes of the user need no request meanwhile.
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

-- Without an answer the watch goes on: one may come. Any other refusal ends it.
local function take_failure(state, ui, failure)
  if failure.kind ~= "not_found" and not waiting.is_passing(failure) then err.raise(failure) end
  if failure.message ~= state.failure then ui:note(failure.message) end
  state.failure = failure.message
end

local function tell(state, name)
  state.failure = nil
  if name == state.name then return end
  state.name = name
  io.stdout:write(name, "\n")
  io.stdout:flush()
end

-- A run may change the arguments that it gets.
local function asked_anew(args)
  local copy = { is_fresh = true }
  for key, value in pairs(args) do copy[key] = value end
  return copy
end

local function subject(provider)
  return { provider = provider, about = function() return news.ALL end }
end

--- Prints the answer, and each new one, until the run is interrupted.
---@param args table  those of scripts/resolve.lua
---@param resolve fun(args: table, ui: table): table, string  asks, and caches the answer
function M.run(args, resolve)
  if args.json or args.result then
    err.raise(err.new{
      kind = "invalid", exit = "usage", op = "usage",
      message = "--watch has many answers, and a document has one",
      hint = "leave out --json and --result, or --watch",
    })
  end
  local ui, state = quieter(progress.open()), {}
  local subscription <close> = news.subscribe(subject(provider_choice.choose(args.provider)))
  while true do
    if subscription then subscription:look() end
    local fields, failure = task.try(resolve, asked_anew(args), ui)
    if failure then take_failure(state, ui, failure) else tell(state, fields.name) end
    local pause = policy.ask("poll.longest", { attempt = 1 })
    if subscription then
      subscription:wait(subscription:pause(pause))
    else
      task.sleep(pause)
    end
  end
end

return M
