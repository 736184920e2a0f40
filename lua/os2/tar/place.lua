--- Moves what was made in a temporary directory to its place: a file in one step, a directory file
--- by file when the target directory exists.
local err = require("os2.err")
local fs = require("os2.fs")
local lfs = require("lfs")
local random = require("os2.base.random")
local task = require("os2.task")

---@class os2.tar.place
local M = {}

local OPEN <const> = tonumber("700", 8) -- the mode of a directory that os2 writes to and reads

local function mode_of(path)
  return lfs.symlinkattributes(path, "mode")
end

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "copy", message = message, hint = hint })
end

-- A directory from an archive may have a mode that denies access, although it is the user's own.
local function remove(path)
  if mode_of(path) ~= "directory" then return os.remove(path) end
  task.try(fs.chmod, path, OPEN)
  for _, name in ipairs(task.try(fs.list, path) or {}) do remove(path .. "/" .. name) end
  lfs.rmdir(path)
end

--- Makes a temporary directory inside `directory`. Closing the second value removes it with its
--- contents.
---@param directory string
---@return string path
---@return any closing
function M.beside(directory)
  local path = ("%s/.os2-%s"):format(directory, random.word())
  fs.mkdir_p(path, OPEN)
  return path, setmetatable({}, { __close = function() remove(path) end })
end

local IS_TAKEN <const> = { file = true, directory = true, link = true }

-- Directories are made writable, because moving them, or files out of them, requires it. Returns
-- the modes to restore, by path, outer directories before inner ones.
local function open_all(path, closed)
  local found = lfs.symlinkattributes(path)
  if not IS_TAKEN[found.mode] then fail("protocol", ("%s is a %s"):format(path, found.mode)) end
  if found.mode ~= "directory" then return closed end
  local mode = fs.mode_of(found.permissions)
  if mode & OPEN ~= OPEN then
    fs.chmod(path, mode | OPEN)
    closed[#closed + 1] = { path = path, mode = mode }
  end
  for _, name in ipairs(fs.list(path)) do open_all(path .. "/" .. name, closed) end
  return closed
end

-- Checks everything before anything is moved.
local function check(from, to)
  local source, there = mode_of(from), mode_of(to)
  if not there then return end
  if (source == "directory") ~= (there == "directory") then
    fail("exists", ("%s is a %s and would be replaced by a %s: neither can replace the other")
      :format(to, there, source), "remove it first, or give another target")
  end
  if source ~= "directory" then return end
  if not fs.takes_entries(to) then fail("denied", to .. ": nothing can be written there") end
  for _, name in ipairs(fs.list(from)) do check(from .. "/" .. name, to .. "/" .. name) end
end

-- Calls `on_moved` for each directory and file that is moved as a whole.
local function move(from, to, on_moved)
  if mode_of(from) == "directory" and mode_of(to) == "directory" then
    for _, name in ipairs(fs.list(from)) do
      move(from .. "/" .. name, to .. "/" .. name, on_moved)
    end
    return
  end
  local done, why = os.rename(from, to)
  if not done then fail("invalid", why) end
  on_moved(from, to)
end

local function is_below(path, directory)
  return path == directory or path:sub(1, #directory + 1) == directory .. "/"
end

-- Restores modes of inner directories first, while the outer ones are still accessible.
local function close_all(closed, from, to)
  for index = #closed, 1, -1 do
    local one = closed[index]
    if is_below(one.path, from) then fs.chmod(to .. one.path:sub(#from + 1), one.mode) end
  end
end

--- Moves a file or directory to its place. A file replaces only a file; a directory is merged into
--- a directory, which keeps its mode. Raises before anything is moved: `exists` when the kinds
--- differ, `denied` when nothing can be written.
---@param from string
---@param to string  on the same file system
function M.move(from, to)
  if not mode_of(from) then fail("protocol", ("the archive does not hold %s"):format(to)) end
  local closed = open_all(from, {})
  check(from, to)
  move(from, to, function(one, there) close_all(closed, one, there) end)
end

return M
