--- Git transfers of a machine's boot: with the token, reported in the log, and retried where
--- allowed.
local clock = require("os2.clock")
local env = require("os2.env")
local err = require("os2.err")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local terminal = require("os2.text.terminal")

---@class os2.flows.entry.transfer
local M = {}

local LOG_PAUSE_SECONDS <const> = 5 -- seconds between two log lines about one transfer

-- Scheme, host and port: the token is sent over plain http only when entry.github says http.
local function site_of(url)
  return url:match("^%a+://[^/]+"):lower()
end

local function site()
  return site_of(policy.ask("entry.github"))
end

--- Returns the credentials for the host of `entry.github`, and for no other; nil without a token.
---@return table?
function M.credentials()
  local token = env.get("GITHUB_ACCESS_TOKEN")
  if not token then return nil end
  return { [site()] = { username = policy.ask("entry.token_user"), password = token } }
end

-- After these statuses the token may be wrong. A certificate or a file's owner has nothing to do
-- with it.
local OF_THE_TOKEN <const> = { [401] = true, [403] = true, [404] = true }

local function hint_of(failure, url)
  if not OF_THE_TOKEN[failure.status] then return failure.hint end
  if not env.get("GITHUB_ACCESS_TOKEN") then return "GITHUB_ACCESS_TOKEN is not set" end
  if site_of(url) == site() then return "GITHUB_ACCESS_TOKEN must be allowed to read it" end
  return ("GITHUB_ACCESS_TOKEN goes to %s only (entry.github)"):format(site())
end

-- Puts the verb before a reason that names only its subject, or not even that.
local function words_of(verb, subject, message)
  local names_only = message:sub(1, #subject + 2) == subject .. ": "
  if names_only then return ("cannot %s %s"):format(verb, message) end
  if message:find(subject, 1, true) then return message end
  return ("cannot %s %s: %s"):format(verb, subject, message)
end

--- Raises the same error with the step's name and what was tried: {verb, subject (a path or a URL),
--- url (of the repository), hint (used when the failure has none)}.
---@param topic string  the step
---@param tried {verb: string, subject: string, url: string?, hint: string?}
---@param failure os2.Err
function M.fail(topic, tried, failure)
  err.raise(err.new{
    kind = failure.kind, op = "entry." .. topic, cause = failure,
    hint = (tried.url and hint_of(failure, tried.url) or failure.hint) or tried.hint,
    message = words_of(tried.verb, tried.subject, failure.message),
  })
end

local function say_progress(topic, event)
  local part = event.total > 0 and ("%d of %d"):format(event.done, event.total) or event.done
  log.write(topic, ("%s: %s, %s"):format(event.phase, part, terminal.size(event.bytes)))
end

local function follow(topic, stream)
  local said_at = clock.monotonic()
  for event in stream do
    if clock.monotonic() - said_at >= LOG_PAUSE_SECONDS then
      said_at = clock.monotonic()
      say_progress(topic, event)
    end
  end
  local result = stream:result()
  if result.moved_to then
    log.write(topic, ("the repository has moved to %s"):format(result.moved_to))
  end
  return result
end

--- Runs a transfer to its end; retries it after a temporary error.
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
