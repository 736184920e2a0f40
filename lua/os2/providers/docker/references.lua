--- The references of snapshots on the local engine: the tag `snapshot` makes an image one, the tag
--- `inactive` marks one that is kept and not used.
local hash = require("os2.hash")

---@class os2.providers.docker.references
local M = {}

M.ACTIVE_TAG, M.INACTIVE_TAG = "snapshot", "inactive"

-- The engine accepts 255 characters including its registry.
local LONGEST_NAME_BYTES <const> = 128
local HASH_DIGITS <const> = 16

-- Podman and others put the registry before the name.
local REGISTRIES <const> = { "localhost/", "docker.io/library/", "docker.io/" }

-- The engine's own rule for a component of a reference. Source: distribution/reference,
-- path-component.
local function is_component(part)
  if not part:match("^[a-z0-9][a-z0-9._-]*$") or part:match("[._-]$") then return false end
  for separator in part:gmatch("[._-]+") do
    if separator ~= "." and not separator:match("^__?$") and not separator:match("^%-+$") then
      return false
    end
  end
  return true
end

-- Returns true when a name is a reference that the engine accepts and lists unchanged. It would
-- treat a first component such as these as a registry, or omit it.
local function is_plain(name)
  local first = name:match("^([^/]+)/")
  if first and (first:find(".", 1, true) or first == "localhost" or first == "library") then
    return false
  end
  for part in (name .. "/"):gmatch("([^/]*)/") do
    if not is_component(part) then return false end
  end
  return #name <= LONGEST_NAME_BYTES
end

-- Returns a readable form of a name; several names may have the same form.
local function likeness(name)
  local text = name:lower():gsub("[^a-z0-9]+", function(run)
    return run:match("^%-+$") or "-"
  end)
  return (text:sub(1, LONGEST_NAME_BYTES):gsub("^%-+", ""):gsub("%-+$", ""))
end

--- Returns the image reference for a snapshot name; different names always have different
--- references. References allow less than names: a name that is not a valid reference is replaced
--- by a similar one, with a hash in its tag.
---@param name string
---@param tag string
---@return string
function M.of(name, tag)
  if is_plain(name) then return ("%s:%s"):format(name, tag) end
  local repository = likeness(name)
  return ("%s:%s-%s"):format(repository ~= "" and repository or "os2", tag,
    hash.sha256(name):sub(1, HASH_DIGITS))
end

local function without_registry(shown)
  for _, registry in ipairs(REGISTRIES) do
    if shown:sub(1, #registry) == registry then return shown:sub(#registry + 1) end
  end
  return shown
end

-- Returns the names that a reference with a hash may stand for: that of the label, one that is
-- asked for, and those of a prefix that is asked for.
local function candidates(reference, labelled, asked)
  local time = reference:match("(%d%d%d%d%d%d%d%d%-%d%d%d%d%d%d):[^:]*$")
  return { labelled, asked, asked and time and asked .. time }
end

local function read_hashed(reference, tag, names)
  for _, name in pairs(names) do
    if reference == M.of(name, tag) then return name end
  end
end

-- Returns the name for which a reference stands, and whether it is the one of an active snapshot. A
-- name that is no reference is known from the label, or because it is asked for.
local function read(reference, labelled, asked)
  local names = candidates(reference, labelled, asked)
  for _, tag in ipairs{ M.ACTIVE_TAG, M.INACTIVE_TAG } do
    local hashed = read_hashed(reference, tag, names)
    if hashed then return hashed, tag == M.ACTIVE_TAG end
    local name = reference:match("^(.+):" .. tag .. "$")
    if name and is_plain(name) then return name, tag == M.ACTIVE_TAG end
  end
end

--- Returns the snapshots that an image is: name -> whether it is active. An image has several when
--- it was promoted, and none when it was only built FROM a snapshot, whose labels it inherits.
---@param shown string[]?  the references as the engine lists them
---@param labelled string  the name in the image's label
---@param asked string?  a name or a prefix that is asked for
---@return table<string, boolean>
function M.names(shown, labelled, asked)
  local names = {}
  for _, reference in ipairs(shown or {}) do
    local name, is_active = read(without_registry(reference), labelled, asked)
    if name then names[name] = names[name] or is_active end
  end
  return names
end

return M
