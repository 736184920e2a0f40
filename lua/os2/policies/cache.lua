--- How long an answer of the API is kept, and when an old one may stand in.
local policy = require("os2.policy")

---@class os2.policies.cache
local M = {}

--- Judges an entry by its age: "fresh" answers by itself, "stale" may stand in when the API is
--- unavailable, "miss" is as good as nothing. A clock set back makes every entry a miss.
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

-- An answer that says no (401, 403, 404) or not now (429) is an answer; only silence is
-- unavailable.
local function is_unavailable(failure)
  local status = failure.status
  if status then return status >= 500 end
  return failure.kind == "network" or failure.kind == "unavailable" or failure.kind == "timeout"
end

--- Says whether an old answer may stand in after this error. Never to a publish, never with
--- --fresh, never for 401, 403, 404 and 429.
---@param facts {err: table, publish: boolean?, fresh: boolean?, stored_at: number?, now: number}
---@return boolean, string? why
function M.may_stand_in(facts)
  if facts.publish then return false, "a publish needs the truth" end
  if facts.fresh then return false, "--fresh forbids it" end
  if not is_unavailable(facts.err) then return false, "the API is there and said no" end
  if facts.stored_at and policy.ask("cache.state", facts) == "miss" then
    return false, "the kept answer is too old"
  end
  return true
end

local STATE_FACTS <const> = {
  stored_at = "number?: when the answer was kept, in seconds since 1970",
  failed = "boolean?: what was kept is an error",
}

policy.define("cache.ttl", {
  facts = STATE_FACTS,
  doc = "How long an answer is kept before the API is asked again.",
  type = "number", unit = "s", range = { 0, 86400 }, default = 300,
})

policy.define("cache.error_ttl", {
  facts = STATE_FACTS,
  doc = "How long a failed asker's error answers those who waited for it.",
  type = "number", unit = "s", range = { 0, 60 }, default = 2,
})

policy.define("cache.stale", {
  facts = STATE_FACTS,
  doc = "Up to which age an old answer may stand in when the API is unavailable; 0 for never.",
  type = "number", unit = "s", range = { 0, 604800 }, default = 3600,
})

policy.define("cache.variables", {
  doc = "Variables that functions of resolution or naming read, besides DAYTONA_*, DOPPLER_*, "
    .. "ITERATE_* and OS2_*: with another value the API is asked.",
  type = "list", element = "string", default = {},
})

policy.define("cache.state", {
  facts = STATE_FACTS,
  doc = "Whether a kept answer is fresh, stale or a miss; a clock set back is a miss.",
  default = M.state,
  returns = {
    type = "string", values = { "fresh", "stale", "miss" }, doc = "fresh, stale or miss",
  },
})

policy.define("cache.may_stand_in", {
  facts = {
    err = "os2.Err: why nothing newer can be had",
    publish = "boolean?: the answer is for a publish",
    fresh = "boolean?: --fresh is given",
    stored_at = "number?: when the answer was kept, in seconds since 1970",
  },
  doc = "Whether an old answer may stand in for an error: the API is unavailable; never for 401, "
    .. "403, 404, 429, never to a publish, never with --fresh.",
  default = M.may_stand_in, returns = { type = "boolean", doc = "true, or false and why" },
})

return M
