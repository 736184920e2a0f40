--- Packs of scripts that `os2 add` took from git. The lock file says which commit of which
--- repository a pack is, and the hash of the content that the user trusts; nothing else is run.
local fs = require("os2.fs")
local hash = require("os2.hash")
local json = require("os2.json")
local policy_files = require("os2.run.policy_files")

---@class os2.run.packs
local M = {}

local LOCK <const> = "packs.lock"
local FORMAT <const> = 1
-- Directories above a script of a pack that others may not write to: up to that of all packs.
local LEVELS_ABOVE <const> = 3

---@class os2.run.packs.entry
---@field name string
---@field url string
---@field commit string
---@field hash string  of the content: 64 hexadecimal digits
---@field bytes integer

---@class os2.run.packs.file
---@field path string  below the pack's directory
---@field bytes integer

local function variable(name)
  local value = os.getenv(name)
  return value and value:sub(1, 1) == "/" and value or nil
end

--- Returns the directory of all packs; nil without a home.
---@return string?
function M.root()
  local home = variable("HOME")
  local base = variable("XDG_DATA_HOME") or home and home .. "/.local/share"
  return base and base .. "/os2/packs"
end

--- Returns the path of the lock file; nil without a home.
---@return string?
function M.lock_path()
  local folder = policy_files.config_folder()
  return folder and folder .. "/" .. LOCK
end

local function is_entry(entry)
  return type(entry) == "table" and type(entry.url) == "string" and type(entry.hash) == "string"
    and type(entry.commit) == "string" and entry.commit:find("^%x+$") ~= nil
    and math.type(entry.bytes) == "integer"
end

-- A lock file that cannot be read names no pack, and its fault is told by `os2 add`.
local function decode(text)
  local ok, lock = pcall(json.decode, text)
  local is_known = ok and type(lock) == "table" and lock.version == FORMAT
  return is_known and type(lock.packs) == "table" and lock.packs or nil
end

--- Returns the packs of the lock file, sorted by name; and why it has none, when it is no lock
--- file.
---@return os2.run.packs.entry[]
---@return string? why
function M.entries()
  local path, entries = M.lock_path(), {}
  local file <close> = path and io.open(path) or nil
  if not file then return entries end
  local packs = decode(file:read("a") or "")
  if not packs then return entries, ("%s is no lock file of version %d"):format(path, FORMAT) end
  for name, entry in pairs(packs) do
    if type(name) == "string" and M.is_name(name) and is_entry(entry) then
      entries[#entries + 1] = { name = name, url = entry.url, commit = entry.commit,
        hash = entry.hash, bytes = entry.bytes }
    end
  end
  table.sort(entries, function(one, other) return one.name < other.name end)
  return entries
end

--- Returns true for what may be the name of a pack.
---@param name string
---@return boolean
function M.is_name(name) return name:find("^%w[%w_%.%-]*$") ~= nil end

--- Returns the directory of a pack's content.
---@param entry {name: string, commit: string}
---@return string
function M.folder(entry)
  return ("%s/%s/%s"):format(M.root(), entry.name, entry.commit)
end

local function add_files(folder, below, files)
  local lfs = require("lfs")
  for _, name in ipairs(fs.list(folder .. below)) do
    local path = below .. "/" .. name
    local found = lfs.symlinkattributes(folder .. path)
    if found.mode == "directory" then
      add_files(folder, path, files)
    elseif found.mode == "file" then
      files[#files + 1] = { path = path:sub(2), bytes = found.size }
    else
      return nil, ("%s is a %s, and a pack has files only"):format(path:sub(2), found.mode)
    end
  end
  return files
end

--- Returns the files of a pack, sorted by path; nil and why, when it holds something else.
---@param folder string
---@return os2.run.packs.file[]?
---@return string? why
function M.files(folder)
  local files = {}
  local ok, failure, why = pcall(add_files, folder, "", files)
  if not ok then return nil, tostring(failure) end
  if not failure then return nil, why end
  table.sort(files, function(one, other) return one.path < other.path end)
  return files
end

--- Returns the bytes of all files together.
---@param files os2.run.packs.file[]
---@return integer
function M.bytes(files)
  local bytes = 0
  for _, file in ipairs(files) do bytes = bytes + file.bytes end
  return bytes
end

--- Returns the hash of a pack's content: of the paths of its files, and of what is in them.
---@param folder string
---@param files os2.run.packs.file[]
---@return string
function M.hash(folder, files)
  local parts = {}
  for index, file in ipairs(files) do
    local content = hash.sha256(fs.read(folder .. "/" .. file.path))
    parts[index] = ("%d:%s %s\n"):format(#file.path, file.path, content)
  end
  return hash.sha256(table.concat(parts))
end

-- Returns why the content of a pack is not the one that is trusted. The sizes are compared first,
-- so that nothing large is read.
local function change_of(entry)
  local folder = M.folder(entry)
  if require("lfs").attributes(folder, "mode") ~= "directory" then return "it is not installed" end
  local files, why = M.files(folder)
  if not files then return why end
  if M.bytes(files) == entry.bytes and M.hash(folder, files) == entry.hash then return nil end
  return "its content is not what was trusted"
end

local faults = {} -- of this run: name of a pack -> {why, hint} or false

local function fault_of(entry)
  local safe_path = require("os2.run.safe_path")
  local why, hint = safe_path.fault(M.lock_path())
  if why then return { why, hint } end
  why = change_of(entry)
  return why and { why, ("os2 add %s@%s shows it, and asks for trust"):format(entry.url,
    entry.commit) } or false
end

--- Returns why the scripts of a pack are not run, and what to do; nil when they are.
---@param entry os2.run.packs.entry
---@return string? why
---@return string? hint
function M.fault(entry)
  if faults[entry.name] == nil then faults[entry.name] = fault_of(entry) end
  local fault = faults[entry.name]
  if fault then return fault[1], fault[2] end
end

--- Returns the directory of a pack in which its scripts stand: scripts/, or the pack itself.
---@param folder string
---@return string
function M.script_folder(folder)
  local scripts = folder .. "/scripts"
  return require("lfs").attributes(scripts, "mode") == "directory" and scripts or folder
end

--- Returns the pack that a script belongs to; nil when it is of none.
---@param path string
---@return os2.run.packs.entry?
function M.owner(path)
  for _, entry in ipairs(M.entries()) do
    local folder = M.folder(entry) .. "/"
    if path:sub(1, #folder) == folder then return entry end
  end
end

--- Returns why a script of a pack is not run, and what to do.
---@param entry os2.run.packs.entry
---@param path string
---@return string? why
---@return string? hint
function M.script_fault(entry, path)
  local why, hint = M.fault(entry)
  if why then return ("of the pack %s, %s"):format(entry.name, why), hint end
  return require("os2.run.safe_path").fault(path, LEVELS_ABOVE)
end

return M
