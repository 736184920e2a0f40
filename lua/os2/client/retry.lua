--- Retries an idempotent request, as the retry policies say.
local clock = require("os2.clock")
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.client.retry
local M = {}

local LOST <const> = { network = true, timeout = true, unavailable = true, protocol = true }

--- Returns true when it is not known what the server did: its answer was lost, or did not come from
--- the API.
---@param failure os2.Err
---@return boolean
function M.is_lost(failure)
  return failure.is_sent ~= false and failure.status ~= 429 and LOST[failure.kind] == true
end

--- Returns true when a create failed because the name is taken.
---@param failure os2.Err
---@return boolean
function M.is_taken(failure)
  return failure.kind == "exists" or failure.kind == "conflict"
end

--- Returns the pause before the next attempt of a request that may be sent twice, or had no effect,
--- according to `retry.delay`. Raises the failure when there is no further attempt.
---@param failure os2.Err
---@param facts {attempt: integer, elapsed: number?, deadline: number?}
---@return number seconds
function M.delay(failure, facts)
  facts.idempotent, facts.err, facts.random = true, failure, math.random()
  return policy.ask("retry.delay", facts) or err.raise(failure)
end

local observer -- is called for each pause

--- Calls a function before every pause of `run` from now on; nil ends it.
---@param fn? fun(failure: os2.Err, seconds: number)
function M.observe(fn)
  observer = fn
end

--- Runs `fn` once, for callers that decide themselves what a failure means.
---@param fn fun(): any  returns one value
---@return any
function M.once(fn)
  return (fn())
end

--- Runs `fn` until it succeeds or `retry.delay` gives no further delay; then raises the last error.
--- Only for requests that may be sent twice: a GET, never the creation of something.
---@param fn fun(): any  returns one value
---@param options? {due: number?}  monotonic time after which no further attempt starts
---@return any
function M.run(fn, options)
  options = arguments.check("retry.run", options, { due = "number?" })
  local started, attempt = clock.monotonic(), 0
  while true do
    attempt = attempt + 1
    local result, failure = task.try(fn)
    if not failure then return result end
    local delay = M.delay(failure, {
      attempt = attempt, elapsed = clock.monotonic() - started,
      deadline = options.due and options.due - started,
    })
    if observer then observer(failure, delay) end
    task.sleep(delay)
  end
end

return M
