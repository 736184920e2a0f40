--- Lists the files of a working tree with `git ls-files`.
local err = require("os2.err")
local lfs = require("lfs")
local program = require("os2.git.program")
local task = require("os2.task")

---@class os2.git.program.files
local M = {}

local SUBMODULE <const> = "160000" -- the mode of a submodule's entry

local function options_of(path, is_here)
  return { verb = "git.files", what = "cannot list " .. path, is_here = is_here }
end

--- Returns the tracked files below a directory, with their modes; paths are relative to the
--- directory.
---@param path string
---@param is_here boolean?
---@return {path: string, mode: string}[]
local function tracked(path, is_here)
  local stdout = program.run(path, { "ls-files", "-z", "-s" }, options_of(path, is_here))
  local list, last = {}, nil
  for mode, name in stdout:gmatch("(%d+) %x+ %d\t(%Z+)%z") do
    -- a file in conflict has one entry per side; the entries follow each other
    if name ~= last then list[#list + 1] = { path = name, mode = mode } end
    last = name
  end
  return list
end

--- Returns the untracked files below a directory that git does not ignore; paths are relative to
--- the directory. Another repository is one entry, which ends with a slash.
---@param path string
---@param options os2.git.program.options
---@return string[]
function M.untracked(path, options)
  local stdout = program.run(path, { "ls-files", "-z", "-o", "--exclude-standard" }, options)
  local list = {}
  for name in stdout:gmatch("(%Z+)%z") do list[#list + 1] = name end
  return list
end

-- Outside of a working tree, as in git's own directory, git would list the whole directory.
local function require_tree(path)
  local options = options_of(path)
  local stdout = program.run(path, { "rev-parse", "--is-inside-work-tree" }, options)
  if stdout == "true\n" then return end
  err.raise(err.new{
    kind = "invalid", op = options.verb,
    message = path .. " is not in the working tree of a repository",
  })
end

local add_all -- recursive, for repositories inside repositories

-- Adds the files of a repository inside this one. When it is not a repository (a submodule that was
-- not checked out, or a removed repository), adds the directory itself.
local function add_repository(list, path, prefix, name)
  local inner = path .. "/" .. name
  local is_repository = lfs.attributes(inner .. "/.git") ~= nil
  local _, failure
  if is_repository then
    _, failure = task.try(add_all, list, inner, prefix .. name .. "/", true)
    if failure and failure.kind ~= "not_found" then error(failure, 0) end
  end
  if not is_repository or failure then list[#list + 1] = prefix .. name end
end

function add_all(list, path, prefix, is_here)
  local entries = tracked(path, is_here)
  local new = M.untracked(path, options_of(path, is_here))
  for _, entry in ipairs(entries) do
    if entry.mode == SUBMODULE then
      add_repository(list, path, prefix, entry.path)
    else
      list[#list + 1] = prefix .. entry.path
    end
  end
  for _, name in ipairs(new) do
    if name:sub(-1) == "/" then
      add_repository(list, path, prefix, name:sub(1, -2))
    else
      list[#list + 1] = prefix .. name
    end
  end
end

--- Returns the files that are tracked, or untracked and not ignored; see `git.files`.
---@param path string
---@return string[]
function M.of(path)
  local list = {}
  require_tree(path)
  add_all(list, path, "", false)
  return list
end

return M
