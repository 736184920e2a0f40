--- One look at all that `os2 status` shows: its parts ask at the same time, each with a deadline,
--- and what cannot be had is said.
local clock = require("os2.clock")
local err = require("os2.err")
local facts = require("os2.flows.facts")
local json = require("os2.json")
local parts = require("os2.flows.status.parts")
local policy = require("os2.policy")
local problems = require("os2.flows.status.problems")
local provider_choice = require("os2.flows.provider_choice")
local screen = require("os2.flows.status.screen")
local task = require("os2.task")

---@class os2.flows.status
local M = {}

---@class os2.flows.status.ctx
---@field args table
---@field started number  monotonic seconds
---@field failures os2.Err[]  what kept a part from being known, or a policy file from being read
---@field unknown {what: string, why: string}[]
---@field prefix string?
---@field environment string?
---@field pin string?
---@field provider table?
---@field snapshots table?

local function fail(ctx, what, failure)
  ctx.unknown[#ctx.unknown + 1] = { what = what, why = failure.message }
  ctx.failures[#ctx.failures + 1] = failure
end

local function settle(ctx)
  local settled, failure = task.try(facts.settle, ctx.args.prefix)
  if failure then
    failure.hint = failure.hint or "doppler run --config dev -- os2 status, or --prefix PREFIX"
    return fail(ctx, "environment", failure)
  end
  ctx.prefix, ctx.environment = settled.prefix, settled.environment
  if settled.warning then
    ctx.failures[#ctx.failures + 1] = err.new{
      kind = "invalid", op = "environment", message = settled.warning,
      hint = "set DAYTONA_SNAPSHOT_PREFIX to the prefix that is meant",
    }
  end
end

local function choose(ctx)
  local chosen, failure = task.try(provider_choice.choose, ctx.args.provider)
  if failure then return fail(ctx, "provider", failure) end
  ctx.provider = chosen
  ctx.snapshots = require(("os2.providers.%s.snapshots"):format(chosen.name))
end

local function find_pin(ctx)
  local pin, failure = task.try(facts.ask, "resolution.pin", { prefix = ctx.prefix })
  if failure then return fail(ctx, "pin", failure) end
  ctx.pin = pin
end

-- The parts, and what each needs to be known before.
local PARTS <const> = {
  { name = "key", needs = { "provider" }, run = parts.key },
  { name = "engine", needs = {}, run = parts.engine },
  { name = "snapshots", needs = { "provider", "prefix" }, run = parts.snapshots },
  { name = "machines", needs = { "provider" }, run = parts.machines },
  { name = "cache", needs = { "provider", "prefix" }, run = parts.cache },
}

local function is_possible(ctx, part)
  for _, field in ipairs(part.needs) do
    if ctx[field] == nil then return false end
  end
  return true
end

local function look(ctx)
  return function(part)
    if not is_possible(ctx, part) then return {} end
    local seconds = policy.ask("timeouts.status", { part = part.name })
    return (task.timeout(seconds, part.run, ctx))
  end
end

local function explain(part, failure)
  if failure.op ~= "task.timeout" then return failure end
  return err.new{
    kind = "timeout", op = "status", message = ("%s: %s"):format(part.name, failure.message),
    hint = "run os2 status again; the policy timeouts.status allows more time",
  }
end

-- One cause, such as an API that is away, is said once.
local function remember(ctx, part, failure)
  ctx.unknown[#ctx.unknown + 1] = { what = part.name, why = failure.message }
  for _, other in ipairs(ctx.failures) do
    if other.kind == failure.kind and other.message == failure.message then return end
  end
  ctx.failures[#ctx.failures + 1] = failure
end

local function ask_all(ctx)
  local found, outcomes = {}, task.map(PARTS, look(ctx))
  for index, part in ipairs(PARTS) do
    local outcome = outcomes[index]
    if outcome.err then remember(ctx, part, explain(part, outcome.err)) end
    for field, value in pairs(outcome.value or {}) do found[field] = value end
  end
  return found
end

-- Each snapshot is told how many machines name it, where that is known.
local function add_uses(found)
  local counts = {}
  for _, row in ipairs(found.machines and found.machines.by_snapshot or {}) do
    counts[row.snapshot] = row.count
  end
  for _, fields in ipairs(found.machines and found.snapshots or {}) do
    fields.machines = counts[fields.name] or 0
  end
end

--- Looks at everything. Raises nothing that only keeps a part from being known.
---@param args table  the arguments of `os2 status`
---@param faults os2.Err[]  of the policy files
---@return table fields
---@return string screen
function M.run(args, faults)
  local ctx = { args = args, started = clock.monotonic(), failures = {}, unknown = {} }
  table.move(faults, 1, #faults, 1, ctx.failures)
  settle(ctx)
  choose(ctx)
  find_pin(ctx)
  local found = ask_all(ctx)
  add_uses(found)
  found.prefix, found.environment = ctx.prefix, ctx.environment
  found.provider = ctx.provider and ctx.provider.name
  found.unknown = json.array(ctx.unknown)
  found.problems = json.array(problems.find(ctx, found))
  found.inactive = nil
  found.seconds = math.floor((clock.monotonic() - ctx.started) * 1000) / 1000
  return found, screen.of(found)
end

return M
