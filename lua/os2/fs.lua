--- Files: reading whole files, atomic writes, locks between processes.
local err = require("os2.err")
local native_fs = require("host.fs")
local native_err = require("host.err")
local arguments = require("os2.base.arguments")
local task = require("os2.task")
local clock = require("os2.clock")

---@class os2.fs
local M = {}

-- seconds between two attempts to get a lock
local FIRST_POLL_SECONDS <const>, LAST_POLL_SECONDS <const> = 0.002, 0.05

-- Required at first use, because loading it takes time, and reading and writing do not need it.
local function lfs()
  return require("lfs")
end

local ENOENT <const> = 2

local function fail_kind(op, kind, message)
  err.raise(err.new{ kind = kind, op = op, message = message })
end

local function fail(op, message, code)
  fail_kind(op, native_err.kind_of_errno(code), message)
end

-- A path relative to a removed directory can never exist; the error then names the directory.
local function check_current_directory(path)
  if path:sub(1, 1) == "/" or lfs().currentdir() then return end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "fs",
    message = ("the current directory is gone, and %s is relative to it"):format(path),
    hint = "change into a directory that is there",
  })
end

-- As `err.check`, for the result of a verb with a path.
local function check_done(path, value, failure)
  if value == nil and failure.kind == "not_found" then check_current_directory(path) end
  return err.check(value, failure)
end

local function check_text(name, what, value)
  if type(value) == "string" then return end
  arguments.misuse(("%s: the %s must be a string, not %s"):format(name, what, type(value)))
end

-- The system would take the part before a zero byte for the whole path.
local function check_path(name, path)
  check_text(name, "path", path)
  if path:find("\0", 1, true) then arguments.misuse(name .. ": the path holds a zero byte") end
end

local function check_mode(name, mode)
  if math.type(mode) == "integer" and mode >= 0 and mode <= tonumber("7777", 8) then return mode end
  local message = "%s: the mode must be an integer, 0 to 07777, not %s"
  arguments.misuse(message:format(name, tostring(mode)))
end

--- Returns the whole content of a file. Raises `not_found`, `denied`.
---@param path string
---@return string
function M.read(path)
  check_path("fs.read", path)
  local file, message, code = io.open(path, "rb")
  if not file then
    if code == ENOENT then check_current_directory(path) end
    fail("fs.read", message, code)
  end
  local content
  content, message, code = file:read("a")
  file:close()
  if not content then fail("fs.read", ("%s: %s"):format(path, message), code) end
  return content
end

--- Writes a file atomically: a reader sees the old content or the new content, never a part. Raises
--- `not_found` (no such directory), `denied`.
---@param path string
---@param data string
---@param options? {mode: integer?}  the file's permissions, by default 0644
function M.write_atomic(path, data, options)
  check_path("fs.write_atomic", path)
  check_text("fs.write_atomic", "data", data)
  options = arguments.check("fs.write_atomic", options, { mode = "integer?" })
  local mode = check_mode("fs.write_atomic", options.mode or tonumber("644", 8))
  check_done(path, native_fs.write_atomic(path, data, mode))
end

--- Takes the exclusive advisory lock of a file, which is created when it does not exist. Waits
--- while another process or task holds the lock. `close`, `<close>` and the end of the process
--- release it. Raises `timeout`.
---@param path string
---@param options {timeout: number}  seconds
---@return {close: fun(self)}
function M.lock(path, options)
  check_path("fs.lock", path)
  arguments.check("fs.lock", options, { timeout = "number" })
  local due, pause = clock.monotonic() + options.timeout, FIRST_POLL_SECONDS
  while true do
    local lock = err.check(native_fs.try_lock(path))
    if lock then return lock end
    if clock.monotonic() >= due then
      err.raise(err.new{
        kind = "timeout", op = "fs.lock",
        message = ("%s is still held by another process after %g s"):format(path, options.timeout),
      })
    end
    task.sleep(pause)
    pause = math.min(pause * 2, LAST_POLL_SECONDS)
  end
end

