--- Answers which snapshot is the newest usable one: the steps of `resolution.steps`.
local answers = require("os2.flows.resolve.answers")
local cache = require("os2.cache")
local err = require("os2.err")
local facts = require("os2.facts")
local json = require("os2.json")
local policy = require("os2.policy")
local progress = require("os2.progress")
local provider = require("os2.flows.provider")
local steps = require("os2.flows.steps")
local text = require("os2.progress.text")

---@class os2.flows.resolve
local M = {}

local function add_counts(sum, counts)
  for reason, count in pairs(counts) do sum[reason] = (sum[reason] or 0) + count end
end

-- One request when the first page holds a match; the next page only when none on this one does.
local function ask_prefix(chosen, prefix, passed)
  for page in chosen.pages(policy.ask("resolution.query", { prefix = prefix })) do
    local snapshot, details = policy.ask("resolution.pick", { snapshots = page, prefix = prefix })
    details = answers.details(snapshot, details)
    add_counts(passed, details.passed)
    if snapshot then return snapshot, details end
  end
end

local function passed_words(passed)
  local total, parts = 0, {}
  for reason, count in pairs(passed) do
    total = total + count
    parts[#parts + 1] = ("%d %s"):format(count, text.clean(reason))
  end
  if total == 0 then return "there is none at all" end
  table.sort(parts)
  return ("%s passed over: %s"):format(text.plural(total, "candidate"), table.concat(parts, ", "))
end

local function none_found(chosen, prefixes, passed)
  err.raise(err.new{
    kind = "not_found", op = "resolve",
    message = ("no usable snapshot with the prefix %s (%s)"):format(table.concat(prefixes, " or "),
      passed_words(passed)),
    hint = ("make one: os2 snapshot%s; or name another prefix with --prefix"):format(
      chosen.is_local and " --provider docker" or ""),
  })
end

local function ask(chosen, prefixes)
  local passed = {}
  for _, prefix in ipairs(prefixes) do
    local snapshot, details = ask_prefix(chosen, prefix, passed)
    if snapshot then
      return {
        name = snapshot.name, id = snapshot.id, state = snapshot.state, prefix = prefix,
        created_at = snapshot.createdAt, passed = passed,
        warning = details.warning, newer_inactive = details.newer_inactive,
      }
    end
  end
  none_found(chosen, prefixes, passed)
end

local function key_of(chosen, prefixes)
  local parts = chosen.identity()
  for _, prefix in ipairs(prefixes) do
    parts.n = parts.n + 1
    parts[parts.n] = prefix
  end
  parts.n = parts.n + 1
  parts[parts.n] = policy.fingerprint("resolution", "naming")
  return cache.key(parts)
end

--- Asks anew and keeps the answer, for what was just published.
---@param chosen table  the provider
function M.refresh(chosen)
  local prefixes = policy.ask("resolution.prefixes")
  cache.fetch(key_of(chosen, prefixes), { refresh = true, publish = true }, function()
    return ask(chosen, prefixes)
  end)
end

--- Forgets the kept answer: the next resolve asks.
---@param chosen table  the provider
function M.forget(chosen)
  cache.forget(key_of(chosen, policy.ask("resolution.prefixes")))
end

local function pin_step(ctx)
  local pin, failure = policy.ask("resolution.pin", { prefix = ctx.args.prefix })
  if err.is(failure) then err.raise(failure) end
  if not pin then return end
  ctx.ui:note(("pinned to %s (resolution.pin, by default DAYTONA_SNAPSHOT_PIN), nothing was asked")
    :format(pin))
  ctx.answer, ctx.is_pinned = { name = pin }, true
end

local function warn(ctx)
  if ctx.meta.stale then
    ctx.ui:warn(("STALE: this answer is %s old, the API is unavailable (%s); --fresh forbids it")
      :format(text.duration(ctx.meta.age), ctx.meta.failure.message))
  end
  if ctx.answer.warning then ctx.ui:warn(ctx.answer.warning) end
  if ctx.meta.unwritten then
    ctx.ui:warn("the answer could not be kept: " .. ctx.meta.unwritten.message)
  end
end

local function answer_step(ctx)
  if ctx.answer then return end
  local settled = facts.settle(ctx.args.prefix)
  if settled.warning then ctx.ui:warn(settled.warning) end
  ctx.environment = settled.environment
  local chosen = provider.choose(ctx.args.provider)
  provider.announce(chosen, ctx.ui)
  local prefixes = policy.ask("resolution.prefixes")
  ctx.provider = chosen.name
  ctx.answer, ctx.meta = cache.fetch(key_of(chosen, prefixes), {
    refresh = ctx.args.is_refresh, fresh = ctx.args.is_fresh,
  }, function() return ask(chosen, prefixes) end)
  warn(ctx)
end

local function result_of(ctx)
  local answer, meta = ctx.answer, ctx.meta or {}
  return {
    name = answer.name, id = answer.id, state = answer.state, prefix = answer.prefix,
    created_at = answer.created_at, passed = answer.passed or {},
    warnings = json.array{ answer.warning }, provider = ctx.provider,
    environment = ctx.environment, newer_inactive = json.array(answer.newer_inactive or {}),
    pinned = ctx.is_pinned or false, cached = meta.cached or false,
    age = meta.age or 0, stale = meta.stale or false,
  }
end

local OWN <const> = { pin = pin_step, answer = answer_step }

--- Resolves the newest usable snapshot. Raises `not_found` when there is none.
---@param args table  the arguments of scripts/resolve.lua
---@param ui? os2.progress.ui  where it is a part of another run
---@return table fields  of the result
---@return string name
function M.run(args, ui)
  local ctx = { args = args, ui = ui or progress.open() }
  steps.run("resolution.steps", OWN, ctx)
  answers.check(ctx.answer)
  return result_of(ctx), ctx.answer.name
end

return M
