--- Checks the snapshot that a run is pinned to; the answer is cached like any other.
local answers = require("os2.flows.resolve.answers")
local cache = require("os2.store.cache")
local err = require("os2.err")
local nearest = require("os2.text.nearest")
local policy = require("os2.policy")
local provider_choice = require("os2.flows.provider_choice")
local region = require("os2.flows.region")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.resolve.pin
local M = {}

local ORIGIN <const> = "resolution.pin, by default DAYTONA_SNAPSHOT_PIN"

local function names_under(chosen, filter)
  local query, names = policy.ask("resolution.query", { prefix = "" }), {}
  query.name = filter
  for _, snapshot in ipairs(chosen.pages(query)() or {}) do names[#names + 1] = snapshot.name end
  return names
end

-- Looks first under the pin's own prefix, although the prefix may be what is misspelled.
local function nearest_of(chosen, pin)
  local stem = pin:match("^(.-%-%-)")
  local filter = stem and policy.ask("naming.filter", { prefix = stem })
  local found = filter and nearest.find(pin, names_under(chosen, filter)) or {}
  if #found == 0 then found = nearest.find(pin, names_under(chosen)) end
  return found
end

local function refuse_missing(chosen, pin)
  local found = task.try(nearest_of, chosen, pin) or {}
  err.raise(err.new{
    kind = "not_found", op = "resolve",
    message = ("the pinned snapshot %s does not exist (%s)"):format(pin, ORIGIN),
    hint = #found > 0 and "did you mean " .. terminal.clean(table.concat(found, ", ")) .. "?"
      or "unset the pin for the newest usable one, or pin one that is there",
  })
end

local function refuse_unusable(chosen, snapshot, why)
  local where = chosen.is_local and " --provider docker" or ""
  local is_inactive = snapshot.state == "inactive"
  err.raise(err.new{
    kind = "conflict", op = "resolve",
    message = ("the pinned snapshot %s cannot be used: %s (%s)"):format(
      terminal.clean(snapshot.name),
      terminal.clean(type(why) == "string" and why or "not usable"), ORIGIN),
    hint = is_inactive
      and ("activate it: os2 snapshot activate%s %s"):format(where, terminal.clean(snapshot.name))
      or "unset the pin for the newest usable one, or pin another",
  })
end

local function ask(chosen, pin, facts)
  local snapshot = chosen.find_snapshot(pin)
  if not snapshot then refuse_missing(chosen, pin) end
  facts.snapshot = snapshot
  local is_usable, why = policy.ask("resolution.usable", facts)
  if not is_usable then refuse_unusable(chosen, snapshot, why) end
  return {
    name = snapshot.name, id = snapshot.id, state = snapshot.state,
    created_at = snapshot.createdAt,
  }
end

--- Returns the key under which a pin is cached.
---@param chosen table  the provider
---@param pin string
---@param wanted string?  the region
---@return string
function M.key(chosen, pin, wanted)
  local parts = chosen.identity()
  local more = { "pin", pin, wanted or "", (policy.fingerprint("resolution", "naming")) }
  for index, part in ipairs(more) do parts[parts.n + index] = part end
  parts.n = parts.n + #more
  return cache.key(parts)
end

local function hold(ctx, pin, failure)
  ctx.ui:warn(("the pinned snapshot %s could not be checked (%s); it is used unchecked"):format(
    pin, failure.message))
  return { name = pin }, { cached = false, age = 0, stale = false }
end

-- With --fresh only an answer of the API counts.
local function may_hold(ctx, failure)
  return not ctx.args.is_fresh and policy.ask("retry.passing", { err = failure, is_wait = true })
end

--- Returns the pin as an answer. Raises when there is no such snapshot, naming the nearest, and
--- when it cannot be used. When the API is unavailable or there is no key, the pin is used
--- unchecked, with a warning.
---@param ctx table  the context of the resolve
---@param pin string
---@return table answer
---@return os2.store.cache.meta
function M.check(ctx, pin)
  local chosen, failure = task.try(provider_choice.choose, ctx.args.provider)
  if failure then return hold(ctx, pin, failure) end
  provider_choice.announce(chosen, ctx.ui)
  ctx.provider = chosen.name
  local wanted = region.of(ctx.args)
  local answer, refusal, meta = task.try(cache.fetch, M.key(chosen, pin, wanted), {
    refresh = ctx.args.is_refresh, fresh = ctx.args.is_fresh, fits = answers.fits,
    asked_at = chosen.asked_at,
  }, function() return ask(chosen, pin, { region = wanted, is_local = chosen.is_local }) end)
  if answer then return answer, meta end
  if may_hold(ctx, refusal) then return hold(ctx, pin, refusal) end
  err.raise(refusal)
end

--- Reports that the run is pinned; at every run, so that nobody forgets it.
---@param ctx table
---@param pin string
function M.tell(ctx, pin)
  local how = ctx.args.is_unchecked and "it was not checked"
    or ctx.meta.cached and ("looked at %s ago"):format(terminal.duration(ctx.meta.age))
    or ctx.answer.id and "it is there" or "nothing is known of it"
  ctx.ui:note(("pinned to %s (%s), %s"):format(pin, ORIGIN, how))
end

return M
