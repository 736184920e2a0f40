--- Checks of Daytona: its registry, its events, and which os2 has made the newest snapshot.
local daytona = require("os2.providers.daytona")
local daytona_api = require("os2.daytona")
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local env = require("os2.env")
local err = require("os2.err")
local images = require("os2.text.images")
local os2 = require("os2")
local policy = require("os2.policy")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.doctor.server
local M = {}

local NO_KEY <const> = "not tried: it needs a key that works"
local NO_PREFIX <const> = "not tried: it needs a prefix and an environment that agree"
local IS_LOCAL <const> = "not needed: OS2_PROVIDER is docker"
-- A repository that nobody pushes to: the registry's answer tells whether it lets us in.
local PROBE <const> = "os2-doctor:none"
local WITHOUT <const> = "os2 works without events; it asks again and again then"
local JOINED <const> = "doctor.joined"

-- Returns why nothing is asked of Daytona without a key, and that nothing is.
local function without_key(state)
  return state.is_local and IS_LOCAL or NO_KEY, true
end

--- Returns whether pushes reach Daytona's registry: push access is asked for, and the engine asks
--- the registry with it. Raises what refuses it.
---@param state table
---@return string
---@return boolean? skipped
function M.registry(state)
  if not state.key_name then return without_key(state) end
  local access = daytona.push_access(env.get("DAYTONA_TARGET"))
  local place = ("%s/%s"):format(access.registryUrl, access.project)
  if not state.has_engine then
    return ("not tried: no engine answers; push access to %s is given"):format(place), true
  end
  local _, failure = task.try(docker.distribution, ("%s/%s"):format(place, PROBE), {
    auth = { username = access.username, password = access.secret },
  })
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return place .. " lets us in"
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

-- There may be no gateway; one that does not work is wrong.
local ABSENT <const> = { not_found = true, invalid = true }

--- Returns whether Daytona tells of changes. Where it has no gateway os2 asks again and again, so
--- nothing is wrong then. Raises what a gateway does wrong.
---@param state table
---@return string
---@return boolean? skipped
function M.events(state)
  if not state.key_name then return without_key(state) end
  if policy.ask("wait.by") ~= "events" then
    return "not tried: os2 asks again and again (policy wait.by)", true
  end
  local _, failure = task.try(join)
  if failure and failure.op == JOINED then return "Daytona tells of changes" end
  if failure and not ABSENT[failure.kind] then
    failure.hint = (failure.hint and failure.hint .. "; " or "") .. WITHOUT
    err.raise(failure)
  end
  return "none, os2 asks again and again instead"
    .. (failure and (": " .. failure.message) or "")
end

-- Returns the label of the local image that has the digest of a snapshot.
local function label_of(snapshot)
  local digest = type(snapshot.ref) == "string" and images.digest_of(snapshot.ref)
  local image = digest and docker_provider.find_image(digest)
  return image and image.Labels["os2.version"]
end

local function newest()
  local page = daytona.pages(policy.ask("resolution.query"))()
  return (policy.ask("resolution.pick", { snapshots = page or {} }))
end

--- Returns the version of this os2 and of the one that has made the newest snapshot, where a label
--- of its image is known here.
---@param state table
---@return string
---@return boolean? skipped
function M.versions(state)
  if not state.key_name then return without_key(state) end
  if not state.prefix then return NO_PREFIX, true end
  local here = ("os2 %s here"):format(os2.version)
  local snapshot = newest()
  if not snapshot then return here .. "; there is no usable snapshot" end
  local made_by = state.has_engine and label_of(snapshot)
  local name = terminal.clean(snapshot.name)
  if not made_by then
    return ("%s; which one has made %s is unknown: its image is not on this engine"):format(here,
      name)
  end
  return ("%s; %s was made by os2 %s"):format(here, name, terminal.clean(made_by))
end

return M
