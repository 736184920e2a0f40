--- The snapshots of the local engine, for commands that list and change them: a snapshot is an
--- image that is tagged with its name. All providers have the same functions.
---
--- Deactivating gives the image the tag `inactive` in place of `snapshot`: nothing is made from it,
--- and the image stays. The engine has no quota that this would free.
local docker_provider = require("os2.providers.docker")
local err = require("os2.err")
local references = require("os2.providers.docker.references")

---@class os2.providers.docker.snapshots
local M = {}

-- Loaded at first use, so that help and refused arguments do not load libcurl.
local function docker()
  return require("os2.docker")
end

--- Returns an iterator over the pages of a list; the engine returns all at once. Besides the page
--- it returns how many snapshots there are.
---@param query? {name: string?}  the filter for the API; the engine has none, so the flow checks
---  the names
---@return fun(): table[]?, integer?
function M.list(query)
  local next_page = docker_provider.pages(query)
  return function()
    local page = next_page()
    return page, page and #page
  end
end

--- Returns the snapshot with this exact name, or nil.
---@param name string
---@return table?
function M.get(name)
  return docker_provider.find_snapshot(name)
end

local function untag(name, tag)
  local ref = references.of(name, tag)
  local ok, failure = pcall(docker().untag, ref)
  if ok or err.is(failure, "not_found") then return end
  error(failure, 0)
end

--- Removes a snapshot's tag; the image goes with its last tag. Raises `conflict` while a machine
--- that runs needs the image.
---@param snapshot {name: string}
function M.delete(snapshot)
  untag(snapshot.name, references.INACTIVE_TAG)
  untag(snapshot.name, references.ACTIVE_TAG)
end

-- The new tag comes first: an image without a tag may be removed by anybody's clean-up. With both
-- tags, after a run that was killed, the snapshot is active.
local function move(snapshot, from, to)
  docker().tag(snapshot.id, references.of(snapshot.name, to))
  untag(snapshot.name, from)
end

--- Makes a snapshot usable again.
---@param snapshot {id: string, name: string}
function M.activate(snapshot)
  move(snapshot, references.INACTIVE_TAG, references.ACTIVE_TAG)
end

--- Keeps a snapshot, and lets nothing be made from it.
---@param snapshot {id: string, name: string}
function M.deactivate(snapshot)
  move(snapshot, references.ACTIVE_TAG, references.INACTIVE_TAG)
end

--- Returns false: the local engine activates at once.
---@return boolean
function M.is_cooling()
  return false
end

--- Raises `not_found`: the engine keeps no log of a build.
---@param snapshot {name: string}
function M.logs(snapshot)
  err.raise(err.new{
    kind = "not_found", op = "snapshot.logs",
    message = ("the local engine keeps no build log of %s"):format(snapshot.name),
    hint = "the run that made it has written the log; docker history shows the image's steps",
  })
end

return M
