--- Puts what was made beside its place into its place: a file at once, a directory file by file
--- where there is one already.
local err = require("os2.err")
local fs = require("os2.fs")
local lfs = require("lfs")

---@class os2.tar.place
local M = {}

local function mode_of(path)
  return lfs.symlinkattributes(path, "mode")
end

local function fail(kind, message, hint)
  err.raise(err.new{ kind = kind, op = "copy", message = message, hint = hint })
end

local function remove(path)
  if mode_of(path) ~= "directory" then return os.remove(path) end
  for _, name in ipairs(fs.list(path)) do remove(path .. "/" .. name) end
  lfs.rmdir(path)
end

--- Makes a directory of its own in this one, which is removed with all that is in it when the
--- second value is closed.
---@param directory string
---@return string path
---@return any closing
function M.beside(directory)
  local path = ("%s/.os2-%08x%08x"):format(directory, math.random(0, 0xffffffff),
    math.random(0, 0xffffffff))
  fs.mkdir_p(path, tonumber("700", 8))
  return path, setmetatable({}, { __close = function() remove(path) end })
end

-- Nothing is moved before all of it fits.
local function check(from, to)
  local source, there = mode_of(from), mode_of(to)
  if not there then return end
  if (source == "directory") ~= (there == "directory") then
    fail("exists", ("%s is a %s and what is to be there is a %s: neither takes the other's place")
      :format(to, there, source), "remove it first, or give another target")
  end
  if source ~= "directory" then return end
  for _, name in ipairs(fs.list(from)) do check(from .. "/" .. name, to .. "/" .. name) end
end

local function move(from, to)
  if mode_of(from) == "directory" and mode_of(to) == "directory" then
    for _, name in ipairs(fs.list(from)) do move(from .. "/" .. name, to .. "/" .. name) end
    return
  end
  local done, why = os.rename(from, to)
  if not done then fail("invalid", why) end
end

--- Moves a file or directory to its place; what is there is replaced by its like only. Raises
--- `exists` before anything is moved.
---@param from string
---@param to string  on the same file system
function M.move(from, to)
  if not mode_of(from) then fail("protocol", ("the archive does not hold %s"):format(to)) end
  check(from, to)
  move(from, to)
end

return M
