--- Checks the answers of the Daytona API and the toolbox: the fields that a flow reads exist and
--- have their types.
local record = require("os2.client.record")
local sorted = require("os2.base.sorted")

---@class os2.providers.daytona.records
local M = {}

local HINT <const> = "check that DAYTONA_API_URL is the API and not a proxy"

local SNAPSHOT <const> = {
  id = "text", name = "text", state = "text", createdAt = "string?", updatedAt = "string?",
  lastUsedAt = "string?", errorReason = "string?", imageName = "string?", ref = "string?",
  general = "boolean?", regionIds = "texts?", size = "number?", cpu = "number?", mem = "number?",
  disk = "number?", gpu = "number?", buildInfo = "object?", sandboxClass = "string?",
  entrypoint = "texts?",
}

local SANDBOX <const> = {
  id = "text", name = "text", state = "text", desiredState = "word?", errorReason = "word?",
  snapshot = "word?", labels = "words?", public = "boolean?", target = "string?",
  env = "object?", cpu = "number?", memory = "number?", disk = "number?",
  autoStopInterval = "number?", createdAt = "string?", toolboxProxyUrl = "string?",
}

-- The fields that machines have under other names.
local pick_sandboxes = record.picker(SANDBOX, {
  desiredState = "desired_state", errorReason = "error", target = "region",
  autoStopInterval = "auto_stop", createdAt = "created_at",
})

-- The fields of a sandbox's record that os2 reads.
M.SANDBOX_FIELDS = {}
for field in pairs(SANDBOX) do M.SANDBOX_FIELDS[field] = true end

local KEY <const> = { name = "text", permissions = "texts", expiresAt = "string?" }

local ACCESS <const> = {
  registryUrl = "text", project = "text", username = "text", secret = "secret",
}

local STORAGE <const> = {
  storageUrl = "text", bucket = "text", organizationId = "text", accessKey = "text",
  secret = "secret", sessionToken = "secret?", region = "string?",
}

local function reader(op, what)
  return { op = op, what = what, hint = HINT }
end

--- Returns a snapshot's record, which has id, name and state.
---@param op string  for the error
---@param found any
---@return table
function M.snapshot(op, found)
  return record.check(reader(op, "snapshot"), found, SNAPSHOT)
end

--- Returns a sandbox's record, which has id, name and state.
---@param op string
---@param found any
---@return table
function M.sandbox(op, found)
  return record.check(reader(op, "sandbox"), found, SANDBOX)
end

local function to_machine(sandbox)
  sandbox.labels, sandbox.public = record.texts(sandbox.labels), sandbox.public == true
  if sandbox.env then sandbox.env = sorted.keys(sandbox.env) end
  return sandbox
end

--- Returns the sandboxes of a list as machines.
---@param op string
---@param list any
---@return os2.machine[]
function M.machines(op, list)
  local machines = pick_sandboxes(reader(op, "sandbox"), list)
  for _, machine in ipairs(machines) do to_machine(machine) end
  return machines
end

--- Returns a sandbox's record as a machine, which has id, name and state.
---@param op string
---@param found any
---@return os2.machine
function M.machine(op, found)
  return M.machines(op, { M.sandbox(op, found) })[1]
end

--- Returns a page of snapshots, {items, totalPages}.
---@param op string
---@param body any
---@return table
function M.page(op, body)
  record.check(reader(op, "page of items"), body, { items = "list", totalPages = "integer" })
  record.check_list(reader(op, "snapshot"), body.items, SNAPSHOT)
  return body
end

--- Returns a list of regions, each with id and name.
---@param op string
---@param body any
---@return table[]
function M.regions(op, body)
  return record.check_list(reader(op, "region"), body, { id = "text", name = "text" })
end

--- Returns the record of a key, which has a name and a list of permissions.
---@param op string
---@param found any
---@return table
function M.key(op, found)
  return record.check(reader(op, "key"), found, KEY)
end

--- Returns push access: a registry, a project in it, and the credentials.
---@param op string
---@param found any
---@return table
function M.access(op, found)
  return record.check(reader(op, "push access"), found, ACCESS)
end

--- Returns access to the object storage of build contexts.
---@param op string
---@param found any
---@return table
function M.storage(op, found)
  return record.check(reader(op, "storage access"), found, STORAGE)
end

--- Returns a port's URL, and its token when the token is not part of the URL.
---@param op string
---@param found any
---@param has_token boolean
---@return table
function M.preview(op, found, has_token)
  return record.check(reader(op, "preview"), found,
    { url = "text", token = has_token and "secret" or nil })
end

--- Returns a session of the toolbox with its commands.
---@param op string
---@param found any
---@return {commands: {id: string, exitCode: integer?}[]}
function M.session(op, found)
  record.check(reader(op, "session"), found, { commands = "list?" })
  found.commands = found.commands or {}
  record.check_list(reader(op, "command"), found.commands, { id = "text", exitCode = "integer?" })
  return found
end

--- Returns a command of a session; its exit code is set once it has ended.
---@param op string
---@param found any
---@return {exitCode: integer?}
function M.command(op, found)
  return record.check(reader(op, "command"), found, { exitCode = "integer?" })
end

--- Returns a session's answer to a command that was started.
---@param op string
---@param found any
---@return {cmdId: string}
function M.begun(op, found)
  return record.check(reader(op, "command"), found, { cmdId = "text" })
end

--- Returns the outcome of a command that was run to its end.
---@param op string
---@param found any
---@return {exitCode: integer, result: string?}
function M.ran(op, found)
  return record.check(reader(op, "command"), found, { exitCode = "integer", result = "string?" })
end

--- Returns the toolbox's record of a file.
---@param op string
---@param found any
---@return {isDir: boolean}
function M.file(op, found)
  return record.check(reader(op, "file"), found, { isDir = "boolean" })
end

return M