--- Returns the attributes of a file (LuaFileSystem's: mode, size, modification, permissions, …);
--- nil when there is no such file.
---@param path string
---@return table?
function M.stat(path)
  check_path("fs.stat", path)
  local found, message, code = lfs().attributes(path)
  if found then return found end
  if native_err.kind_of_errno(code) == "not_found" then
    check_current_directory(path)
    return nil
  end
  fail("fs.stat", message, code)
end

--- Returns true when there is a file or directory at the path.
---@param path string
---@return boolean
function M.exists(path)
  return M.stat(path) ~= nil
end

--- Removes a file. It is no error when the file does not exist. Raises `denied`.
---@param path string
function M.remove(path)
  check_path("fs.remove", path)
  local done, message, code = os.remove(path)
  if not done and code ~= ENOENT then fail("fs.remove", message, code) end
end

--- Returns the sorted names in a directory. Raises `not_found`, `denied`, and `invalid` when the
--- path is not a directory.
---@param path string
---@return string[]
function M.list(path)
  check_path("fs.list", path)
  local found = M.stat(path)
  if not found then fail("fs.list", path .. ": no such directory", ENOENT) end
  if found.mode ~= "directory" then fail_kind("fs.list", "invalid", path .. ": not a directory") end
  local can_open, step, directory = pcall(lfs().dir, path)
  if not can_open then fail_kind("fs.list", "denied", step) end
  local names = {}
  for name in step, directory do
    if name ~= "." and name ~= ".." then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Returns the absolute path without symbolic links and dots. Raises `not_found`.
---@param path string
---@return string
function M.realpath(path)
  check_path("fs.realpath", path)
  return check_done(path, native_fs.realpath(path))
end

--- Makes a directory and its missing parents. It is no error when the directory exists. Raises
--- `exists` when something else is at the path.
---@param path string
---@param mode? integer  permissions of the directories that are made, by default 0755
function M.mkdir_p(path, mode)
  check_path("fs.mkdir_p", path)
  mode = check_mode("fs.mkdir_p", mode or tonumber("755", 8))
  local found = M.stat(path)
  if found and found.mode ~= "directory" then
    fail_kind("fs.mkdir_p", "exists", path .. ": it is there and no directory")
  end
  if found then return end
  local parent = path:match("^(.+)/[^/]+/?$")
  if parent then M.mkdir_p(parent, mode) end
  local made, failure = native_fs.mkdir(path, mode)
  if not made and failure.kind ~= "exists" then err.raise(failure) end
end

local VALUE_OF <const> = { ["-"] = 0, r = 4, w = 2, x = 1 }

--- Returns the mode that the permissions of an attribute table mean: 0755 for "rwxr-xr-x".
---@param permissions string
---@return integer
function M.mode_of(permissions)
  local mode = 0
  for read, write, run in permissions:gmatch("(.)(.)(.)") do
    mode = mode * 8 + (VALUE_OF[read] or 0) + (VALUE_OF[write] or 0) + (VALUE_OF[run] or 0)
  end
  return mode
end

--- Changes the permissions of a file; for a symbolic link, those of its target. Raises `not_found`,
--- `denied`.
---@param path string
---@param mode integer
function M.chmod(path, mode)
  check_path("fs.chmod", path)
  err.check(native_fs.chmod(path, check_mode("fs.chmod", mode)))
end

--- Returns true when this user may create and remove files in a directory.
---@param path string
---@return boolean
function M.takes_entries(path)
  check_path("fs.takes_entries", path)
  return native_fs.takes_entries(path)
end

--- Returns true when a standard stream (0, 1, 2) is a terminal.
---@param fd integer
---@return boolean
function M.is_terminal(fd)
  return native_fs.is_terminal(fd)
end

--- Returns true when a standard stream (0) that is a pipe, a socket or a file has bytes to read.
--- Reads nothing. Returns false for an open pipe without data, and for terminals and devices.
---@param fd integer
---@return boolean
function M.has_input(fd)
  return native_fs.has_input(fd)
end

--- Returns the number of columns of the terminal at a standard stream; nil when it is not a
--- terminal.
---@param fd integer
---@return integer?
function M.terminal_columns(fd)
  return native_fs.terminal_columns(fd)
end

return M
