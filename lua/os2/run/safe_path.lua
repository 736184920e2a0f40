--- Whether only this user (or root) may change a file that os2 runs, and the directories in which
--- it stands.
local native_fs = require("host.fs")

---@class os2.run.safe_path
local M = {}

local function parent_of(path) return path:match("^(.*)/[^/]+$") end

-- Returns why one file or directory is not safe; nil when it is, or is not there.
local function fault_of(path)
  local lfs = require("lfs") -- late: most runs run no script of the user's
  local found = lfs.attributes(path)
  if not found then return nil end
  if found.uid ~= 0 and found.uid ~= lfs.attributes("/proc/self", "uid") then
    return ("%s belongs to another user (uid %d)"):format(path, found.uid),
      "give it to this user or to root"
  end
  if found.permissions:sub(5, 5) == "w" or found.permissions:sub(8, 8) == "w" then
    return path .. " may be written by others", "chmod go-w " .. path
  end
end

--- Returns why a file is not to be run, and what to do; nil when only this user or root may change
--- it, its directory, and `levels` directories above that. A link counts with its target.
---@param path string
---@param levels? integer  by default 0
---@return string? why
---@return string? hint
function M.fault(path, levels)
  local real = native_fs.realpath(path) or path
  local places, above = { real, parent_of(real) }, parent_of(path)
  for _ = 0, levels or 0 do
    places[#places + 1] = above ~= "" and above or nil
    above = above and parent_of(above)
  end
  for _, place in ipairs(places) do
    local why, hint = fault_of(place)
    if why then return why, hint end
  end
end

return M
