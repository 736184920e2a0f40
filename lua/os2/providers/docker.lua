--- Snapshots on the local engine: a snapshot is a local image whose reference is made of its name;
--- the name itself is in a label.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local records = require("os2.docker.records")
local references = require("os2.providers.docker.references")

---@class os2.providers.docker
local M = { name = "docker", is_local = true }

local NAME_LABEL <const> = "os2.snapshot"
-- An image built entirely from the build cache keeps the date of the first build.
local CREATED_LABEL <const> = "os2.created"
local SIZE_LABEL <const> = "os2."
local SIZES <const> = {
  cpu = function() return policy.ask("snapshot.cpu") end,
  memory = function() return policy.ask("snapshot.memory") end,
  disk = function() return policy.ask("snapshot.disk") end,
}

-- Loaded at first use, so that a cached resolve does not load libcurl.
local function docker()
  return require("os2.docker")
end

--- Returns true: the local engine needs no key, and whether it answers is found out by the first
--- request.
---@return boolean
function M.is_available()
  return true
end

--- Returns everything that an answer of this provider depends on, in a fixed order; for hashing
--- only.
---@return table  a list with holes and its length `n`
function M.identity()
  local endpoint = require("os2.docker.endpoint")
  return table.pack(M.name, endpoint.find().name)
end

--- Returns the image reference for a snapshot name; different names always have different
--- references. References allow less than names: a name that is not a valid reference is replaced
--- by a similar one, with a hash in its tag.
---@param name string
---@param tag string
---@return string
function M.reference(name, tag)
  return references.of(name, tag)
end

--- Returns the reference that makes an image the snapshot with this name.
---@param name string
---@return string
function M.snapshot_reference(name)
  return references.of(name, references.ACTIVE_TAG)
end

--- Returns the labels for an image that is to become the snapshot with this name. They include the
--- sizes that its machines would have at Daytona; the local engine does not enforce them.
---@param name string
---@param sizes? {cpu: integer, memory: integer, disk: integer}
---@return table<string, string>
function M.labels(name, sizes)
  local labels = { [NAME_LABEL] = name, [CREATED_LABEL] = clock.iso(clock.now()) }
  for what, size in pairs(sizes or {}) do labels[SIZE_LABEL .. what] = ("%d"):format(size) end
  return labels
end

--- Returns true when an image has the labels of the snapshot with this name.
---@param image table  ImageInspect
---@param name string
---@return boolean
function M.is_made_for(image, name)
  local labels = type(image.Config) == "table" and image.Config.Labels
  return type(labels) == "table" and labels[NAME_LABEL] == name
end

-- A snapshot made without these labels has the current default sizes.
local function size_of(labels, what)
  return math.tointeger(tonumber(labels[SIZE_LABEL .. what])) or SIZES[what]()
end

-- The label tells when the image was built. Under another name it was registered at the time in
-- that name, or later where the name has the time of the image.
local function created_at(name, labels)
  local created = labels[CREATED_LABEL]
  if name == labels[NAME_LABEL] then return created end
  local prefix = policy.ask("naming.prefix", { name = name })
  local time = prefix and policy.ask("naming.parse", { name = name, prefix = prefix })
  local named = time and clock.iso(math.floor(time))
  return named and named > created and named or created
end

-- The fields of Daytona's records with the same types, so that a policy works for both providers.
local function to_snapshot(image, name, is_active)
  local labels = image.Labels
  local created = created_at(name, labels)
  return {
    id = image.Id, name = name, state = is_active and "active" or "inactive", general = false,
    createdAt = created, updatedAt = created, lastUsedAt = created,
    size = image.Size and image.Size / 1e9 or nil,
    imageName = M.snapshot_reference(name), ref = image.Id,
    cpu = size_of(labels, "cpu"), gpu = 0, mem = size_of(labels, "memory"),
    disk = size_of(labels, "disk"), regionIds = {}, sandboxClass = "container",
  }
end

local function is_later(one, other)
  if one.createdAt ~= other.createdAt then return one.createdAt > other.createdAt end
  return one.name > other.name
end

-- Adds the snapshots that an image is. Images built FROM a snapshot inherit its labels; only the
-- snapshot itself has the reference.
local function add_snapshots(list, image, asked)
  local labelled = image.Labels[NAME_LABEL]
  if not labelled or not image.Labels[CREATED_LABEL] then return end
  for name, is_active in pairs(references.names(image.RepoTags, labelled, asked)) do
    list[#list + 1] = to_snapshot(image, name, is_active)
  end
end

-- The text that the API's name filter stands for.
local function asked_of(query)
  return query and type(query.name) == "string" and (query.name:gsub("\\(.)", "%1")) or nil
end

--- Returns an iterator over the pages of a list of snapshots; the engine returns all at once.
---@param query? table  the query for the API; the engine has no such filter, so the flow checks the
---  names
---@return fun(): table[]?
function M.pages(query)
  local is_done, asked = false, asked_of(query)
  return function()
    if is_done then return nil end
    is_done = true
    local snapshots = {}
    -- filters by one label only, because Podman returns nothing for two
    local images = records.images((docker().images{ labels = { NAME_LABEL } }))
    for _, image in ipairs(images) do add_snapshots(snapshots, image, asked) end
    table.sort(snapshots, is_later)
    return snapshots
  end
end

--- Returns a page of a list of snapshots, and whether it is the last one: the first always is.
---@param query table
---@return table[]
---@return boolean
function M.page(query)
  return M.pages(query)(), true
end

--- Returns the snapshot with this exact name, or nil.
---@param name string
---@return table?
function M.find_snapshot(name)
  for snapshots in M.pages{ name = policy.ask("naming.filter", { prefix = name }) } do
    for _, snapshot in ipairs(snapshots) do
      if snapshot.name == name then return snapshot end
    end
  end
end

--- Makes an image the snapshot with this name.
---@param fields {name: string, image: string}  image: the image's id
---@return table snapshot
function M.create_snapshot(fields)
  docker().tag(fields.image, M.snapshot_reference(fields.name))
  return M.find_snapshot(fields.name)
end

local function has_digest(image, digest)
  if image.Id == "sha256:" .. digest then return true end
  for _, shown in ipairs(image.RepoDigests or {}) do
    if shown:sub(-#digest) == digest then return true end
  end
  return false
end

--- Returns the engine's image with a digest that a registry has given it, or nil.
---@param digest string  64 hexadecimal digits
---@return {Id: string, Labels: table<string, string>}?
function M.find_image(digest)
  for _, image in ipairs(records.images((docker().images()))) do
    if has_digest(image, digest) then return image end
  end
end

--- Returns the directory where the engine keeps its images, as it names it.
---@return string
function M.root_directory()
  local info = docker().api.system_info()
  local root = type(info) == "table" and info.DockerRootDir
  if type(root) == "string" then return root end
  err.raise(err.new{
    kind = "protocol", op = "docker.system_info", message = "the answer has no DockerRootDir",
    hint = "check that a Docker engine answers there, and that it works",
  })
end

return M
