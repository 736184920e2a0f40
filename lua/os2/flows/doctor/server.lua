--- Checks of Daytona: its registry, its events, and which os2 has made the newest snapshot.
local daytona = require("os2.providers.daytona")
local daytona_api = require("os2.daytona")
local docker = require("os2.docker")
local env = require("os2.env")
local err = require("os2.err")
local images = require("os2.text.images")
local os2 = require("os2")
local policy = require("os2.policy")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.doctor.server
local M = {}

local NO_KEY <const> = "not tried: there is no key"
-- A repository that nobody pushes to: the registry's answer tells whether it lets us in.
local PROBE <const> = "os2-doctor:none"
local JOINED <const> = "doctor.joined"

--- Returns whether pushes reach Daytona's registry: push access is asked for, and the engine asks
--- the registry with it. Raises what refuses it.
---@return string
function M.registry()
  if not daytona.is_available() then return NO_KEY end
  local access = daytona.push_access(env.get("DAYTONA_TARGET"))
  local place = ("%s/%s"):format(access.registryUrl, access.project)
  local _, failure = task.try(docker.distribution, ("%s/%s"):format(place, PROBE), {
    auth = { username = access.username, password = access.secret },
  })
  if not failure or failure.kind == "not_found" then return place .. " lets us in" end
  if failure.op == "docker.connect" or failure.kind == "unavailable" then
    return ("push access to %s is given; not tried, because the engine does not answer"):format(
      place)
  end
  err.raise(failure)
end

local function join()
  local stream <close> = daytona_api.events{
    on_connect = function()
      err.raise(err.new{ kind = "conflict", op = JOINED, message = "it lets us in" })
    end,
    on_lost = function(failure) err.raise(failure) end,
  }
  stream:next()
end

--- Returns whether Daytona tells of changes. Without that os2 asks again and again, so nothing is
--- wrong then.
---@return string
function M.events()
  if not daytona.is_available() then return NO_KEY end
  local _, failure = task.try(join)
  if failure and failure.op == JOINED then return "Daytona tells of changes" end
  return "none, os2 asks again and again instead"
    .. (failure and (": " .. failure.message) or "")
end

-- Returns the label of a local image that has the digest of a snapshot.
local function label_of(snapshot)
  local digest = type(snapshot.ref) == "string" and images.digest_of(snapshot.ref)
  local list = digest and task.try(docker.images) or {}
  for _, image in ipairs(list) do
    for _, shown in ipairs(type(image.RepoDigests) == "table" and image.RepoDigests or {}) do
      if shown:sub(-#digest) == digest and type(image.Labels) == "table" then
        return image.Labels["os2.version"]
      end
    end
  end
end

local function newest()
  local page = daytona.pages(policy.ask("resolution.query"))()
  return (policy.ask("resolution.pick", { snapshots = page or {} }))
end

--- Returns the version of this os2 and of the one that has made the newest snapshot, where a label
--- of its image is known here.
---@param state {prefix: string?}
---@return string
function M.versions(state)
  local here = ("os2 %s here"):format(os2.version)
  if not (daytona.is_available() and state.prefix) then return here end
  local snapshot = newest()
  if not snapshot then return here .. "; there is no usable snapshot" end
  local made_by = label_of(snapshot)
  local name = terminal.clean(snapshot.name)
  if not made_by then
    return ("%s; which one has made %s is unknown: its image is not on this engine"):format(here,
      name)
  end
  return ("%s; %s was made by os2 %s"):format(here, name, terminal.clean(made_by))
end

return M
