--- What RUN --mount=type=secret and type=ssh get: secrets from the environment or a file, and the
--- sockets of SSH agents. Values are held in memory and given to the engine alone.
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local policy = require("os2.policy")
local secrets = require("os2.text.secrets")

---@class os2.flows.snapshot.mounts
local M = {}

-- Shorter lines of a secret are not masked in output: they would mask words of it.
local SHORTEST_MASKED_BYTES <const> = 4

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "snapshot", message = message, hint = hint,
  })
end

local SPEC_HINT <const> = "write --secret id=ID, --secret id=ID,env=NAME or --secret id=ID,src=FILE"
local NAMES <const> = { id = "id", env = "env", src = "src", source = "src", type = "type" }
local TYPES <const> = { env = true, file = true }

-- Reads "id=ID,env=NAME" as the docker command does.
local function read_spec(spec)
  local found = {}
  for part in spec:gmatch("[^,]+") do
    local key, value = part:match("^([^=]+)=(.+)$")
    local name = NAMES[key]
    -- what stands there may be the secret itself, so it is not shown
    if not name then
      refuse(key and ("--secret knows no %s="):format(key) or "--secret has a part without KEY=",
        SPEC_HINT)
    end
    found[name] = value
  end
  if not found.id then refuse("a --secret has no id", SPEC_HINT) end
  if found.env and found.src or found.type and not TYPES[found.type] then
    refuse(("--secret '%s' is from the environment or from a file"):format(spec), SPEC_HINT)
  end
  return found
end

local function from_environment(found)
  local name = found.env or found.id
  local value = os.getenv(name) -- not env.get: an empty value is a value
  if value then return value end
  refuse(("the environment has no %s for the secret %s"):format(name, found.id),
    found.env and "set it" or "set it, or " .. SPEC_HINT)
end

local function from_file(found)
  local text, failure = require("os2.task").try(fs.read, found.src)
  if text then return text end
  refuse(("the file of the secret %s cannot be read: %s"):format(found.id, failure.message),
    "name a file that os2 can read")
end

local function check_size(id, value)
  local most = policy.ask("limits.secret")
  if #value <= most then return end
  refuse(("the secret %s has %d bytes, and may have %d (limits.secret)"):format(id, #value, most),
    "give the build a key to fetch it with")
end

--- Returns the secrets that the texts describe, id -> value; masks them in all output from now on.
--- Raises (exit 2) for a text that describes none and for a value that is not there.
---@param specs string[]  "id=ID[,env=NAME|,src=FILE]"
---@param warn fun(words: string)
---@return table<string, string>
function M.secrets(specs, warn)
  local values = {}
  for _, spec in ipairs(specs) do
    local found = read_spec(spec)
    local is_file = found.src or found.type == "file"
    found.src = is_file and (found.src or found.id) or nil
    local value = is_file and from_file(found) or from_environment(found)
    check_size(found.id, value)
    if value == "" then
      warn(("the secret %s is empty: older engines mount no file for it"):format(found.id))
    end
    secrets.conceal(value, SHORTEST_MASKED_BYTES)
    values[found.id] = value
  end
  return values
end

local AGENT_HINT <const> = "start an agent (ssh-agent, ssh-add), or write --ssh ID=SOCKET"

local function agent_socket(id, path)
  path = path or env.get("SSH_AUTH_SOCK")
  if not path then refuse(("--ssh %s: SSH_AUTH_SOCK is not set"):format(id), AGENT_HINT) end
  local mode = require("lfs").attributes(path, "mode")
  if mode == "socket" then return path end
  local found = mode and "no socket but a " .. mode or "not there"
  refuse(("--ssh %s: %s is %s"):format(id, path, found), mode == "file"
    and "add the key to an agent (ssh-add) and name the agent's socket" or AGENT_HINT)
end

--- Returns the agents that the texts describe, id -> path of the socket. Raises (exit 2) where
--- there is no such socket.
---@param specs string[]  "default" or "ID=SOCKET"
---@return table<string, string>
function M.agents(specs)
  local paths = {}
  for _, spec in ipairs(specs) do
    local id, path = spec:match("^([^=]+)=(.+)$")
    id = id or spec
    if id == "" or id:find("=", 1, true) then
      refuse(("--ssh '%s' is not ID or ID=SOCKET"):format(spec), AGENT_HINT)
    end
    paths[id] = agent_socket(id, path)
  end
  return paths
end

return M
