--- The Daytona of a test: records of snapshots and machines, and what its operations do to them.
local clock = require("os2.clock")
local json = require("os2.json")

---@class os2.flows.testing.daytona
local M = {}

local PAGE_ITEMS <const> = 100
local REGION <const> = { id = "us", name = "us", regionType = "shared" }
local PERMISSIONS <const> = {
  "write:snapshots", "delete:snapshots", "write:sandboxes", "delete:sandboxes",
}

---@class os2.flows.testing.refusal  what an operation raises
---@field status integer
---@field message string

--- Ends an operation with a status other than a success.
---@param status integer
---@param message string
function M.refuse(status, message) error({ status = status, message = message }, 0) end

local refuse <const> = M.refuse

-- The next id, in the form of a UUID.
local function next_id(world)
  world.count = world.count + 1
  return ("00000000-0000-4000-8000-%012x"):format(world.count)
end

local function complete(record, defaults)
  for key, value in pairs(defaults) do
    if record[key] == nil then record[key] = value end
  end
  return record
end

local function stamp(record, at)
  record.createdAt = record.createdAt or clock.iso(at)
  record.updatedAt = record.updatedAt or record.createdAt
  return record
end

-- `states` of a record are the states in which it is seen, one after the other.
local function first_state(record, states)
  record.states = record.states or states
  record.state = record.state or record.states[1]
  return record
end

--- Returns a snapshot with all that the API tells of one.
---@param world table
---@param fields table
---@param at number  when it was made, if the fields do not say so
---@param states string[]  when the fields have none
---@return table
function M.snapshot(world, fields, at, states)
  local record = complete(first_state(stamp(fields, at), states), {
    id = next_id(world), general = false, imageName = "registry.test/" .. fields.name, size = 0.01,
    cpu = 1, gpu = 0, mem = 1, disk = 3, regionIds = { "us" }, sandboxClass = "container",
  })
  record.ref = record.ref or record.imageName
  return record
end

--- Returns a machine (a sandbox) with all that the API tells of one.
---@param world table
---@param fields table
---@param at number
---@param states string[]
---@return table
function M.machine(world, fields, at, states)
  local id = fields.id or next_id(world)
  return complete(first_state(stamp(fields, at), states), {
    id = id, name = fields.name or id, user = "daytona", env = {}, labels = {}, public = false,
    target = "us", cpu = 1, gpu = 0, memory = 1, disk = 3, desiredState = "started",
    autoStopInterval = 15, autoArchiveInterval = 10080, autoDeleteInterval = -1,
    toolboxProxyUrl = world.toolbox_url, volumes = {},
  })
end

-- What is seen of a record now: each look moves it on by one of its states.
local function seen(record)
  if record.states[1] then record.state = table.remove(record.states, 1) end
  local copy = {}
  for key, value in pairs(record) do copy[key] = value end
  copy.states = nil
  return copy
end

local function find(list, word, what)
  for index, record in ipairs(list) do
    if record.id == word or record.name == word then return record, index end
  end
  refuse(404, ("%s with ID or name %s not found"):format(what, word))
end

local function refuse_taken(list, name, what)
  for _, record in ipairs(list) do
    if record.name == name then
      refuse(409, ("%s with name \"%s\" already exists"):format(what, name))
    end
  end
end

local function newest_first(list)
  table.sort(list, function(one, other)
    if one.createdAt ~= other.createdAt then return one.createdAt > other.createdAt end
    return one.name < other.name
  end)
  return list
end

