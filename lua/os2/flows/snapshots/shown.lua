--- How snapshots are displayed, and which fields of theirs a document has.
local clock = require("os2.clock")
local identity = require("os2.flows.snapshots.identity")
local json = require("os2.json")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshots.shown
local M = {}

local function text_or_nil(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function age_of(snapshot)
  local created = text_or_nil(snapshot.createdAt) and clock.parse_iso(snapshot.createdAt)
  return created and math.max(0, math.floor(clock.now() - created)) or nil
end

--- Returns the fields of a snapshot for a list.
---@param snapshot table
---@return table
function M.fields(snapshot)
  local said = identity.tag(snapshot) or {}
  return {
    id = snapshot.id, name = snapshot.name, state = snapshot.state,
    prefix = identity.prefix(snapshot),
    error = text_or_nil(snapshot.errorReason), created_at = snapshot.createdAt,
    updated_at = snapshot.updatedAt, age = age_of(snapshot),
    commit = said.commit, dirty = said.commit and said.is_dirty or nil,
    content = said.content, size = snapshot.size,
    regions = json.array(snapshot.regionIds or {}),
  }
end

--- Returns all fields of a snapshot.
---@param snapshot table
---@return table
function M.details(snapshot)
  local fields = M.fields(snapshot)
  fields.image, fields.ref = text_or_nil(snapshot.imageName), text_or_nil(snapshot.ref)
  fields.last_used_at = text_or_nil(snapshot.lastUsedAt)
  fields.cpu, fields.memory, fields.disk = snapshot.cpu, snapshot.mem, snapshot.disk
  fields.shared = snapshot.general == true
  return fields
end

local ORDER <const> = {
  "id", "name", "prefix", "state", "error", "created_at", "updated_at", "last_used_at", "commit",
  "dirty", "content", "size", "regions", "machines", "marks", "image", "ref",
  "cpu", "memory", "disk", "shared", "run",
}

local IN_GB <const> = { size = "%.2f GB", memory = "%g GB", disk = "%g GB" }

local function words_of(field, value)
  if IN_GB[field] and type(value) == "number" then return IN_GB[field]:format(value) end
  if type(value) == "table" then return table.concat(value, ", ") end
  return tostring(value)
end

--- Returns one snapshot as lines of field and value.
---@param fields table  of `details`
---@return string
function M.text(fields)
  local lines = {}
  for _, field in ipairs(ORDER) do
    local value = fields[field]
    local words = value ~= nil and terminal.clean(words_of(field, value)) or ""
    if words ~= "" then lines[#lines + 1] = terminal.pad(field, 14) .. words end
  end
  return table.concat(lines, "\n")
end

return M
