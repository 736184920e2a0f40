--- Repeats an idempotent request as the retry policies say.
local clock = require("os2.clock")
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.client.retry
local M = {}

local LOST <const> = { network = true, timeout = true, unavailable = true, protocol = true }

--- Says whether a request failed in a way that leaves open what the server did: its answer was
--- lost, or is none of the API's.
---@param failure os2.Err
---@return boolean
function M.is_lost(failure)
  return failure.is_sent ~= false and failure.status ~= 429 and LOST[failure.kind] == true
end

local observer -- is told of each pause

--- Tells a function of every pause of `run` from now on, before it begins; nil ends it.
---@param fn? fun(failure: os2.Err, seconds: number)
function M.observe(fn)
  observer = fn
end

--- Runs `fn` once, for who decides himself what a failure means.
---@param fn fun(): any  returns one value
---@return any
function M.once(fn)
  return (fn())
end

--- Runs `fn` until it succeeds or `retry.delay` gives no further delay; raises the last error.
--- Only for what may be done twice: a GET, never the creation of something.
---@param fn fun(): any  returns one value
---@param options? {due: number?}  monotonic time after which no further try begins
---@return any
function M.run(fn, options)
  options = arguments.check("retry.run", options, { due = "number?" })
  local started, attempt = clock.monotonic(), 0
  while true do
    attempt = attempt + 1
    local result, failure = task.try(fn)
    if not failure then return result end
    local delay = policy.ask("retry.delay", {
      idempotent = true, attempt = attempt, err = failure, random = math.random(),
      elapsed = clock.monotonic() - started, deadline = options.due and options.due - started,
    })
    if not delay then err.raise(failure) end
    if observer then observer(failure, delay) end
    task.sleep(delay)
  end
end

return M
