--- The records that a dry run answers with, so that the script goes on: the fields of the request,
--- a made id, and the state that the operation leads to.
local clock = require("os2.clock")
local native_json = require("host.json")
local worlds = require("os2.guard.worlds")

---@class os2.guard.records
local M = {}

--- Where the toolbox of a made machine would be; no such server exists (RFC 2606).
M.TOOLBOX_URL = "http://dry-run.invalid/toolbox"

--- Where the ports of a made machine would be.
M.PREVIEW_URL = "http://dry-run.invalid/port/"

local LOCAL_PORT <const> = "1" -- nothing is published there
M.LOCAL_URL = ("http://127.0.0.1:%s/"):format(LOCAL_PORT)

--- The digest of an image that would have been pushed.
M.DIGEST = "sha256:" .. ("0"):rep(64)

-- The state after an operation.
local STATES <const> = {
  create_snapshot = "active", activate_snapshot = "active", deactivate_snapshot = "inactive",
  create_sandbox = "started", start_sandbox = "started", recover_sandbox = "started",
  fork_sandbox = "started", stop_sandbox = "stopped", pause_sandbox = "paused",
  archive_sandbox = "archived", create_volume = "ready",
}

local function uuid()
  return ("00000000-0000-4000-8000-%012x"):format(worlds.next_number())
end

local function hex_id()
  return ("%064x"):format(worlds.next_number())
end

local function copy_of(fields)
  local copy = {}
  for name, value in pairs(fields) do copy[name] = value end
  return copy
end

-- ---- Daytona ----

local COMPLETE <const> = {}

function COMPLETE.create_snapshot(record)
  record.mem, record.general, record.size = record.memory, false, 0
  record.entrypoint = record.entrypoint or native_json.array{}
end

function COMPLETE.create_sandbox(record)
  record.toolboxProxyUrl, record.labels = M.TOOLBOX_URL, record.labels or {}
  record.public = record.public or false
end

COMPLETE.fork_sandbox = COMPLETE.create_sandbox

local function create(label, collection)
  local record = copy_of(label.params)
  record.id, record.state = uuid(), STATES[label.row.name]
  record.createdAt, record.updatedAt = worlds.now(), worlds.now()
  record.name = record.name or record.id
  if COMPLETE[label.row.name] then COMPLETE[label.row.name](record) end
  worlds.add(label.api, collection, record, record.id)
  return record
end

local function without_path(label)
  local fields = copy_of(label.params)
  for name in label.row.path:gmatch("{(%w+)") do fields[name] = nil end
  return fields
end

-- An operation on the subject itself, or on a part of it.
local function change(label, rest)
  local fields = {}
  if rest == "" and label.row.method ~= "POST" or label.row.name == "replace_labels" then
    fields = without_path(label)
  end
  fields.state = STATES[label.row.name]
  local record = copy_of(worlds.change(label, fields))
  local _, name = worlds.parts(label.row.path)
  record.id = record.id or label.params[name]
  for key, value in pairs(without_path(label)) do record[key] = value end
  return record
end

local function preview(label)
  return {
    sandboxId = label.params.sandboxIdOrName, token = "dry-run", port = label.params.port,
    url = M.PREVIEW_URL .. tostring(label.params.port),
  }
end

local PARTS <const> = { get_port_preview_url = preview, get_signed_port_preview_url = preview }

--- Returns the answer about a part of a made subject; nil when any answer will do.
---@param label os2.guard.label
---@return table?
function M.part(label)
  return PARTS[label.row.name] and PARTS[label.row.name](label)
end

-- The snapshot of a machine is a record of another collection.
local function snapshot_of_machine(label)
  local record = {
    id = uuid(), name = label.params.name, state = "active", general = false, size = 0,
    createdAt = worlds.now(), updatedAt = worlds.now(),
  }
  worlds.add("daytona", "/snapshots/", record, record.id)
end

local function of_daytona(label)
  local collection, _, rest = worlds.parts(label.row.path)
  if label.row.name == "create_sandbox_snapshot" then snapshot_of_machine(label) end
  if label.row.method == "DELETE" and rest == "" then
    local record = change(label, rest)
    record.state = "destroyed"
    worlds.remove(label)
    return record
  end
  if collection then return M.part(label) or change(label, rest) end
  return create(label, label.row.path .. "/")
end

-- ---- the toolbox ----

local TOOLBOX <const> = {}

local sessions = {} -- those that the run has made in any machine

function TOOLBOX.create_session(label)
  sessions[label.params.sessionId] = true
end

--- Returns true for a URL of a made session of a machine.
---@param url any
---@return boolean
function M.is_session(url)
  return sessions[tostring(url):match("/session/([^/?]+)")] ~= nil
end

function TOOLBOX.execute_command() return { exitCode = 0, result = "" } end
TOOLBOX.code_run = TOOLBOX.execute_command

function TOOLBOX.session_execute_command()
  return { cmdId = uuid(), exitCode = 0, output = "", stdout = "", stderr = "" }
end

function TOOLBOX.get_session_command(label)
  return { id = label.params.commandId, command = "", exitCode = 0 }
end

function TOOLBOX.get_version() return { version = "dry-run" } end
function TOOLBOX.get_work_dir() return { dir = "/" } end
TOOLBOX.get_user_home_dir = TOOLBOX.get_work_dir

local function of_toolbox(label)
  local made = TOOLBOX[label.row.name]
  if made then return made(label) end
  if label.row.method == "GET" then return {} end
  return copy_of(label.params)
