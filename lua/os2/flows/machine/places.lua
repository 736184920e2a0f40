--- Decides where a copy goes, as `docker cp` does. Pure: the existing files are given as facts.
local err = require("os2.err")
local refusal = require("os2.base.refusal")

---@class os2.flows.machine.places
local M = {}

--- Raises `invalid` (exit 2).
---@param message string
---@param hint? string
M.refuse = refusal.of("machine.cp", "usage")

--- Raises `not_found`.
---@param message string
---@param hint? string
function M.refuse_missing(message, hint)
  err.raise(err.new{ kind = "not_found", op = "machine.cp", message = message, hint = hint })
end

--- Splits "NAME:PATH" into machine and path. Returns nil and the path for a local path, which may
--- contain a colon after a slash.
---@param word string
---@return string? machine
---@return string path
function M.split(word)
  local machine, path = word:match("^([^/:]+):(.*)$")
  if not machine then return nil, word end
  if path == "" then
    M.refuse(word .. ": the path is missing", "write NAME:PATH, as in mach_7:/tmp/")
  end
  return machine, path
end

--- Returns true when a path means the contents of a directory, not the directory itself: "src/.".
---@param path string
---@return boolean
function M.is_contents(path)
  return path == "." or path:sub(-2) == "/."
end

--- Returns a path without the endings that follow its name: "a/b" for "a/b/", "a/b//" and "a/b/.".
---@param path string
---@return string
function M.bare(path)
  local bare = path:gsub("(.)/+$", "%1")
  if bare:sub(-2) ~= "/." then return bare end
  return M.bare(bare:sub(1, -2))
end

--- Returns the last name of a path.
---@param path string
---@return string
function M.base_name(path)
  return M.bare(path):match("[^/]*$")
end

--- Returns the directory that contains the last name of a path.
---@param path string
---@return string
function M.directory_of(path)
  local directory = M.bare(path):match("^(.*)/[^/]*$")
  return directory == "" and "/" or directory or "."
end

--- Returns true when a path can only mean a directory: "a/" and "a/.".
---@param path string
---@return boolean
function M.wants_directory(path)
  return path:sub(-1) == "/" or M.is_contents(path)
end

local function refuse_directory(path)
  M.refuse_missing(("there is no directory %s"):format(path), "make it first")
end

---@class os2.flows.machine.source
---@field word string  the path as it was given
---@field kind "file"|"directory"|"link"
---@field name string  its name inside a directory that it is copied into
---@field is_contents boolean?  the contents are copied, not the directory itself

---@class os2.flows.machine.target
---@field directory string  an existing directory
---@field name string?  nil: the source's contents go directly into the directory
---@field path string

--- Raises `exists` when a file would replace a directory or the reverse, because what is there
--- would be lost.
---@param source os2.flows.machine.source
---@param target string
---@param in_the_way "file"|"directory"|"link"|nil
function M.check_in_the_way(source, target, in_the_way)
  if not in_the_way then return end
  if (source.kind == "directory") == (in_the_way == "directory") then return end
  err.raise(err.new{
    kind = "exists", op = "machine.cp",
    message = ("%s is a %s and %s is a %s: neither can replace the other"):format(
      source.word, source.kind, target, in_the_way),
    hint = "give another target, or remove what is there first",
  })
end

-- As `docker cp`, makes "new/" for a directory, but not "new/.".
local function can_be_made(source, path)
  return source.kind == "directory" and not M.is_contents(path)
end

local function join(directory, name) return directory:gsub("/$", "") .. "/" .. name end

--- Returns where a source goes. Raises `not_found` for a directory that does not exist, and
--- `exists`.
---@param source os2.flows.machine.source
---@param path string  the target as it was given, or the target of the link that it names
---@param there "file"|"directory"|nil
---@return os2.flows.machine.target
function M.target(source, path, there)
  local bare = M.bare(path)
  if there == "directory" then
    if source.is_contents then return { directory = bare, path = bare } end
    return { directory = bare, name = source.name, path = join(bare, source.name) }
  end
  if there and M.wants_directory(path) then refuse_directory(path) end
  M.check_in_the_way(source, path, there)
  if M.wants_directory(path) and not can_be_made(source, path) then refuse_directory(path) end
  local directory, name = M.directory_of(bare), M.base_name(bare)
  return { directory = directory, name = name, path = join(directory, name) }
end

return M
