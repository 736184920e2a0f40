--- Directories that a test makes for itself.
local lfs = require("lfs")

---@class tests.lib.temporary
local M = {}

--- Returns a word that no other process has now: lower-case letters and digits.
---@return string
function M.unique()
  local reserved = os.tmpname()
  os.remove(reserved)
  -- Lower case makes two words alike that differ only in that, so the time goes along.
  return ("%s%x"):format(reserved:match("%w+$"):lower(), os.time())
end

--- Makes an empty directory and returns its path.
---@return string
function M.directory()
  local path = ("%s/os2-%s"):format(os.getenv("TMPDIR") or "/tmp", M.unique())
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
