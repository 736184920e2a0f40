--- Whether a failed request is retried, and when.
local lists = require("os2.base.lists")
local policy = require("os2.policy")

---@class os2.policies.retry
local M = {}

local SAFE_METHODS <const> = { GET = true, HEAD = true, PUT = true, DELETE = true, OPTIONS = true }

local function is_idempotent(facts)
  if facts.idempotent ~= nil then return facts.idempotent end
  return SAFE_METHODS[facts.method] == true
end

-- Repeating a create makes two things, so it is retried only when the server surely did not act. A
-- 429 proves that, because the server refused the request before it acted.
local function is_safe(facts)
  return is_idempotent(facts) or facts.err.is_sent == false or facts.err.status == 429
end

--- Decides whether an error is temporary. For a wait on something that goes on without os2, every
--- server error is, also a 500.
---@param facts {err: os2.Err, is_wait: boolean?, deadline: number?}
---@return boolean
function M.passing(facts)
  local failure = facts.err
  if failure.status then
    return facts.is_wait and failure.status >= 500
      or lists.has(policy.ask("retry.statuses", facts), failure.status)
  end
  if failure.kind == "network" or failure.kind == "unavailable" then return true end
  -- Without a deadline over all attempts, each further attempt could take its whole timeout again.
  return failure.kind == "timeout" and (facts.is_wait or facts.deadline ~= nil)
end

local function backoff(facts)
  local pause = policy.ask("retry.base", facts) * 2 ^ (facts.attempt - 1)
  -- A wait polls as often as it would without errors.
  pause = math.min(pause, policy.ask(facts.is_wait and "poll.longest" or "retry.cap", facts))
  -- Between half of the pause and all of it (jitter), so that clients that failed together do not
  -- retry together.
  return pause * (0.5 + 0.5 * (facts.random or 1))
end

local function pause_for(facts)
  local asked = facts.err.retry_after
  if not asked then return backoff(facts) end
  local longest = policy.ask("retry.longest", facts)
  if asked > longest and not facts.is_wait then
    return nil, ("the server asks to wait %g s, longer than retry.longest (%g s)"):format(
      asked, longest)
  end
  return asked
end

local function is_tried_enough(facts)
  return not facts.is_wait and facts.attempt >= policy.ask("retry.attempts", facts)
end

--- Returns the pause before a request is retried, or nil and the reason why it is not. A wait ends
--- at its deadline only.
---@param facts {method: string, idempotent: boolean?, attempt: integer, err: os2.Err, elapsed:
---  number?, deadline: number?, random: number?, is_wait: boolean?}  attempt: attempts so far, from
---  1; deadline: seconds for all attempts together; random: in [0, 1); is_wait: the request polls
---  something that is waited for
---@return number? seconds, string? why
function M.delay(facts)
  if not policy.ask("retry.passing", facts) then return nil, "the error is not temporary" end
  if not is_safe(facts) then return nil, "the server may have acted on it already" end
  if is_tried_enough(facts) then return nil, "retry.attempts is reached" end
  local pause, why = pause_for(facts)
  if not pause then return nil, why end
  if facts.deadline and (facts.elapsed or 0) + pause >= facts.deadline then
    return nil, "the deadline comes first"
  end
  return pause
end

local FAILURE_FACTS <const> = {
  err = "os2.Err: the failure",
  attempt = "integer?: number of attempts so far, from 1",
  idempotent = "boolean?: the request may be sent twice",
  method = "string?: the HTTP method, which decides when idempotent is absent",
  elapsed = "number?: seconds since the first attempt",
  deadline = "number?: seconds for all attempts together",
  random = "number?: a random number in [0, 1)",
  is_wait = "boolean?: the request polls something that is waited for",
}

policy.define("retry.attempts", {
  facts = FAILURE_FACTS,
  doc = "How many times a request is sent at most, including the first. A wait ends at its "
    .. "deadline instead.",
  type = "integer", range = { 1, 100 }, default = 4,
})

policy.define("retry.base", {
  facts = FAILURE_FACTS,
  doc = "The pause after the first failure; it doubles with each further failure.",
  type = "number", unit = "s", range = { 0, 60 }, default = 0.5,
})

policy.define("retry.cap", {
  facts = FAILURE_FACTS,
  doc = "The longest pause between two attempts, unless the server asks for one.",
  type = "number", unit = "s", range = { 0, 600 }, default = 20,
})

policy.define("retry.longest", {
  facts = FAILURE_FACTS,
  doc = "The longest Retry-After that is waited for. When the server asks for more, the request "
    .. "is not retried. A wait ends at its deadline instead.",
  type = "number", unit = "s", range = { 0, 3600 }, default = 60,
})

policy.define("retry.said_from", {
  doc = "A pause before a retry is reported when it is at least this long.",
  type = "number", unit = "s", range = { 0, 3600 }, default = 3,
})

policy.define("retry.statuses", {
  facts = FAILURE_FACTS,
  doc = "The HTTP statuses that are temporary.",
  type = "list", element = "number", default = { 429, 502, 503, 504 },
})

policy.define("retry.passing", {
  facts = FAILURE_FACTS,
  doc = "Whether an error is temporary: a failed connection, a status of retry.statuses, and in a "
    .. "wait (facts.is_wait) every status from 500 on.",
  default = M.passing, returns = { type = "boolean", doc = "true or false" },
})

policy.define("retry.delay", {
  facts = FAILURE_FACTS,
  doc = "The pause before a failed request is retried: after connection errors and temporary "
    .. "statuses of idempotent requests; for a create only when the server surely did not act.",
  default = M.delay,
  returns = { type = "number", unit = "s", range = { 0, 86400 }, optional = true,
    doc = "seconds, or nil and why not" },
})

return M
