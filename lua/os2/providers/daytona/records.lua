--- Checks what the Daytona API answers: what a flow reads is there, and of its type.
local err = require("os2.err")
local foreign = require("os2.text.foreign")

---@class os2.providers.daytona.records
local M = {}

local SNAPSHOT <const> = { "id", "name", "state" }
-- What a sandbox has beside them, where it has it at all: a null is as good as nothing.
local SANDBOX <const> = {
  labels = "table", env = "table", cpu = "number", memory = "number", disk = "number",
  autoStopInterval = "number", createdAt = "string", target = "string", toolboxProxyUrl = "string",
  desiredState = "string", errorReason = "string", snapshot = "string", public = "boolean",
}
local ACCESS <const> = { "registryUrl", "project", "username", "secret" }

local function refuse(op, message)
  err.raise(err.new{
    kind = "protocol", op = op, is_sent = true, message = message,
    hint = "check that DAYTONA_API_URL is the API and not a proxy",
  })
end

local function check_fields(op, what, record, fields)
  if type(record) ~= "table" then
    refuse(op, ("the answer is no %s but a %s"):format(what, type(record)))
  end
  for _, field in ipairs(fields) do
    if type(record[field]) ~= "string" or record[field] == "" then
      refuse(op, ("the answer's %s lacks its %s"):format(what, field))
    end
  end
  return record
end

--- Returns a snapshot's record, which has id, name and state.
---@param op string  for the error
---@param record any
---@return table
function M.snapshot(op, record)
  return check_fields(op, "snapshot", record, SNAPSHOT)
end

-- A value where it can be no secret: labels and variables are told by their type.
local function shown(value, wanted)
  if wanted == "table" or type(value) == "table" then return "a " .. type(value) end
  return ("'%s'"):format(foreign.line(tostring(value), 40))
end

-- Null is what lua-cjson has for it, a light userdata.
local function check_optional(op, what, record, fields)
  for field, wanted in pairs(fields) do
    local value = record[field]
    if type(value) == "userdata" then
      record[field] = nil
    elseif value ~= nil and type(value) ~= wanted then
      refuse(op, ("the %s's %s is no %s but %s"):format(what, field, wanted, shown(value, wanted)))
    end
  end
  return record
end

--- Returns a sandbox's record, which has id, name and state; its other fields are of their type, or
--- absent.
---@param op string
---@param record any
---@return table
function M.sandbox(op, record)
  return check_optional(op, "sandbox", check_fields(op, "sandbox", record, SNAPSHOT), SANDBOX)
end

--- Returns any other record, which has these texts.
---@param op string
---@param what string
---@param record any
---@param fields? string[]
---@return table
function M.record(op, what, record, fields)
  return check_fields(op, what, record, fields or {})
end

local function is_list(value)
  return type(value) == "table" and (#value > 0 or next(value) == nil)
end

--- Returns a page of snapshots, {items, totalPages}.
---@param op string
---@param body any
---@return table
function M.page(op, body)
  if type(body) ~= "table" or not is_list(body.items) then
    refuse(op, "the answer holds no items")
  end
  if math.type(body.totalPages) ~= "integer" then
    refuse(op, "the answer does not say how many pages there are (totalPages)")
  end
  for _, item in ipairs(body.items) do M.snapshot(op, item) end
  return body
end

--- Returns a list of regions, each with id and name.
---@param op string
---@param body any
---@return table[]
function M.regions(op, body)
  if not is_list(body) then refuse(op, "the answer is no list of regions") end
  for _, region in ipairs(body) do check_fields(op, "region", region, { "id", "name" }) end
  return body
end

--- Returns the record of a key, which has a name and a list of permissions.
---@param op string
---@param record any
---@return table
function M.key(op, record)
  check_fields(op, "key", record, { "name" })
  if not is_list(record.permissions) then refuse(op, "the answer's key lacks its permissions") end
  for _, permission in ipairs(record.permissions) do
    if type(permission) ~= "string" then refuse(op, "the key's permissions are no words") end
  end
  return record
end

--- Returns push access: a registry, a project there, and who may push.
---@param op string
---@param record any
---@return table
function M.access(op, record)
  return check_fields(op, "push access", record, ACCESS)
end

return M
