--- Machines on the local engine: containers of a snapshot's image, identified by their label.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local docker = require("os2.docker")
local err = require("os2.err")
local paged = require("os2.base.paged")
local provider_machine = require("os2.providers.machine")
local records = require("os2.docker.records")
local task = require("os2.task")

---@class os2.providers.docker.machines
local M = {}

local NAME_LABEL <const> = "os2.machine"
local SNAPSHOT_LABEL <const> = "os2.snapshot"
local LOOPBACK <const> = "127.0.0.1"

-- The engine's words for states, and Daytona's.
local STATES <const> = {
  created = "stopped", running = "started", restarting = "starting", removing = "destroying",
  paused = "paused", exited = "stopped", dead = "error",
}

-- Returns true for a label that the user has given: it is neither os2's own, nor inherited from the
-- image.
local function is_given(key)
  return not key:find("^os2%.") and not key:find("^org%.opencontainers%.image%.")
end

local function shown_labels(labels)
  local shown = {}
  for key, value in pairs(labels) do
    if is_given(key) then shown[key] = value end
  end
  return shown
end

local function keys_of(entries)
  local keys = {}
  for index, entry in ipairs(entries) do keys[index] = entry:match("^[^=]*") end
  table.sort(keys)
  return keys
end

local function error_of(state)
  if state.Error and state.Error ~= "" then return state.Error end
  if state.Status ~= "exited" or not state.ExitCode then return nil end
  return ("its program ended with code %d"):format(state.ExitCode)
end

-- Returns the machine for an inspected container.
local function to_machine(found)
  local config, state = found.Config, found.State
  local labels = config.Labels
  return {
    id = found.Id, name = labels[NAME_LABEL], state = STATES[state.Status],
    error = error_of(state), snapshot = labels[SNAPSHOT_LABEL],
    labels = shown_labels(labels), public = false, env = keys_of(config.Env or {}),
    created_at = found.Created,
  }
end

-- Returns the machine for a row of a list.
local function to_row(listed)
  local labels = listed.Labels
  return {
    id = listed.Id, name = labels[NAME_LABEL], state = STATES[listed.State],
    snapshot = labels[SNAPSHOT_LABEL], labels = shown_labels(labels), public = false,
    created_at = listed.Created and clock.iso(listed.Created) or nil,
  }
end

-- The engine also finds containers by the start of their id; a name must not lead to another
-- machine.
local function is_meant(found, name_or_id)
  local name = found.Config.Labels[NAME_LABEL]
  return name and (name_or_id == name or name_or_id == found.Id)
end

local function inspect(name_or_id)
  local found = records.container(client.ask("container_inspect", { id = name_or_id }))
  if is_meant(found, name_or_id) then return found end
  err.raise(err.new{
    kind = "not_found", op = "machine",
    message = ("the container %s was not made by os2"):format(name_or_id),
  })
end

--- Returns the machine with this name or id, or nil.
---@param name_or_id string
---@return os2.machine?
function M.find(name_or_id)
  local found, failure = task.try(inspect, name_or_id)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return found and to_machine(found)
end

local function image_of(snapshot)
  if snapshot.id then return snapshot.id end
  local found = require("os2.providers.docker").find_snapshot(snapshot.name)
  if found then return found.id end
  err.raise(err.new{
    kind = "not_found", op = "machine.create",
    message = ("this engine has no snapshot %s"):format(snapshot.name),
    hint = "make one: os2 snapshot --provider docker",
  })
end

