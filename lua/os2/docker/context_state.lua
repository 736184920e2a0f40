--- What engines were sent of contexts (host/core/context/sent_state): where that is kept, and the
--- key under which an engine keeps its own copy.
local cache = require("os2.store.cache")
local endpoint = require("os2.docker.endpoint")
local fs = require("os2.fs")
local hash = require("os2.hash")
local native_docker = require("host.docker")
local policy = require("os2.policy")
local run_options = require("os2.run.options")

---@class os2.docker.context_state
local M = {}

local PRIVATE <const> = tonumber("700", 8)
local MACHINE <const> = "/etc/machine-id"

local function directory()
  local named = policy.ask("docker.state_directory")
  if named ~= "" then return named end
  local base = cache.directory()
  return base and base .. "/contexts"
end

-- Who builds what: another user's or machine's context of the same path is another one.
local function identity(path)
  local user = fs.stat("/proc/self")
  local has_machine, machine = pcall(fs.read, MACHINE)
  return table.concat({ user and user.uid or "", has_machine and machine or "", fs.realpath(path) },
    "\0")
end

-- The files of the directory, the one used last at the end.
local function by_age(place)
  local files = {}
  for _, name in ipairs(fs.list(place)) do
    local found = name:match("^%x+$") and fs.stat(place .. "/" .. name)
    if found then files[#files + 1] = { name = name, time = found.modification } end
  end
  table.sort(files, function(a, b)
    if a.time ~= b.time then return a.time < b.time end
    return a.name < b.name
  end)
  return files
end

-- One that goes costs its context a build that sends everything.
local function drop_oldest(place, kept)
  local files = by_age(place)
  for index = 1, #files - policy.ask("docker.state_contexts") do
    if files[index].name ~= kept then fs.remove(place .. "/" .. files[index].name) end
  end
end

--- Returns where the state of a directory's context stands, or nil: none is kept, because the
--- policy says so or there is no place for it.
---@param path string
---@return string? file
---@return integer? limit  files of a context that a state is kept of
function M.place_of(path)
  local limit, place = policy.ask("docker.state_files"), directory()
  if limit == 0 or not place or run_options.guard or not fs.exists(path) then return nil end
  -- what one engine was sent tells nothing of another one's copy
  local is_found, engine = pcall(endpoint.find)
  if not is_found then return nil end
  local name = hash.sha256(identity(path) .. "\0" .. engine.name):sub(1, 32)
  local is_there = pcall(function()
    fs.mkdir_p(place, PRIVATE)
    drop_oldest(place, name)
  end)
  if is_there then return place .. "/" .. name, limit end
end

--- Returns the session's shared key for one build of a context. The engine compares with what it
--- was sent under it; one that no state belongs to has everything sent.
---@param path string
---@param key string?  of the state
---@return string  hex digits
function M.shared_key(path, key)
  return hash.sha256(identity(path) .. "\0" .. (key or native_docker.session_id()))
end

return M
