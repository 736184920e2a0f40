--- Where the engine is, and which version of its API it is spoken to in.
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")

---@class os2.docker.endpoint
local M = {}

local SYSTEM_SOCKET <const> = "/var/run/docker.sock"
-- 1.52 drops fields that are read here; every engine from 20.10 on serves a version up to this.
local NEWEST_API <const> = "1.51"
-- Before it there is neither BuildKit nor a session.
local BUILDKIT_API <const> = "1.39"

---@class os2.docker.endpoint.place
---@field socket string  path
---@field name string  as people write it: "unix:///var/run/docker.sock"

local function place(socket)
  return { socket = socket, name = "unix://" .. socket }
end

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "docker", message = message, hint = hint,
  })
end

local function from_docker_host(host)
  local socket = host:match("^unix://(/.+)$")
  if socket then return place(socket) end
  refuse(("DOCKER_HOST is %s, and os2 reaches the engine on a unix socket only"):format(host),
    "unset DOCKER_HOST, or set it to unix:///path/to/docker.sock")
end

local function check_context(name, source)
  if type(name) ~= "string" or name == "" or name == "default" then return end
  refuse(("%s names the Docker context %s, and os2 reaches the engine on a unix socket only")
    :format(source, name),
    "set DOCKER_HOST=unix:///path/to/docker.sock, which goes before contexts")
end

local function search()
  local runtime = env.get("XDG_RUNTIME_DIR")
  local rootless = runtime and runtime .. "/docker.sock"
  local is_rootless = rootless and not fs.exists(SYSTEM_SOCKET) and fs.exists(rootless)
  return place(is_rootless and rootless or SYSTEM_SOCKET)
end

--- Returns the engine's place: DOCKER_HOST, else the system's socket, else the user's own
--- (rootless). Raises (exit 3) for places that are no unix socket.
---@param config table  Docker's config
---@return os2.docker.endpoint.place
function M.find(config)
  local host = env.get("DOCKER_HOST")
  if host then return from_docker_host(host) end
  local context = env.get("DOCKER_CONTEXT")
  if context then check_context(context, "DOCKER_CONTEXT")
  else check_context(config.currentContext, "Docker's config") end
  return search()
end

local function parse_version(text)
  local major, minor = tostring(text):match("^(%d+)%.(%d+)$")
  return major and tonumber(major) * 1000 + tonumber(minor)
end

--- Returns the version to speak: the lower of the newest that is known here and the engine's own,
--- or what DOCKER_API_VERSION pins.
---@param engine_version string?  of the engine's answer to a ping
---@return string
function M.version(engine_version)
  local pinned = env.get("DOCKER_API_VERSION")
  if pinned then
    if parse_version(pinned) then return pinned end
    refuse(("DOCKER_API_VERSION is %q, and versions look like 1.41"):format(pinned),
      "unset DOCKER_API_VERSION, or set it to a version the engine serves")
  end
  local theirs = parse_version(engine_version)
  if not theirs then
    err.raise(err.new{
      kind = "protocol", op = "docker.ping",
      message = "what answers on the engine's socket names no Api-Version: no Docker engine",
      hint = "set DOCKER_HOST to the engine's socket",
    })
  end
  return theirs < parse_version(NEWEST_API) and engine_version or NEWEST_API
end

--- Tells which builder to ask for. An engine that says nothing (20.10) has BuildKit.
---@param headers table<string, string>  of the answer to a ping, names in lower case
---@param version string
---@return "1"|"2"  classic or BuildKit
function M.builder(headers, version)
  if headers["builder-version"] == "1" or headers.ostype == "windows" then return "1" end
  return parse_version(version) < parse_version(BUILDKIT_API) and "1" or "2"
end

return M
