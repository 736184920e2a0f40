--- Chooses the version of the Engine API and the builder.
local env = require("os2.env")
local err = require("os2.err")
local refusal = require("os2.base.refusal")

---@class os2.docker.version
local M = {}

-- Before this version BuildKit has no session that works (Docker 19.03).
local OLDEST <const> = "1.40"
-- Version 1.52 drops fields that os2 reads; every engine from 20.10 on serves a version up to this
-- one.
local NEWEST <const> = "1.51"

local function parse(text)
  local major, minor = tostring(text):match("^(%d+)%.(%d+)$")
  return major and tonumber(major) * 1000 + tonumber(minor)
end

local refuse = refusal.of("docker.ping", "config")

local function pinned_version(text)
  local number = parse(text)
  if number and number >= parse(OLDEST) and number <= parse(NEWEST) then return text end
  refuse(("DOCKER_API_VERSION is %q, and os2 speaks %s to %s"):format(text, OLDEST, NEWEST),
    "unset DOCKER_API_VERSION: os2 and the engine then agree on a version")
end

--- Returns the API version to use: the lower one of the engine's newest and os2's newest, or the
--- one that DOCKER_API_VERSION pins. Raises `invalid` (exit 3) for an engine that is older than all
--- of them; an engine that is too new refuses requests itself, see `os2.docker.errors`.
---@param engine_version string?  the newest version that the engine serves, from its answer to a
---  ping
---@param name string  the engine's address
---@return string
function M.choose(engine_version, name)
  local pinned = env.get("DOCKER_API_VERSION")
  if pinned then return pinned_version(pinned) end
  local theirs = parse(engine_version)
  if not theirs then
    err.raise(err.new{
      kind = "protocol", op = "docker.ping",
      message = ("the server at %s sends no Api-Version, so it is no Docker engine"):format(name),
      hint = "set DOCKER_HOST to the engine's address",
    })
  elseif theirs < parse(OLDEST) then
    refuse(("the engine at %s speaks API %s at most, and os2 needs %s"):format(name,
      engine_version, OLDEST), "use Docker 19.03 or newer on that engine")
  end
  return theirs < parse(NEWEST) and engine_version or NEWEST
end

--- Returns the builder to use. An engine that does not tell (20.10) has BuildKit; Podman has
--- Buildah, which answers like the classic builder.
---@param headers table<string, string>  of the answer to a ping, with lower-case names
---@return "1"|"2"  classic or BuildKit
function M.builder(headers)
  local is_classic = headers["builder-version"] == "1" or headers.ostype == "windows"
    or headers["libpod-api-version"] ~= nil
  return is_classic and "1" or "2"
end

return M
