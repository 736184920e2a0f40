--- How long an answer of the API is kept, and when an old answer may be used instead of a new one.
local policy = require("os2.policy")

---@class os2.policies.cache
local M = {}

--- Classifies an entry by its age: a "fresh" entry is the answer, a "stale" one may be used while
--- the API is unavailable, and a "miss" cannot be used. When the clock was set back, every entry is
--- a miss.
---@param facts {now: number, stored_at: number?, failed: boolean?}  failed: the entry is an error
---@return "fresh"|"stale"|"miss"
function M.state(facts)
  local age = facts.stored_at and facts.now - facts.stored_at
  if not age or age < 0 then return "miss" end
  local ttl = policy.ask(facts.failed and "cache.error_ttl" or "cache.ttl", facts)
  if age < ttl then return "fresh" end
  if not facts.failed and age <= policy.ask("cache.stale", facts) then return "stale" end
  return "miss"
end

-- An error status of the API (401, 403, 404, 429) is an answer. Only a missing answer, or a status
-- from 500 on, means unavailable.
local function is_unavailable(failure)
  local status = failure.status
  if status then return status >= 500 end
  return failure.kind == "network" or failure.kind == "unavailable" or failure.kind == "timeout"
end

--- Decides whether an old answer may be used after this error. It may not for a publish, with
--- --fresh, or after 401, 403, 404 and 429.
---@param facts {err: table, publish: boolean?, fresh: boolean?, stored_at: number?, now: number}
---@return boolean, string? why
function M.may_stand_in(facts)
  if facts.publish then return false, "a publish needs a new answer" end
  if facts.fresh then return false, "--fresh forbids it" end
  if not is_unavailable(facts.err) then return false, "the API has answered with a refusal" end
  if facts.stored_at and policy.ask("cache.state", facts) == "miss" then
    return false, "the kept answer is too old"
  end
  return true
end

local STATE_FACTS <const> = {
  stored_at = "number?: the time when the answer was cached, in seconds since 1970",
  failed = "boolean?: the cached answer is an error",
}

policy.define("cache.ttl", {
  facts = STATE_FACTS,
  doc = "How long an answer is kept before the API is asked again.",
  type = "number", unit = "s", range = { 0, 86400 }, default = 300,
})

policy.define("cache.error_ttl", {
  facts = STATE_FACTS,
  doc = "How long the error of a failed request is also the answer for processes that waited for "
    .. "that request.",
  type = "number", unit = "s", range = { 0, 60 }, default = 2,
})

policy.define("cache.stale", {
  facts = STATE_FACTS,
  doc = "How old an answer may be that is used while the API is unavailable; 0: none is used.",
  type = "number", unit = "s", range = { 0, 604800 }, default = 3600,
})

policy.define("cache.variables", {
  doc = "Further variables that functions of resolution or naming read, besides DAYTONA_*, "
    .. "DOPPLER_*, ITERATE_* and OS2_*: when the value of one changes, the API is asked again.",
  type = "list", element = "string", default = {},
})

policy.define("cache.state", {
  facts = STATE_FACTS,
  doc = "Whether a kept answer is fresh, stale or a miss. When the clock was set back, it is a "
    .. "miss.",
  default = M.state,
  returns = {
    type = "string", values = { "fresh", "stale", "miss" }, doc = "fresh, stale or miss",
  },
})

policy.define("cache.may_stand_in", {
  facts = {
    err = "os2.Err: the error because of which there is no newer answer",
    publish = "boolean?: the answer is for a publish",
    fresh = "boolean?: --fresh is given",
    stored_at = "number?: the time when the answer was cached, in seconds since 1970",
  },
  doc = "Whether an old answer may be used after an error: only while the API is unavailable; "
    .. "never after 401, 403, 404 or 429, never for a publish, never with --fresh.",
  default = M.may_stand_in, returns = { type = "boolean", doc = "true, or false and why" },
})

return M
