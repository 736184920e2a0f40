--- The Docker engine of a test: images and containers, and what its operations do to them.
local clock = require("os2.clock")
local daytona = require("os2.flows.testing.daytona")
local json = require("os2.json")

---@class os2.flows.testing.docker
local M = {}

local VERSION <const> = "1.41"
local NO_CONTENT <const> = 204

local refuse <const> = daytona.refuse

local function next_id(world)
  world.count = world.count + 1
  return ("%064x"):format(world.count)
end

--- Returns an image with what the engine tells of one.
---@param world table
---@param fields table  of GET /images/json
---@return table
function M.image(world, fields)
  fields.Id = fields.Id or "sha256:" .. next_id(world)
  fields.RepoTags = fields.RepoTags or {}
  fields.RepoDigests = fields.RepoDigests or {}
  fields.Labels = fields.Labels or {}
  fields.Created, fields.Size = fields.Created or math.floor(clock.now()), fields.Size or 1000
  return fields
end

--- Returns a container with what the engine tells of one.
---@param world table
---@param fields table  Name, Image, State ("running"), Labels
---@return table
function M.container(world, fields)
  fields.Id = fields.Id or next_id(world)
  fields.Name = fields.Name or "c" .. fields.Id:sub(-6)
  fields.State, fields.Labels = fields.State or "running", fields.Labels or {}
  fields.Created = fields.Created or math.floor(clock.now())
  return fields
end

local OPERATIONS <const> = {}
M.OPERATIONS = OPERATIONS

function OPERATIONS.system_ping()
  return 200, "OK", { ["api-version"] = VERSION, ["builder-version"] = "1", ["ostype"] = "linux" }
end

function OPERATIONS.system_version()
  return 200, { Version = "test", ApiVersion = VERSION, Os = "linux", Arch = "amd64" }
end

function OPERATIONS.system_info() return 200, { ID = "test", OSType = "linux", Name = "test" } end

-- ---- images ----

local function name_of(ref)
  return ref:find(":[^/]+$") and ref or ref .. ":latest"
end

local function image_of(world, ref)
  for index, image in ipairs(world.images) do
    if image.Id == ref or image.Id == "sha256:" .. ref then return image, index end
    for at, tag in ipairs(image.RepoTags) do
      if tag == name_of(ref) then return image, index, at end
    end
  end
  refuse(404, "No such image: " .. ref)
end

-- Whether a record has the labels that a filter asks for: "key" or "key=value".
local function has_labels(record, wanted)
  for _, label in ipairs(wanted or {}) do
    local key, value = label:match("^([^=]*)=?(.*)$")
    local found = record.Labels[key]
    if not found or (value ~= "" and found ~= value) then return false end
  end
  return true
end

local function filters_of(params)
  local filters = params.filters and json.decode(params.filters) or {}
  for name, values in pairs(filters) do
    if not values[1] then -- the older form: {"label": {"a=b": true}}
      local list = {}
      for value in pairs(values) do list[#list + 1] = value end
      filters[name] = list
    end
  end
  return filters
end

-- Whether a tag is meant by a pattern: "repository" or "repository:tag", where * is any text.
local function fits(tag, pattern)
  local wanted = "^" .. pattern:gsub("[%-%.%+%[%]%(%)%$%^%%%?]", "%%%0"):gsub("%*", "[^/]*") .. "$"
  return tag:find(wanted) ~= nil or tag:gsub(":[^:/]*$", ""):find(wanted) ~= nil
end

local function has_reference(image, patterns)
  for _, pattern in ipairs(patterns or {}) do
    for _, tag in ipairs(image.RepoTags) do
      if fits(tag, pattern) then return true end
    end
  end
  return patterns == nil
end

function OPERATIONS.image_list(world, params)
  local filters, found = filters_of(params), {}
  for _, image in ipairs(world.images) do
    if has_labels(image, filters.label) and has_reference(image, filters.reference) then
      found[#found + 1] = image
    end
  end
  return 200, json.array(found)
end

function OPERATIONS.image_inspect(world, params)
  local image = image_of(world, params.name)
  return 200, { Id = image.Id, RepoTags = image.RepoTags, RepoDigests = image.RepoDigests,
    Created = clock.iso(image.Created), Size = image.Size, Os = "linux", Architecture = "amd64",
    Config = { Labels = image.Labels }, RootFS = { Type = "layers", Layers = {} } }
end

function OPERATIONS.image_tag(world, params)
  local image = image_of(world, params.name)
  table.insert(image.RepoTags, ("%s:%s"):format(params.repo, params.tag or "latest"))
  return 201, nil
end

function OPERATIONS.image_delete(world, params)
  local image, index, at = image_of(world, params.name)
  if at and image.RepoTags[2] then
    local tag = table.remove(image.RepoTags, at)
    return 200, json.array{ { Untagged = tag } }
  end
  table.remove(world.images, index)
  return 200, json.array{ { Deleted = image.Id } }
end

-- ---- containers ----

local function container_of(world, word)
  for index, container in ipairs(world.containers) do
    if container.Id == word or container.Name == word then return container, index end
  end
  refuse(404, "No such container: " .. word)
end

function OPERATIONS.container_list(world, params)
  local filters, found = filters_of(params), {}
  for _, one in ipairs(world.containers) do
    local is_meant = params.all == "true" or params.all == "1" or one.State == "running"
    if is_meant and has_labels(one, filters.label) then
      found[#found + 1] = { Id = one.Id, Names = { "/" .. one.Name }, Image = one.Image,
        State = one.State, Labels = one.Labels, Created = one.Created, Status = one.State }
    end
  end
  return 200, json.array(found)
end

function OPERATIONS.container_inspect(world, params)
  local one = container_of(world, params.id)
  return 200, { Id = one.Id, Name = "/" .. one.Name, Created = clock.iso(one.Created),
    Image = one.Image, State = { Status = one.State, Running = one.State == "running",
      ExitCode = one.ExitCode or 0 },
    Config = { Image = one.Image, Labels = one.Labels, Env = one.Env or {} },
    NetworkSettings = { Ports = {} } }
end

function OPERATIONS.container_create(world, params)
  local made = M.container(world, { Name = params.name, Image = params.Image,
    Labels = params.Labels, Env = params.Env, State = "created" })
  image_of(world, params.Image)
  table.insert(world.containers, made)
  return 201, { Id = made.Id, Warnings = json.array{} }
end

local function moving(state)
  return function(world, params)
    local one = container_of(world, params.id)
    local is_new = one.State ~= state
    one.State = state
    return is_new and NO_CONTENT or 304, nil
  end
end

OPERATIONS.container_start = moving("running")
OPERATIONS.container_stop = moving("exited")

function OPERATIONS.container_delete(world, params)
  local one, index = container_of(world, params.id)
  if one.State == "running" and params.force ~= "true" and params.force ~= "1" then
    refuse(409, ("You cannot remove a running container %s"):format(one.Id))
  end
  table.remove(world.containers, index)
  return NO_CONTENT, nil
end

return M