end

-- ---- Docker ----

--- Notes an image that a build would have made. Returns its id.
---@param tags string[]
---@param labels table<string, string>
---@return string
function M.image(tags, labels)
  local id = "sha256:" .. hex_id()
  worlds.add("docker", "/images/", {
    Id = id, RepoTags = native_json.array(copy_of(tags)), Created = worlds.now(), Size = 0,
    RepoDigests = native_json.array{}, Os = "linux", Architecture = "amd64",
    Config = { Labels = labels, Entrypoint = native_json.array{ "dry-run" } },
    RootFS = { Type = "layers", Layers = native_json.array{} },
  }, id)
  for _, tag in ipairs(tags) do worlds.name("docker", "/images/", tag, id) end
  return id
end

local DOCKER <const> = {}

local function set_running(is_running)
  return function(label)
    worlds.change(label, { State = {
      Status = is_running and "running" or "exited", Running = is_running, ExitCode = 0, Pid = 0,
    } })
  end
end

DOCKER.container_start, DOCKER.container_restart = set_running(true), set_running(true)
DOCKER.container_stop, DOCKER.container_kill = set_running(false), set_running(false)

local function published(host_config)
  local ports = {}
  for port in pairs(host_config.PortBindings or {}) do
    ports[port] = native_json.array{ { HostIp = "127.0.0.1", HostPort = LOCAL_PORT } }
  end
  return ports
end

function DOCKER.container_create(label)
  local id, config = hex_id(), copy_of(label.params)
  config.name, config.platform = nil, nil
  worlds.add("docker", "/containers/", {
    Id = id, Name = "/" .. (label.params.name or id:sub(1, 12)), Created = worlds.now(),
    Config = config, HostConfig = label.params.HostConfig or {},
    NetworkSettings = { Ports = published(label.params.HostConfig or {}) },
    State = { Status = "created", Running = false, ExitCode = 0, Pid = 0 }, Image = config.Image,
  }, id)
  return { Id = id, Warnings = native_json.array{} }
end

-- What a registry would tell of an image that was pushed.
function DOCKER.image_push(label)
  local params = label.params
  worlds.add("docker", "/distribution/", {
    Id = ("%s:%s"):format(params.name, params.tag or "latest"),
    Descriptor = {
      mediaType = "application/vnd.docker.distribution.manifest.v2+json", size = 0,
      digest = M.DIGEST,
    },
    Platforms = native_json.array{ { architecture = "amd64", os = "linux" } },
  }, ("%s:%s"):format(params.name, params.tag or "latest"))
end

function DOCKER.container_exec()
  local id = hex_id()
  worlds.add("docker", "/exec/", { Id = id, Running = false, ExitCode = 0, Pid = 1 }, id)
  return { Id = id }
end

function DOCKER.image_tag(label)
  local known = worlds.subject(label)
  if not (known and known.record) then return nil end
  local tag = ("%s:%s"):format(label.params.repo, label.params.tag or "latest")
  worlds.name("docker", "/images/", tag, known.record.Id)
  table.insert(known.record.RepoTags, tag)
end

-- An image goes with its last reference.
function DOCKER.image_delete(label)
  local known = worlds.subject(label)
  local tags = known and known.record and known.record.RepoTags or {}
  for index = #tags, 1, -1 do
    if tags[index] == label.params.name then table.remove(tags, index) end
  end
  if #tags > 0 then worlds.remove_name(label) else worlds.remove(label) end
  return native_json.array{}
end

--- Returns what a list of containers has of a made one.
---@param container table
---@return table
function M.container_summary(container)
  return {
    Id = container.Id, Names = native_json.array{ container.Name }, Created = clock.now() // 1,
    Image = container.Image, ImageID = container.Image, Labels = container.Config.Labels,
    State = container.State.Status, Status = container.State.Status,
    Ports = native_json.array{},
  }
end

--- Returns what a list of images has of a made one; nil when none of its references is wanted.
---@param image table
---@param is_wanted fun(tag: string): boolean
---@return table?
function M.image_summary(image, is_wanted)
  local tags = {}
  for _, tag in ipairs(image.RepoTags) do tags[#tags + 1] = is_wanted(tag) and tag or nil end
  if #tags == 0 then return nil end
  return {
    Id = image.Id, RepoTags = native_json.array(tags), RepoDigests = native_json.array{},
    Created = clock.now() // 1, Size = 0, Labels = image.Config.Labels,
  }
end

function DOCKER.network_create(label)
  local id = hex_id()
  worlds.add("docker", "/networks/", { Id = id, Name = label.params.Name }, id)
  return { Id = id, Warning = "" }
end

function DOCKER.volume_create(label)
  local name = label.params.Name or hex_id()
  local record = { Name = name, Driver = "local", Labels = label.params.Labels or {} }
  worlds.add("docker", "/volumes/", record, name)
  return record
end

local function of_docker(label)
  local made = DOCKER[label.row.name]
  if made then return made(label) end
  local _, _, rest = worlds.parts(label.row.path)
  if label.row.method == "DELETE" and rest == "" then worlds.remove(label) end
  return {}
end

local OF_API <const> = { daytona = of_daytona, toolbox = of_toolbox, docker = of_docker }

--- Returns the record with which an operation that changes something is answered; nil: an empty
--- answer.
---@param label os2.guard.label
---@return table?
function M.of(label)
  return OF_API[label.api](label)
end

return M
