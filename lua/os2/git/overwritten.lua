--- Finds the untracked files that a checkout of a commit would overwrite, from the names of both.
local lfs = require("lfs")
local sorted = require("os2.base.sorted")

---@class os2.git.overwritten
local M = {}

local SUBMODULE <const> = "160000" -- the mode of a submodule's entry

-- Returns the directories above the paths of a commit, each with a path below it.
local function directories_of(target)
  local above = {}
  for path in pairs(target) do
    for at in path:gmatch("()/") do
      local directory = path:sub(1, at - 1)
      if not above[directory] then above[directory] = {} end
      table.insert(above[directory], path)
    end
  end
  return above
end

-- Where a submodule comes, git leaves a directory as it is; libgit2 may not.
local function is_file(mode, options)
  return mode ~= nil and (mode ~= SUBMODULE or options.is_submodule_a_file)
end

-- Returns the name of a directory above this path that is a file in the commit.
local function directory_in_the_way(target, path, options)
  for at in path:gmatch("()/") do
    local directory = path:sub(1, at - 1)
    if is_file(target[directory], options) then return directory end
  end
end

-- Another repository is in the way of the commit's entry at its path, and of the commit's files
-- that exist in it.
local function of_repository(found, root, above, path)
  for _, wanted in ipairs(above[path] or {}) do
    if lfs.symlinkattributes(root .. "/" .. wanted) then found[wanted] = true end
  end
end

local function of_file(found, target, above, path)
  if target[path] or above[path] then found[path] = true end
end

--- Returns the sorted names that a checkout of the commit would overwrite or remove: files, and
--- directories where the commit has a file.
---@param root string  the root of the working tree
---@param untracked string[]  the name of another repository ends with a slash
---@param target table<string, string>  the files of the commit: path -> mode
---@param options? {is_submodule_a_file: boolean?}  a submodule overwrites a directory, too
---@return string[]
function M.of(root, untracked, target, options)
  options = options or {}
  local above, found = directories_of(target), {}
  for _, entry in ipairs(untracked) do
    local path = entry:gsub("/$", "")
    local is_repository = path ~= entry
    local directory = directory_in_the_way(target, entry, options)
    if directory then
      found[directory] = true
    elseif is_repository then
      of_repository(found, root, above, path)
    else
      of_file(found, target, above, path)
    end
  end
  return sorted.keys(found)
end

return M
