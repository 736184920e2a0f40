--- Transfers of a machine's boot: with the token, said in the log, repeated where they may be.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local retry = require("os2.retry")
local text = require("os2.progress.text")

---@class os2.flows.entry.transfer
local M = {}

local LOG_PAUSE <const> = 5 -- seconds between two lines about one transfer

--- Returns who we are to the host that `entry.github` names, and to no other; nil without a token.
---@return table?
function M.credentials()
  local token = env.get("GITHUB_ACCESS_TOKEN")
  if not token then return nil end
  local host = policy.ask("entry.github"):match("^%a+://([^/]+)")
  return { [host] = { username = policy.ask("entry.token_user"), password = token } }
end

-- A server that says no may mean the token; a certificate or a file's owner has nothing to do with
-- it.
local OF_THE_TOKEN <const> = { [401] = true, [403] = true, [404] = true }

local function hint_of(failure)
  if not OF_THE_TOKEN[failure.status] then return failure.hint end
  return env.get("GITHUB_ACCESS_TOKEN") and "GITHUB_ACCESS_TOKEN must be allowed to read it"
    or "GITHUB_ACCESS_TOKEN is not set"
end

-- What was tried stands before a reason that only names its subject, or not even that.
local function words_of(verb, subject, message)
  local names_only = message:sub(1, #subject + 2) == subject .. ": "
  if names_only then return ("cannot %s %s"):format(verb, message) end
  if message:find(subject, 1, true) then return message end
  return ("cannot %s %s: %s"):format(verb, subject, message)
end

--- Raises the same error with the step's name, and what was tried.
---@param topic string  the step
---@param verb string
---@param subject string  a path or a URL
---@param failure os2.Err
---@param hint string?  where the failure has none
function M.fail(topic, verb, subject, failure, hint)
  err.raise(err.new{
    kind = failure.kind, op = "entry." .. topic, hint = hint_of(failure) or hint, cause = failure,
    message = words_of(verb, subject, failure.message),
  })
end

local function say_progress(topic, event)
  local part = event.total > 0 and ("%d of %d"):format(event.done, event.total) or event.done
  log.write(topic, ("%s: %s, %s"):format(event.phase, part, text.size(event.bytes)))
end

local function follow(topic, stream)
  local said_at = clock.monotonic()
  for event in stream do
    if clock.monotonic() - said_at >= LOG_PAUSE then
      said_at = clock.monotonic()
      say_progress(topic, event)
    end
  end
  return stream:result()
end

--- Runs a transfer to its end, again where it failed in passing.
---@param topic string
---@param start fun(): os2.git.stream
---@return table
function M.run(topic, start)
  return retry.run(function()
    local stream <close> = start()
    return follow(topic, stream)
  end)
end

return M
