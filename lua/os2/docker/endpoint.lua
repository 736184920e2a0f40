--- Finds the engine by the same rules as the Docker command.
local config = require("os2.docker.config")
local contexts = require("os2.docker.contexts")
local env = require("os2.env")
local fs = require("os2.fs")
local host = require("os2.docker.host")
local options = require("os2.run.options")
local policy = require("os2.policy")
local refusal = require("os2.base.refusal")

---@class os2.docker.endpoint
local M = {}

local SYSTEM_SOCKET <const> = "/var/run/docker.sock"
local TLS_HOST <const> = "tcp://localhost:2376"

local refuse = refusal.of("docker", "config")

-- Without a CA of its own, an engine is verified with the system's CAs.
local function parse(text, source, tls)
  if tls and not tls.unverified then
    tls.ca_file = tls.ca_file or env.get("SSL_CERT_FILE") or env.get("CURL_CA_BUNDLE")
  end
  return host.parse(text, source, {
    tls = tls, connect_timeout = policy.ask("timeouts.connect"),
  })
end

local function refuse_certificates(directory, what)
  refuse(("%s names certificates in %s, and %s"):format(
    env.get("DOCKER_TLS_VERIFY") and "DOCKER_TLS_VERIFY" or "DOCKER_TLS", directory, what),
    "put the engine's ca.pem, cert.pem and key.pem there, or set DOCKER_CERT_PATH")
end

-- Returns the TLS settings of the environment, or nil. The engine's CA is needed when it is
-- verified; cert.pem and key.pem only when the engine requires them.
local function tls_of_environment()
  local verify = env.get("DOCKER_TLS_VERIFY") ~= nil
  if not verify and not env.get("DOCKER_TLS") then return nil end
  local directory = env.get("DOCKER_CERT_PATH") or config.directory() or "."
  local function file(name)
    local path = directory .. "/" .. name
    return fs.exists(path) and path or nil
  end
  local tls = { ca_file = file("ca.pem"), cert_file = file("cert.pem"), key_file = file("key.pem") }
  if verify and not tls.ca_file then refuse_certificates(directory, "there is no ca.pem") end
  if (tls.cert_file == nil) ~= (tls.key_file == nil) then
    refuse_certificates(directory, "of cert.pem and key.pem one is missing")
  end
  tls.unverified = not verify or nil
  return tls
end

-- The sockets of the system's engine, the user's own (rootless), and Podman.
local function sockets()
  local runtime = env.get("XDG_RUNTIME_DIR")
  local list = { SYSTEM_SOCKET }
  if runtime then
    list[#list + 1] = runtime .. "/docker.sock"
    list[#list + 1] = runtime .. "/podman/podman.sock"
  end
  list[#list + 1] = "/run/podman/podman.sock"
  return list
end

local function search()
  for _, path in ipairs(sockets()) do
    if fs.exists(path) then return host.socket(path) end
  end
  return host.socket(SYSTEM_SOCKET)
end

-- Docker's own context "default": the variables, else the default places.
local function default()
  local text, tls = env.get("DOCKER_HOST"), tls_of_environment()
  if text then return parse(text, "DOCKER_HOST", tls) end
  return tls and parse(TLS_HOST, "the engine's place", tls) or search()
end

-- Returns the name of the context and what names it: the option, then DOCKER_HOST (which means no
-- context), DOCKER_CONTEXT, Docker's configuration.
local function named_context(settings)
  if options.docker_context then return options.docker_context, "--context" end
  if env.get("DOCKER_HOST") then return "default" end
  local name = env.get("DOCKER_CONTEXT")
  if name then return name, "DOCKER_CONTEXT" end
  return (settings or config.load()).currentContext, "currentContext in Docker's config.json"
end

--- Returns the engine's place. Raises `invalid` (exit 3) for a context that does not exist, and for
--- an invalid address or certificate.
---@param settings table?  Docker's configuration; by default it is read when it is needed
---@return os2.docker.place
function M.find(settings)
  local name, source = named_context(settings)
  if type(name) ~= "string" or name == "" or name == "default" then return default() end
  local text, tls = contexts.read(name, source, config.directory() or ".")
  return text and parse(text, "the host of the Docker context " .. name, tls) or search()
end

return M
