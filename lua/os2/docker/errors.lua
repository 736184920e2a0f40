--- Makes error objects of the engine's answers: status and body, failures inside a stream, no
--- answer.
local config = require("os2.docker.config")
local err = require("os2.err")
local foreign = require("os2.text.foreign")

---@class os2.docker.errors
local M = {}

local KIND_OF_STATUS <const> = {
  [400] = "invalid", [401] = "denied", [403] = "denied", [404] = "not_found", [409] = "conflict",
  [429] = "unavailable", [502] = "unavailable", [503] = "unavailable", [504] = "unavailable",
}

-- A registry's status inside the engine's message: "…status code [manifests 1]: 503 Service
-- Unavailable", "error parsing HTTP 429 response body: …".
local REGISTRY_STATUS <const> = { "status[^\n]-: (%d%d%d)%f[^%d]", "HTTP (%d%d%d) response" }

local KIND_OF_REGISTRY_STATUS <const> = {
  [401] = "denied", [403] = "denied", [408] = "unavailable", [425] = "unavailable",
  [429] = "unavailable",
}

local function kind_of_registry(message)
  for _, pattern in ipairs(REGISTRY_STATUS) do
    local status = math.tointeger(tonumber(message:match(pattern)))
    if status then
      return status >= 500 and "unavailable" or KIND_OF_REGISTRY_STATUS[status], status
    end
  end
end

-- The engine's status codes are unreliable (bad credentials give a 500), so the words of the
-- message decide, in this order.
local KIND_OF_WORDS <const> = {
  { "unauthorized", "denied" }, { "authentication required", "denied" },
  { "no basic auth credentials", "denied" }, { "denied", "denied" }, { "403 forbidden", "denied" },
  { "operation is unsupported", "denied" }, { "no space left", "quota" },
  { "toomanyrequests", "unavailable" }, { "code = unavailable", "unavailable" },
  { "connection refused", "network" }, { "no such host", "network" },
  { "server misbehaving", "network" }, { "i/o timeout", "network" },
  { "connection reset", "network" }, { "connection timed out", "network" },
  { "broken pipe", "network" }, { "no route to host", "network" },
  { "network is unreachable", "network" }, { "client.timeout exceeded", "network" },
  { "context deadline exceeded", "network" }, { "failed to do request", "network" },
  { "unexpected eof", "network" }, { "tls handshake", "network" }, { "certificate", "network" },
  { "manifest unknown", "not_found" }, { "no such image", "not_found" },
  { "does not exist locally", "not_found" }, { "invalid reference", "invalid" },
}

-- A registry's status is more reliable than any word.
local function kind_of_words(message)
  local kind = kind_of_registry(message)
  if kind then return kind end
  local lower = message:lower()
  for _, rule in ipairs(KIND_OF_WORDS) do
    if lower:find(rule[1], 1, true) then return rule[2] end
  end
  -- the other side has closed the connection: Head "https://r.io/v2/": EOF
  return (lower == "eof" or lower:find(": eof$")) and "network" or nil
end

-- Returns an error body as one line: JSON {"message"} or plain text.
local function message_of(body)
  local value = foreign.decode(body)
  local message = type(value) == "table" and value.message or body
  message = type(message) == "string" and foreign.message(message) or ""
  return message ~= "" and message or nil
end

local VERSION_HINT <const> = "use a newer os2; DOCKER_API_VERSION, when set, takes precedence over "
  .. "the version on which both agree"

