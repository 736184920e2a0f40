--- The scripts of the user (~/.config/os2/scripts), of the machine (/etc/os2/scripts) and of packs
--- (`os2 add`); each is a command, `os2 NAME`, where os2 has none of that name.
local err = require("os2.err")
local options = require("os2.run.options")
local own_scripts = require("os2.run.own_scripts")
local policy_files = require("os2.run.policy_files")

---@class os2.run.user_scripts
local M = {}

local SYSTEM_FOLDER <const> = "/etc/os2/scripts"
local NAME <const> = "^%w[%w_%-]*$"

-- Directories above a folder of scripts that others may not write to either: os2's own, and the
-- one of all settings.
local LEVELS_ABOVE <const> = 2

--- Returns true for what may be the name of a script; what ends in _test is a script's test.
---@param name string
---@return boolean
function M.is_name(name)
  return name:find(NAME) ~= nil and not name:find("_test$")
end

--- Returns the folder of the user's scripts; nil without a home.
---@return string?
function M.user_folder()
  local base = policy_files.config_folder()
  return base and base .. "/scripts"
end

--- Returns the folders that hold scripts, in the order in which they are searched; none under
--- --isolated.
---@return string[]
function M.folders()
  if options.isolated then return {} end
  local user = M.user_folder()
  return user and { user, SYSTEM_FOLDER } or { SYSTEM_FOLDER }
end

local function is_there(path)
  local file <close> = io.open(path)
  return file ~= nil
end

-- Loaded only where there is a lock file, because most runs have no packs.
local function packs()
  local folder = not options.isolated and policy_files.config_folder()
  if folder and is_there(folder .. "/packs.lock") then return require("os2.run.packs") end
end

-- The folders of packs, each with its scripts.
local function pack_folders()
  local module, folders = packs(), {}
  for index, entry in ipairs(module and module.entries() or {}) do
    folders[index] = module.script_folder(module.folder(entry))
  end
  return folders
end

-- All folders, in the order in which they are searched.
local function searched()
  local folders, others = M.folders(), pack_folders()
  return table.move(others, 1, #others, #folders + 1, folders)
end

-- Returns the path of the first script with that name, safe or not.
local function path_of(name)
  if not M.is_name(name) then return nil end
  for _, folder in ipairs(searched()) do
    local path = ("%s/%s.lua"):format(folder, name)
    if is_there(path) then return path end
  end
end

--- Returns why os2 does not run a script, and what to do; nil when it does.
---@param path string
---@return string? why
---@return string? hint
function M.fault(path)
  local module = packs()
  local pack = module and module.owner(path)
  if pack then return module.script_fault(pack, path) end
  return require("os2.run.safe_path").fault(path, LEVELS_ABOVE)
end

--- Returns where the scripts come from, in words.
---@return string
function M.places()
  local list = M.folders()
  if pack_folders()[1] then list[#list + 1] = "packs (os2 add --list)" end
  return table.concat(list, ", ")
end

--- Returns the path of the script with that name; nil when there is none. Raises `denied` when
--- others may write to it.
---@param name string
---@return string?
function M.find(name)
  local path = path_of(name)
  local why, hint = nil, nil
  if path then why, hint = M.fault(path) end
  if not why then return path end
  err.raise(err.new{
    kind = "denied", exit = "config", op = "os2", hint = hint,
    message = ("the script %s is not run: %s"):format(path, why),
  })
end

--- Returns the path of a script that is not reached because os2 has a command of that name.
---@param name string
---@return string?
function M.hidden(name)
  return path_of(name)
end

--- Returns the names of the scripts in a folder.
---@param folder string
---@return string[]
function M.names_in(folder)
  local lfs, names = require("lfs"), {}
  if lfs.attributes(folder, "mode") ~= "directory" then return names end
  local can_open, step, directory = pcall(lfs.dir, folder)
  if not can_open then return names end
  for file in step, directory do
    local name = file:match("^(.+)%.lua$")
    if name and M.is_name(name) then names[#names + 1] = name end
  end
  return names
end

-- Returns name -> path of all, and {name, path, path that wins} of others: the first folder wins.
local function all()
  local paths, others = {}, {}
  for _, folder in ipairs(searched()) do
    for _, name in ipairs(M.names_in(folder)) do
      local path = ("%s/%s.lua"):format(folder, name)
      if paths[name] then others[#others + 1] = { name, path, paths[name] } end
      paths[name] = paths[name] or path
    end
  end
  return paths, others
end

--- Returns the names of the scripts that `os2 NAME` runs, sorted.
---@return string[]
function M.names()
  local names = {}
  for name, path in pairs(all()) do
    if not own_scripts.has(name) and not M.fault(path) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Returns what a script that is hidden by a command of os2's own is told with.
---@param name string
---@param path string
---@return string
function M.hidden_words(name, path)
  return ("%s is hidden by os2's own command %s; rename it"):format(path, name)
end

--- Returns the warnings about scripts that are hidden or refused, sorted.
---@return string[]
function M.warnings()
  local paths, others = all()
  local list = {}
  for index, other in ipairs(others) do
    list[index] = ("the script %s is not reached: %s is %s"):format(other[2], other[1], other[3])
  end
  for name, path in pairs(paths) do
    local why, hint = M.fault(path)
    if own_scripts.has(name) then
      list[#list + 1] = M.hidden_words(name, path)
    elseif why then
      list[#list + 1] = ("the script %s is not run: %s; %s"):format(path, why, hint)
    end
  end
  table.sort(list)
  return list
end

return M