local function body_of(fields)
  local env, labels = {}, {}
  for key, value in pairs(client.with_proxies(fields.env)) do
    env[#env + 1] = key .. "=" .. value
  end
  for key, value in pairs(fields.labels) do labels[key] = value end
  -- set last, because these labels identify a machine
  labels[NAME_LABEL], labels[SNAPSHOT_LABEL] = fields.name, fields.snapshot.name
  table.sort(env)
  local port = fields.port .. "/tcp"
  return {
    name = fields.name, Image = image_of(fields.snapshot), Labels = labels,
    Env = #env > 0 and env or nil, ExposedPorts = { [port] = {} },
    -- without an address the engine would publish the port to the whole network
    HostConfig = { PortBindings = { [port] = { { HostIp = LOOPBACK, HostPort = "" } } } },
  }
end

--- Makes a container and starts it. When the start fails, the container stays, and the caller
--- deletes it.
---@param fields os2.machine.fields
---@return os2.machine
function M.create(fields)
  local made = records.made("container_create",
    client.ask("container_create", body_of(fields), { timeout = fields.timeout }))
  docker.api.container_start({ id = made.Id }, { timeout = fields.timeout })
  return M.find(made.Id) or { id = made.Id, name = fields.name, state = "destroyed", labels = {} }
end

--- Does nothing, because the engine has no rate limits.
function M.observe() end

--- Returns false, because an image is always available.
---@return boolean
function M.is_snapshot_refused()
  return false
end

local function label_filter(labels)
  local list = { NAME_LABEL }
  for key, value in pairs(labels) do list[#list + 1] = key .. "=" .. value end
  return list
end

local function is_older(one, other)
  local first, second = one.created_at or "", other.created_at or ""
  if first ~= second then return first < second end
  return one.name < other.name
end

local function is_from(machine, snapshots)
  if not snapshots then return true end
  for _, name in ipairs(snapshots) do
    if machine.snapshot == name then return true end
  end
  return false
end

--- Returns an iterator over the pages of machines with these labels, oldest first; the engine
--- returns all at once.
---@param labels table<string, string>
---@param _is_all? boolean  has no meaning here
---@param snapshots? string[]  only machines that were made from one of these
---@return fun(): os2.machine[]?
function M.pages(labels, _is_all, snapshots)
  local is_done = false
  return function()
    if is_done then return nil end
    is_done = true
    local machines = {}
    local listed = records.containers(client.ask("container_list", {
      all = true, filters = { label = label_filter(labels) },
    }))
    for _, row in ipairs(listed) do
      local machine = to_row(row)
      if is_from(machine, snapshots) then machines[#machines + 1] = machine end
    end
    table.sort(machines, is_older)
    return machines
  end
end

--- Returns an iterator over the machines of all pages.
---@param labels table<string, string>
---@param is_all? boolean
---@param snapshots? string[]
---@return fun(): os2.machine?
function M.list(labels, is_all, snapshots)
  return paged.items(M.pages(labels, is_all, snapshots))
end

--- Starts a stopped machine. Its port is published under another number afterwards.
---@param machine os2.machine
---@return os2.machine
function M.start(machine)
  docker.api.container_start{ id = machine.id }
  return M.find(machine.id) or machine
end

--- Stops a machine: its program gets SIGTERM, and is killed after ten seconds.
---@param machine os2.machine
---@return os2.machine
function M.stop(machine)
  docker.api.container_stop{ id = machine.id, t = 10 }
  return M.find(machine.id) or machine
end

--- Raises `invalid`, because the local engine has no archive.
function M.archive()
  err.raise(err.new{
    kind = "invalid", op = "machine.archive", exit = "usage",
    message = "the local engine has no archive",
    hint = "stop the machine: os2 machine stop --provider docker NAME",
  })
end

--- Deletes a machine, also a running one. Raises `not_found`.
---@param machine {id: string}
function M.delete(machine)
  docker.api.container_delete{ id = machine.id, force = true, v = true }
end

--- Returns the URL of a machine's port on this machine. Raises `conflict` when the machine does not
--- run.
---@param machine os2.machine
---@param port integer
---@return {url: string, headers: table<string, string>}
function M.preview(machine, port)
  local host_port = records.host_port(inspect(machine.id), port .. "/tcp")
  if host_port then
    return { url = ("http://%s:%s"):format(LOOPBACK, host_port), headers = {} }
  end
  err.raise(err.new{
    kind = "conflict", op = "machine.url",
    message = ("port %d of machine %s is not published (the machine is %s)"):format(port,
      machine.name, machine.state),
    hint = machine.state ~= "started"
      and "start it: os2 machine start --provider docker " .. machine.name
      or "only one port is published: that of the policy machine.port when the machine was made",
  })
end

return provider_machine.with_parts(M, "docker")
