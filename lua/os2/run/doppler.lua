--- Loads the secrets of an environment from Doppler, before a command begins: what `doppler run`
--- does, without Doppler's program. Under `doppler run`, the secrets are there already.
--- Source: docs.doppler.com, "Config Secrets: Download"; Doppler's program for its variables.
local env = require("os2.env")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local http = require("os2.http")
local names = require("os2.text.names")
local nearest = require("os2.text.nearest")
local options = require("os2.run.options")
local policy = require("os2.policy")
local refusal = require("os2.base.refusal")
local retry = require("os2.client.retry")
local secrets = require("os2.text.secrets")
local sorted = require("os2.base.sorted")
local task = require("os2.task")

---@class os2.run.doppler
local M = {}

local HOST <const> = "https://api.doppler.com"
local DOWNLOAD <const> = "/v3/configs/config/secrets/download"
local ANSWER_BYTES <const> = 4 * 1024 * 1024
local SHORTEST_TOKEN_BYTES <const> = 4
local SHORTEST_SECRET_BYTES <const> = 4 -- of a value whose name marks it as secret

local refuse = refusal.of("doppler", "config")

-- A token in plain text may only go to this machine.
local function host()
  local given = (env.get("DOPPLER_API_HOST") or HOST):gsub("/+$", "")
  local scheme, name = given:match("^(https?)://([^/?#@:]+):?%d*$")
  local is_local = name == "localhost" or name == "127.0.0.1"
  if scheme == "https" or scheme and is_local then return given end
  refuse("DOPPLER_API_HOST is no address of https without a path",
    "unset it, or set it to such as " .. HOST)
end

local function token()
  local value = env.get("DOPPLER_TOKEN")
  if not value then
    refuse("--env needs DOPPLER_TOKEN, or a run under `doppler run`",
      "set it to a service token of that config, or leave --env out")
  end
  secrets.conceal(value, SHORTEST_TOKEN_BYTES)
  if value:find("[^%g]") then
    refuse("DOPPLER_TOKEN holds a space or a line break", "set it to the token alone")
  end
  return value
end

local function encoded(text)
  return (text:gsub("[^%w%-._~]", function(char) return ("%%%02X"):format(char:byte()) end))
end

-- A service token belongs to one config of one project; other tokens need both named.
local function query_of(key, facts)
  local project = env.get("DOPPLER_PROJECT")
  local is_bound = key:find("^dp%.st%.") ~= nil
  if not is_bound and not project then
    refuse("DOPPLER_PROJECT is not set, and this DOPPLER_TOKEN is no service token",
      "set DOPPLER_PROJECT, or use a service token of the config")
  end
  local query = "?format=json&include_dynamic_secrets=false"
  if project then query = query .. "&project=" .. encoded(project) end
  if not is_bound or env.get("DOPPLER_CONFIG") then
    query = query .. "&config=" .. encoded(policy.ask("doppler.config", facts))
  end
  return query
end

local KIND_OF_STATUS <const> = {
  [400] = "invalid", [401] = "denied", [403] = "denied", [404] = "not_found", [422] = "invalid",
}

local HINTS <const> = {
  denied = "check that DOPPLER_TOKEN is valid and may read that config",
  not_found = "check DOPPLER_PROJECT and DOPPLER_CONFIG",
}

local function words_of(response)
  local answer = foreign.decode(response.body)
  local messages = type(answer) == "table" and answer.messages
  local first = type(messages) == "table" and messages[1]
  return type(first) == "string" and foreign.message(first) or "no reason is given"
end

local function check_status(response)
  local status = response.status
  if status == 200 then return end
  local kind = KIND_OF_STATUS[status]
    or (status == 429 or status >= 500) and "unavailable" or "protocol"
  err.raise(err.new{
    kind = kind, op = "doppler", status = status, retryable = kind == "unavailable",
    exit = (kind == "invalid" or kind == "not_found") and "config" or nil, hint = HINTS[kind],
    retry_after = tonumber((response.headers["retry-after"] or ""):match("^%d+$")),
    message = ("Doppler answered %d: %s"):format(status, words_of(response)),
  })
