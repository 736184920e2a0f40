--- Makes errors of what the engine answers: status and body, failures inside a stream, no answer.
local err = require("os2.err")
local json = require("host.json")

---@class os2.docker.errors
local M = {}

local KIND_OF_STATUS <const> = {
  [400] = "invalid", [401] = "denied", [403] = "denied", [404] = "not_found", [409] = "conflict",
  [429] = "unavailable", [503] = "unavailable",
}

-- The engine's codes are unreliable (bad credentials are a 500): its words say more. In this order.
local KIND_OF_WORDS <const> = {
  { "unauthorized", "denied" }, { "authentication required", "denied" },
  { "no basic auth credentials", "denied" }, { "denied", "denied" }, { "403 forbidden", "denied" },
  { "operation is unsupported", "denied" }, { "no space left", "quota" },
  { "toomanyrequests", "unavailable" }, { "connection refused", "network" },
  { "no such host", "network" }, { "i/o timeout", "network" }, { "connection reset", "network" },
  { "tls handshake", "network" }, { "certificate", "network" }, { "manifest unknown", "not_found" },
  { "no such image", "not_found" }, { "does not exist locally", "not_found" },
  { "invalid reference", "invalid" }, { "503 service unavailable", "unavailable" },
}

local function kind_of_words(message)
  local lower = message:lower()
  for _, rule in ipairs(KIND_OF_WORDS) do
    if lower:find(rule[1], 1, true) then return rule[2] end
  end
end

-- The one line that an error body says: JSON {"message"} or plain text.
local function message_of(body)
  if body == "" then return nil end
  local value = json.decode(body)
  local message = type(value) == "table" and value.message or body
  if type(message) ~= "string" then return nil end
  return (message:gsub("%s*[\r\n]+%s*", " "):gsub("^%s+", ""):gsub("%s+$", ""))
end

--- Returns the error for an answer that is no success.
---@param op string  "docker.image_tag"
---@param response {status: integer, body: string}
---@return os2.Err
function M.of_answer(op, response)
  local status = response.status
  local message = message_of(response.body)
    or ("the engine answered %d without a word"):format(status)
  local kind = KIND_OF_STATUS[status] or kind_of_words(message) or "protocol"
  return err.new{
    kind = kind, op = op, message = message, status = status, retryable = kind == "unavailable",
  }
end

local LOGIN <const> = "give Docker the registry's credentials: docker login REGISTRY"

--- Returns the error for a failure inside a stream of a registry operation.
---@param op string
---@param message string  the engine's
---@param about string  what was asked: "push localhost:5000/app:1"
---@param is_from_config boolean  the credentials are those of Docker's config
---@return os2.Err
function M.of_registry(op, message, about, is_from_config)
  local kind = kind_of_words(message) or "protocol"
  return err.new{
    kind = kind, op = op, message = ("%s: %s"):format(about, message),
    hint = kind == "denied" and is_from_config and LOGIN or nil,
    retryable = kind == "network" or kind == "unavailable",
  }
end

-- What BuildKit puts before the words that matter.
local PREFIXES <const> = {
  "^failed to solve with frontend [^:]+: ", "^failed to solve: ",
  "^failed to create LLB definition: ", "^rpc error: code = %a+ desc = ",
}

local function plain(message)
  local before
  repeat
    before = message
    for _, prefix in ipairs(PREFIXES) do message = message:gsub(prefix, "") end
  until message == before
  return (message:gsub("%s*[\r\n]+%s*", " "))
end

local function step_words(step)
  if not step.index then return (step.name:gsub("^%[internal%] ", "")) end
  return ("step %d/%d (%s)"):format(step.index, step.total, step.name)
end

local function message_of_build(failure, step)
  if step and failure.code then
    return ("%s failed with exit code %d"):format(step_words(step), failure.code)
  elseif step then
    return ("%s: %s"):format(step_words(step), plain(failure.message))
  end
  return plain(failure.message)
end

--- Returns the error for a build that failed. The Dockerfile and what it runs are the user's, so
--- the kind is `invalid` unless the words tell of a registry or the machine.
---@param failure {message: string, code: integer?}
---@param step table?  that failed
---@param tail string?  its last lines
---@return os2.Err
function M.of_build(failure, step, tail)
  local kind = not failure.code and kind_of_words(failure.message) or "invalid"
  return err.new{
    kind = kind, op = "docker.build", message = message_of_build(failure, step), detail = tail,
    hint = kind == "denied" and LOGIN or nil,
    retryable = kind == "network" or kind == "unavailable",
  }
end

local START <const> = "start the engine (systemctl start docker, or dockerd), or set DOCKER_HOST"

-- By kind: what the engine's place and the connection's own words are put into.
local CONNECTION <const> = {
  unavailable = {
    message = "no Docker engine answers at %s", hint = START, retryable = true,
  },
  denied = {
    message = "this user may not use the Docker engine at %s",
    hint = "join the group that owns the socket (usually docker), or run as root",
  },
  network = {
    message = "the connection to the Docker engine at %s was lost: %s", retryable = true,
    hint = "see whether the engine still runs, then try again",
  },
}

--- Adds the engine's place and the way on to an error of the connection itself.
---@param e os2.Err
---@param place os2.docker.endpoint.place
---@param op string
---@return os2.Err  the same error
function M.of_connection(e, place, op)
  e.op = op
  local words = CONNECTION[e.kind]
  if not words or e.status then return e end
  e.message = words.message:format(place.name, e.message)
  e.hint, e.retryable = words.hint, words.retryable
  return e
end

return M
