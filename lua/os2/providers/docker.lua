--- Snapshots on this machine: a snapshot is a local image, known by its label.
local clock = require("os2.clock")

---@class os2.providers.docker
local M = { name = "docker", is_local = true }

local NAME_LABEL <const> = "os2.snapshot"
-- An image made wholly from the build cache keeps the date of the first build.
local CREATED_LABEL <const> = "os2.created"
local SNAPSHOT_TAG <const> = "snapshot"

-- Loaded at first use: a cached resolve must not pay for libcurl.
local function docker()
  return require("os2.docker")
end

--- The local engine needs no key; whether it answers shows when it is asked.
---@return boolean
function M.is_available()
  return true
end

--- Returns what an answer of this provider depends on, in a fixed order; for hashing only.
---@return table  a list with holes and its length `n`
function M.identity()
  local endpoint = require("os2.docker.endpoint")
  return table.pack(M.name, endpoint.find(require("os2.docker.config").load()).name)
end

--- Returns the image reference for a snapshot name. References allow less than names do, so the
--- label stays the truth and the reference is for people.
---@param name string
---@param tag string
---@return string
function M.reference(name, tag)
  local repository = name:lower():gsub("[^a-z0-9/._-]", "-"):gsub("^[^a-z0-9]+", "")
  return ("%s:%s"):format((repository:gsub("[^a-z0-9]+$", "")), tag)
end

--- Returns the reference that makes an image the snapshot of this name.
---@param name string
---@return string
function M.snapshot_reference(name)
  return M.reference(name, SNAPSHOT_TAG)
end

--- Returns the labels of the image that is to become the snapshot of this name.
---@param name string
---@return table<string, string>
function M.labels(name)
  return { [NAME_LABEL] = name, [CREATED_LABEL] = clock.iso(clock.now()) }
end

--- Whether an image has the labels of the snapshot of this name.
---@param image table  ImageInspect
---@param name string
---@return boolean
function M.is_made_for(image, name)
  local labels = image.Config.Labels
  return type(labels) == "table" and labels[NAME_LABEL] == name
end

local function to_snapshot(image)
  local labels = image.Labels
  return {
    id = image.Id, name = labels[NAME_LABEL], state = "active", general = false,
    createdAt = labels[CREATED_LABEL], size = image.Size / 1e9,
    imageName = (image.RepoTags or {})[1],
  }
end

local function is_later(one, other)
  return one.createdAt > other.createdAt
end

--- Returns an iterator over the pages of a list of snapshots; the engine gives them all at once.
---@param _query? table  of the API's list; the engine has no such filter, the flow checks the names
---@return fun(): table[]?
function M.pages(_query)
  local is_done = false
  return function()
    if is_done then return nil end
    is_done = true
    local snapshots = {}
    -- Of one label only: Podman answers a question about two with nothing.
    for _, image in ipairs(docker().images{ labels = { NAME_LABEL } }) do
      if image.Labels[CREATED_LABEL] then snapshots[#snapshots + 1] = to_snapshot(image) end
    end
    table.sort(snapshots, is_later)
    return snapshots
  end
end

--- Returns the snapshot of this exact name, or nil.
---@param name string
---@return table?
function M.find_snapshot(name)
  for snapshots in M.pages() do
    for _, snapshot in ipairs(snapshots) do
      if snapshot.name == name then return snapshot end
    end
  end
end

--- Makes an image the snapshot of a name.
---@param fields {name: string, image: string}  the image's id
---@return table snapshot
function M.create_snapshot(fields)
  docker().tag(fields.image, M.snapshot_reference(fields.name))
  return M.find_snapshot(fields.name)
end

return M
