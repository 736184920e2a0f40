--- Finds the newest usable snapshot: the steps of `resolution.steps`.
local answers = require("os2.flows.resolve.answers")
local cache = require("os2.store.cache")
local err = require("os2.err")
local facts = require("os2.flows.facts")
local json = require("os2.json")
local known = require("os2.flows.known")
local policy = require("os2.policy")
local progress = require("os2.report.progress")
local provider_choice = require("os2.flows.provider_choice")
local region = require("os2.flows.region")
local step_runner = require("os2.flows.step_runner")
local terminal = require("os2.text.terminal")

---@class os2.flows.resolve
local M = {}

-- At first use: most runs have no pin.
local function pins()
  return require("os2.flows.resolve.pin")
end

local function add_counts(sum, counts)
  for reason, count in pairs(counts) do sum[reason] = (sum[reason] or 0) + count end
end

local function add_names(sum, names)
  for _, name in ipairs(names or {}) do sum[#sum + 1] = name end
end

---@class os2.flows.resolve.question  what to find, and what was found besides the answer
---@field provider table
---@field prefixes string[]
---@field region string?  the region in which machines are to start
---@field refused table<string, string>?  name -> reason: the snapshots that the API has refused to
---  this run
---@field passed table<string, integer>  reason -> count
---@field inactive string[]

-- Sends one request when the first page has a match; requests the next page only when none on this
-- page matches.
local function ask_prefix(question, prefix)
  local chosen = question.provider
  for page in chosen.pages(policy.ask("resolution.query", { prefix = prefix })) do
    local snapshot, details = policy.ask("resolution.pick", {
      snapshots = page, prefix = prefix, region = question.region, refused = question.refused,
      is_local = chosen.is_local,
    })
    details = answers.details(snapshot, details)
    add_counts(question.passed, details.passed)
    add_names(question.inactive, details.newer_inactive)
    if snapshot then return snapshot, details end
  end
end

local function passed_words(passed)
  local total, parts = 0, {}
  for reason, count in pairs(passed) do
    total = total + count
    parts[#parts + 1] = ("%d %s"):format(count, terminal.clean(reason))
  end
  if total == 0 then return "there is none at all" end
  table.sort(parts)
  local candidates = terminal.plural(total, "candidate")
  return ("%s passed over: %s"):format(candidates, table.concat(parts, ", "))
end

local function way_on(question)
  local where = question.provider.is_local and " --provider docker" or ""
  local make = ("make one: os2 snapshot%s; or name another prefix with --prefix"):format(where)
  local inactive = question.inactive[1]
  if not inactive then return make end
  return ("activate the newest: os2 snapshot activate%s %s; or %s"):format(where,
    terminal.clean(inactive), make)
end

local function none_found(question)
  err.raise(err.new{
    kind = "not_found", op = "resolve",
    message = ("no usable snapshot with the prefix %s (%s)"):format(
      table.concat(question.prefixes, " or "), passed_words(question.passed)),
    hint = way_on(question),
  })
end

local function ask_all(question)
  question.passed, question.inactive = {}, {}
  for _, prefix in ipairs(question.prefixes) do
    local snapshot, details = ask_prefix(question, prefix)
    if snapshot then
      return {
        name = snapshot.name, id = snapshot.id, state = snapshot.state, prefix = prefix,
        created_at = snapshot.createdAt, passed = question.passed,
        warning = details.warning, newer_inactive = details.newer_inactive,
      }
    end
  end
end

-- The region is resolved to its id only when nothing was found.
local function ask(question)
  local answer = ask_all(question)
  if answer then return answer end
  local wanted = question.region
  if wanted and not question.provider.is_local then
    question.region = region.check(question.provider, wanted)
    answer = question.region ~= wanted and ask_all(question) or nil
  end
  return answer or none_found(question)
end

local function question_of(chosen, wanted)
  return { provider = chosen, region = wanted, prefixes = policy.ask("resolution.prefixes") }
end

local function key_of(question)
  local parts = question.provider.identity()
  local function add(part)
    parts.n = parts.n + 1
    parts[parts.n] = part
  end
  add(question.region)
  for _, prefix in ipairs(question.prefixes) do add(prefix) end
  add(policy.fingerprint("resolution", "naming"))
  return cache.key(parts)
end

--- Returns the key under which the answer to these arguments is cached.
---@param args table  those of scripts/resolve.lua
---@return string
function M.key(args)
  local chosen, wanted = provider_choice.choose(args.provider), region.of(args)
  local pin = policy.ask("resolution.pin", { prefix = args.prefix })
  if pin then return pins().key(chosen, pin, wanted) end
  facts.settle(args.prefix)
  return key_of(question_of(chosen, wanted))
end

--- Asks again and caches the answer, after a snapshot was published.
---@param chosen table  the provider
---@param wanted? string  the region in which it was published
function M.refresh(chosen, wanted)
  local question = question_of(chosen, wanted)
  cache.fetch(key_of(question), { refresh = true, publish = true, fits = answers.fits }, function()
    return ask(question)
  end)
end

--- Forgets the cached answer, so that the next resolve asks the API.
---@param chosen table  the provider
---@param wanted? string  the region
function M.forget(chosen, wanted)
  cache.forget(key_of(question_of(chosen, wanted)))
end

local function pin_step(ctx)
  local pin, failure = policy.ask("resolution.pin", { prefix = ctx.args.prefix })
  if err.is(failure) then err.raise(failure) end
  if not pin then return end
  ctx.answer, ctx.is_pinned = { name = pin }, true
  if not ctx.args.is_unchecked then ctx.answer, ctx.meta = pins().check(ctx, pin) end
  pins().tell(ctx, pin)
end

local function warn(ctx)
  if ctx.meta.stale then
    ctx.ui:warn(("STALE: this answer is %s old, the API is unavailable (%s); --fresh forbids it")
      :format(terminal.duration(ctx.meta.age), ctx.meta.failure.message))
  end
  if ctx.answer.warning then ctx.ui:warn(ctx.answer.warning) end
  if ctx.meta.unwritten then
    ctx.ui:warn("the answer could not be cached: " .. ctx.meta.unwritten.message)
  end
end

-- What the API refuses to one run must not be cached for others.
local function fetch(question, args)
  if question.refused then return ask(question), { cached = false, age = 0, stale = false } end
  return cache.fetch(key_of(question), {
    refresh = args.is_refresh, fresh = args.is_fresh, fits = answers.fits,
    asked_at = question.provider.asked_at,
  }, function() return ask(question) end)
end

local function answer_step(ctx)
  if ctx.answer then return end
  local settled = facts.settle(ctx.args.prefix)
  if settled.warning then ctx.ui:warn(settled.warning) end
  ctx.environment = settled.environment
  local chosen = provider_choice.choose(ctx.args.provider)
  provider_choice.announce(chosen, ctx.ui)
  local question = question_of(chosen, region.of(ctx.args))
  ctx.provider, question.refused = chosen.name, ctx.args.refused
  ctx.answer, ctx.meta = fetch(question, ctx.args)
  warn(ctx)
end

local function result_of(ctx)
  local answer, meta = ctx.answer or {}, ctx.meta or {}
  return {
    name = answer.name, id = answer.id, state = answer.state,
    prefix = answer.prefix or facts.named_prefix(ctx.args.prefix),
    created_at = answer.created_at, passed = answer.passed or {},
    warnings = json.array{ answer.warning }, provider = ctx.provider,
    environment = ctx.environment, newer_inactive = json.array(answer.newer_inactive or {}),
    pinned = ctx.is_pinned or false, cached = meta.cached or false,
    age = meta.age or 0, stale = meta.stale or false,
  }
end

local OWN <const> = { pin = pin_step, answer = answer_step }

--- Finds the newest usable snapshot. Raises `not_found` when there is none.
---@param args table  those of scripts/resolve.lua; `refused`: name -> reason, snapshots to pass
---  over
---@param ui? os2.report.progress.ui  given when this is a part of another run
---@return table fields  of the result
---@return string name
function M.run(args, ui)
  if not ui and args.is_watch then return require("os2.flows.resolve.watch").run(args, M) end
  local ctx = { args = args, ui = ui or progress.open() }
  require("os2.client.retry").observe(function(failure, seconds)
    require("os2.flows.waiting").tell_pause(ctx.ui, failure, seconds)
  end)
  local _ <close> = known.on_failure(function() return result_of(ctx) end)
  step_runner.run("resolution.steps", OWN, ctx)
  answers.check(ctx.answer)
  return result_of(ctx), ctx.answer.name
end

return M