end

local function refuse_answer(why)
  err.raise(err.new{ kind = "protocol", op = "doppler", message = "Doppler's answer " .. why })
end

-- The values are secret, so no message shows one.
local function secrets_of(response)
  local found = foreign.decode(response.body)
  if type(found) ~= "table" then refuse_answer("is no JSON object") end
  for name, value in pairs(found) do
    if type(name) ~= "string" or type(value) ~= "string" then
      refuse_answer("has a secret that is no text")
    end
    if not name:find("^[%a_][%w_]*$") or value:find("\0", 1, true) then
      refuse_answer("has a secret that cannot be a variable")
    end
  end
  return found
end

-- The error of a connection does not tell for what it was.
local function explain(failure)
  if failure.op ~= "doppler" then
    failure.op, failure.message = "doppler", "Doppler was not reached: " .. failure.message
    failure.hint = failure.hint or "check the network, HTTPS_PROXY and DOPPLER_API_HOST"
  end
  return failure
end

local function download(facts)
  local key = token()
  local url = host() .. DOWNLOAD .. query_of(key, facts)
  local response, failure = task.try(retry.run, function()
    local answer = http.request{
      url = url, response_limit = ANSWER_BYTES,
      headers = { Authorization = "Bearer " .. key, Accept = "application/json" },
    }
    check_status(answer)
    return answer
  end)
  return secrets_of(response or err.raise(explain(failure)))
end

local function conceal_all(found)
  local is_shown = names.matcher(policy.ask("doppler.shown"))
  for name, value in pairs(found) do
    local least = secrets.is_name(name) and SHORTEST_SECRET_BYTES or nil
    if not is_shown(name) then secrets.conceal(value, least) end
  end
end

-- Doppler's value wins, as with `doppler run`.
local function set_all(found)
  local is_taken = names.matcher(policy.ask("doppler.variables"))
  local is_ignored = names.matcher(policy.ask("doppler.ignored"))
  local is_preserved = names.matcher(policy.ask("doppler.preserved"))
  for _, name in ipairs(sorted.keys(found)) do
    local is_kept = is_preserved(name) and env.get(name) ~= nil
    if is_taken(name) and not is_ignored(name) and not is_kept then env.set(name, found[name]) end
  end
end

-- What Doppler says decides, not what the environment said before.
local function check_answer(found, facts)
  local told = {
    DOPPLER_ENVIRONMENT = found.DOPPLER_ENVIRONMENT, DOPPLER_CONFIG = found.DOPPLER_CONFIG,
  }
  err.check(policy.ask("doppler.check", { asked = facts.asked, doppler = facts.doppler,
    env = told }))
end

local function row_of(name)
  local environments = policy.ask("environment.table")
  local row = environments[name]
  if row then return row end
  local known = sorted.keys(environments)
  refusal.of("usage", "usage")(("--env: there is no environment %q"):format(name),
    nearest.hint(name, known, "there are " .. table.concat(known, ", ")))
end

--- Makes the environment that of `--env`: checks it under `doppler run`, else loads its secrets.
--- Raises `invalid` (exit 2: no such environment; exit 3: another environment, or no token),
--- `denied`, and what a request may raise.
---@param name string  of environment.table
function M.load(name)
  local facts = { asked = name, doppler = row_of(name).doppler }
  options.environment = name
  err.check(policy.ask("doppler.check", {
    asked = name, doppler = facts.doppler, env = {
      DOPPLER_ENVIRONMENT = env.get("DOPPLER_ENVIRONMENT") or facts.doppler,
      DOPPLER_CONFIG = env.get("DOPPLER_CONFIG"),
    },
  }))
  if env.get("DOPPLER_ENVIRONMENT") then return end -- `doppler run` has set it
  local found = download(facts)
  conceal_all(found)
  check_answer(found, facts)
  set_all(found)
end

return M