-- Refusals of the request itself: pattern, message (or the engine's), hint.
local REFUSALS <const> = {
  { "client version (%S+) is too old%. Minimum supported API version is ([%d.]+)",
    "os2 asked in API version %s, and the engine serves %s and newer", VERSION_HINT },
  { "client version (%S+) is too new%. Maximum supported API version is ([%d.]+)",
    "os2 asked in API version %s, and the engine serves %s and older", VERSION_HINT },
  { "sent an HTTP request to an HTTPS server", "the engine uses TLS and the request did not",
    "set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH where its certificates are not in ~/.docker" },
}

local function refusal(op, status, message)
  for _, words in ipairs(REFUSALS) do
    local first, second = message:match(words[1])
    if first then
      return err.new{
        kind = "invalid", exit = "config", op = op, status = status, hint = words[3],
        message = words[2]:format(first, second),
      }
    end
  end
end

--- Returns the error for an answer whose status is not a success.
---@param op string  "docker.image_tag"
---@param response {status: integer, body: string}
---@return os2.Err
function M.of_answer(op, response)
  local status = response.status
  local message = message_of(response.body)
    or ("the engine answered %d without a message"):format(status)
  local refused = status == 400 and refusal(op, status, message)
  if refused then return refused end
  local kind = kind_of_registry(message) or KIND_OF_STATUS[status] or kind_of_words(message)
    or "protocol"
  return err.new{
    kind = kind, op = op, message = message, status = status, retryable = kind == "unavailable",
  }
end

--- Returns the error for a failure inside a stream of a registry operation.
---@param op string
---@param message string  the engine's message
---@param about string  the request: "push localhost:5000/app:1"
---@param is_from_config boolean  the credentials come from Docker's configuration
---@return os2.Err
function M.of_registry(op, message, about, is_from_config)
  local said = foreign.message(message)
  local kind = kind_of_words(said) or "protocol"
  return err.new{
    kind = kind, op = op, message = ("%s: %s"):format(about, said),
    hint = kind == "denied" and is_from_config and config.login_hint() or nil,
    retryable = kind == "network" or kind == "unavailable",
  }
end

-- The prefixes that BuildKit and Buildah put before the essential message.
local PREFIXES <const> = {
  '^building at STEP "[^\n]-": ',
  "^failed to solve with frontend [^:]+: ", "^failed to solve: ",
  "^failed to create LLB definition: ", "^rpc error: code = %a+ desc = ",
}

local function without_prefix(message)
  for _, prefix in ipairs(PREFIXES) do message = message:gsub(prefix, "") end
  return message
end

local function plain(text)
  local message = foreign.message(text)
  local shorter = without_prefix(message)
  while shorter ~= message do message, shorter = shorter, without_prefix(shorter) end
  return message
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

-- The engine's messages about a faulty Dockerfile.
local DOCKERFILE_FAULTS <const> = {
  "dockerfile parse error", "unknown instruction", "unknown flag", "no instructions",
  "dockerfile cannot be empty", "failed to parse stage", "failed to parse platform",
  "failed to parse dockerfile", "failed to process", "failed to resolve arg", "target stage",
  "reach build target", "no build stage", "circular dependency", "base name %(",
  "invalid reference", "invalid from flag", "invalid platform", "no match for platform",
  "requires buildkit", "copy failed", "add failed", "forbidden path", "secret .-not found",
  "ssh key", "unsupported mount", "invalid mount", "invalid user", "unable to find user",
  "unable to find group", "executable file not found", "exec format error",
}

local function has_dockerfile_fault(message)
  local lower = message:lower()
  for _, pattern in ipairs(DOCKERFILE_FAULTS) do
    if lower:find(pattern) then return true end
  end
  return false
end

-- Returns true when a step of the Dockerfile needs a file that does not exist.
local function is_missing_source(message, step)
  local is_copy = step and step.name:find("^%u+ ") and not step.name:find("^FROM ")
  return is_copy and (message:find("not found", 1, true)
    or message:find("no such file or directory", 1, true)) ~= nil
end

-- Decides by the failed step first, then by messages about the Dockerfile, then by a registry's
-- status, and last by other words. When none applies, nobody is at fault.
local function kind_of_build(failure, step)
  local message = foreign.message(failure.message)
  if failure.code or has_dockerfile_fault(message) then return "invalid" end
  local kind = kind_of_words(message)
  if kind == "not_found" or not kind and message:find(": not found$") then return "invalid" end
  return kind or is_missing_source(message, step) and "invalid" or "protocol"
end

local WAIT <const> = "run again in a while; where it stays so, look at that registry and at the "
  .. "engine's network"

local function hint_of_build(kind)
  if kind == "denied" then return config.login_hint() end
  return (kind == "network" or kind == "unavailable") and WAIT or nil
end

--- Returns the error for a build that failed. It is `invalid` when the Dockerfile, or a command
--- that it runs, is at fault.
---@param failure {message: string, code: integer?}
---@param step table?  the failed step
---@param tail string?  the last lines of its output
---@return os2.Err
function M.of_build(failure, step, tail)
  local kind = kind_of_build(failure, step)
  return err.new{
    kind = kind, op = "docker.build", message = message_of_build(failure, step), detail = tail,
    hint = hint_of_build(kind), retryable = kind == "network" or kind == "unavailable",
    step = step,
  }
end

local START <const> = "start the engine (systemctl start docker, or dockerd), or set DOCKER_HOST"
local LOST <const> = {
  message = "the connection to the Docker engine at %s was lost: %s", retryable = true,
  hint = "check that the engine still runs, then try again",
}
local UNREACHED <const> = {
  message = "no Docker engine answers at %s: %s", retryable = true,
  hint = "check that the engine runs and listens there, or set DOCKER_HOST to its address",
}
-- A server that requires a certificate may close the connection without a message when it gets none
-- that it knows.
local LOST_OVER_TCP <const> = {
  message = LOST.message, retryable = true,
  hint = "check that the engine still runs; with TLS it needs DOCKER_TLS_VERIFY=1 and, in "
    .. "DOCKER_CERT_PATH, a client certificate that the engine accepts",
}
local CERTIFICATES <const> = {
  message = "the certificates do not fit the Docker engine at %s: %s",
  hint = "check that ca.pem is the CA that signed the engine's certificate, that the certificate "
    .. "names this host, and that the engine accepts the client of cert.pem and key.pem",
}
local NO_TLS <const> = {
  message = "the server at %s does not use TLS: %s",
  hint = "if the engine has no TLS, unset DOCKER_TLS_VERIFY and DOCKER_TLS",
}

local NO_SSH <const> = {
  message = "no Docker engine answers at %s: %s", hint = "install ssh (openssh-client)",
}

-- By kind of place, then by kind of error; the place and the connection's own message are filled
-- in.
local CONNECTION <const> = {
  unix = {
    unavailable = {
      message = "no Docker engine answers at %s", hint = START, retryable = true,
    },
    denied = {
      message = "this user may not use the Docker engine at %s",
      hint = "join the group that owns the socket (usually docker), or run as root",
    },
    network = LOST,
  },
  tcp = { unavailable = UNREACHED, network = LOST_OVER_TCP },
  tls = { unavailable = UNREACHED, network = LOST_OVER_TCP, denied = CERTIFICATES },
  ssh = { unavailable = UNREACHED, network = LOST, not_found = NO_SSH },
}

-- A refused certificate often shows only when the first bytes are read.
local function tls_words(e)
  if e.message:find("wrong version number", 1, true) then return NO_TLS end
  return e.message:find("alert", 1, true) and CERTIFICATES or nil
end

local function connection_words(e, place)
  if e.kind == "network" and place.kind == "tls" and tls_words(e) then
    e.kind = "denied"
    return tls_words(e)
  elseif e.kind == "network" and e.is_sent == false then
    return UNREACHED
  end
  return CONNECTION[place.kind][e.kind]
end

local SSH_REFUSALS <const> = { "Permission denied", "Host key verification failed" }

-- The exit code of ssh tells what is wrong: 255 is its own, other codes come from the command on
-- the other machine.
local function explain_ssh(e, place)
  local by_hand = table.concat(place.route.command, " ")
  e.hint = "see what it says by hand: " .. by_hand
  if e.message:find("exit code 127", 1, true) then
    e.hint = "install the docker command on that machine"
  elseif e.message:find("exit code 255", 1, true) then
    e.hint = "try the command in a terminal, because os2 does not answer ssh's prompts: " .. by_hand
  end
  for _, words in ipairs(SSH_REFUSALS) do
    if e.message:find(words, 1, true) then e.kind, e.retryable = "denied", false end
  end
end

--- Adds the engine's place and a hint to an error of the connection itself.
---@param e os2.Err
---@param place os2.docker.place
---@param op string
---@return os2.Err  the same error
function M.of_connection(e, place, op)
  e.op = op
  local words = not e.status and connection_words(e, place)
  if not words then return e end
  e.hint, e.retryable = words.hint, words.retryable
  if place.kind == "ssh" and e.kind == "unavailable" then explain_ssh(e, place) end
  if words == NO_SSH then e.kind, e.exit = "invalid", "config" end
  e.message = words.message:format(place.name, e.message)
  return e
end

return M
