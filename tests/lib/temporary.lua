--- Directories that a test makes for itself.
local lfs = require("lfs")

---@class tests.lib.temporary
local M = {}

--- Makes an empty directory and returns its path.
---@return string
function M.directory()
  local reserved = os.tmpname()
  os.remove(reserved)
  local path = ("%s/%s"):format(os.getenv("TMPDIR") or "/tmp", reserved:match("[^/]+$"))
  assert(lfs.mkdir(path))
  return path
end

--- Removes a file or a directory with all that is in it.
---@param path string
function M.remove(path)
  if lfs.symlinkattributes(path, "mode") == "directory" then
    for name in lfs.dir(path) do
      if name ~= "." and name ~= ".." then M.remove(path .. "/" .. name) end
    end
  end
  os.remove(path)
end

--- Writes a file, with the directories above it.
---@param path string
---@param content string
function M.write(path, content)
  local at = path:match("^/") and "" or "."
  for part in path:gmatch("([^/]+)/") do
    at = at .. "/" .. part
    lfs.mkdir(at)
  end
  local file <close> = assert(io.open(path, "wb"))
  file:write(content)
end

return M