local function shown(list, fits)
  local found = {}
  for _, record in ipairs(list) do
    if fits(record) then found[#found + 1] = seen(record) end
  end
  return newest_first(found)
end

local function part(list, from, limit)
  return json.array(table.move(list, from, math.min(#list, from + limit - 1), 1, {}))
end

local OPERATIONS <const> = {}
M.OPERATIONS = OPERATIONS

-- ---- snapshots ----

function OPERATIONS.get_all_snapshots(world, params)
  local name = (params.name or ""):lower()
  local list = shown(world.snapshots, function(snapshot)
    return snapshot.name:lower():find(name, 1, true) ~= nil
  end)
  local page, limit = tonumber(params.page or 1), tonumber(params.limit or PAGE_ITEMS)
  return 200, { items = part(list, (page - 1) * limit + 1, limit), total = #list, page = page,
    totalPages = math.max(1, math.ceil(#list / limit)) }
end

function OPERATIONS.get_snapshot(world, params)
  return 200, seen(find(world.snapshots, params.id, "Snapshot"))
end

function OPERATIONS.create_snapshot(world, params)
  refuse_taken(world.snapshots, params.name, "Snapshot")
  local made = M.snapshot(world, params, clock.now(), { "pending", "active" })
  table.insert(world.snapshots, made)
  local answer = {}
  for key, value in pairs(made) do answer[key] = value end
  answer.states = nil
  return 201, answer
end

function OPERATIONS.remove_snapshot(world, params)
  local _, index = find(world.snapshots, params.id, "Snapshot")
  table.remove(world.snapshots, index)
  return 200, nil
end

local function turning(state)
  return function(world, params)
    local found = find(world.snapshots, params.id, "Snapshot")
    found.state, found.states = state, {}
    return 200, seen(found)
  end
end

OPERATIONS.activate_snapshot = turning("active")
OPERATIONS.deactivate_snapshot = turning("inactive")

function OPERATIONS.get_snapshot_build_logs() return 200, "" end

-- ---- machines ----

local function has_labels(machine, wanted)
  for key, value in pairs(wanted) do
    if machine.labels[key] ~= value then return false end
  end
  return true
end

function OPERATIONS.list_sandboxes(world, params)
  local wanted = params.labels and json.decode(params.labels) or {}
  local list = shown(world.machines, function(machine) return has_labels(machine, wanted) end)
  local from, limit = tonumber(params.cursor or 1), tonumber(params.limit or PAGE_ITEMS)
  local next_from = from + limit
  return 200, { items = part(list, from, limit),
    nextCursor = next_from <= #list and tostring(next_from) or nil }
end

local function machine_of(world, params)
  return find(world.machines, params.sandboxIdOrName or params.sandboxId, "Sandbox")
end

function OPERATIONS.get_sandbox(world, params) return 200, seen(machine_of(world, params)) end

function OPERATIONS.create_sandbox(world, params)
  refuse_taken(world.machines, params.name, "Sandbox")
  local snapshot = params.snapshot and find(world.snapshots, params.snapshot, "Snapshot")
  if snapshot and snapshot.state ~= "active" then
    refuse(400, ("Snapshot %s is %s"):format(snapshot.name, snapshot.state))
  end
  local made = M.machine(world, params, clock.now(), { "creating", "started" })
  table.insert(world.machines, made)
  return 200, seen(made)
end

function OPERATIONS.delete_sandbox(world, params)
  local found, index = machine_of(world, params)
  table.remove(world.machines, index)
  found.state, found.states = "destroyed", {}
  return 200, seen(found)
end

local function moving(by, to)
  return function(world, params)
    local found = machine_of(world, params)
    found.state, found.states, found.desiredState = by, { by, to }, to
    return 200, seen(found)
  end
end

OPERATIONS.start_sandbox = moving("starting", "started")
OPERATIONS.stop_sandbox = moving("stopping", "stopped")
OPERATIONS.archive_sandbox = moving("archiving", "archived")

function OPERATIONS.replace_labels(world, params)
  machine_of(world, params).labels = params.labels
  return 200, { labels = params.labels }
end

local function setting(field)
  return function(world, params)
    local found = machine_of(world, params)
    found[field] = tonumber(params.interval)
    return 200, seen(found)
  end
end

OPERATIONS.set_autostop_interval = setting("autoStopInterval")
OPERATIONS.set_auto_archive_interval = setting("autoArchiveInterval")
OPERATIONS.set_auto_delete_interval = setting("autoDeleteInterval")

function OPERATIONS.get_port_preview_url(world, params)
  local id = machine_of(world, params).id
  return 200, { url = ("https://%s-%s.preview.test"):format(params.port, id), token = "preview" }
end

-- ---- the key, and what there is ----

function OPERATIONS.get_current_api_key()
  return 200, { name = "test", permissions = PERMISSIONS, createdAt = clock.iso(0) }
end

function OPERATIONS.list_available_regions() return 200, json.array{ REGION } end
function OPERATIONS.list_shared_regions() return 200, json.array{ REGION } end

return M
