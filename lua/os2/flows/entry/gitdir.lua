--- Finds git's directory of a checkout without git, also of a damaged one.
local fs = require("os2.fs")
local task = require("os2.task")

---@class os2.flows.entry.gitdir
local M = {}

-- Returns the path in one of git's files, which is relative to `base`.
local function named_in(file, pattern, base)
  local named = (task.try(fs.read, file) or ""):match(pattern)
  if not named then return nil end
  return named:sub(1, 1) == "/" and named or base .. "/" .. named
end

--- Returns the directory with a checkout's HEAD and index: .git, or the directory named by the file
--- .git (a worktree, a submodule). Returns nil when there is none.
---@param path string
---@return string?
function M.of(path)
  local own = path .. "/.git"
  local found = fs.stat(own)
  if not found then return nil end
  if found.mode == "directory" then return own end
  local named = named_in(own, "^gitdir: ([^\n]+)", path)
  return named and fs.exists(named) and named or nil
end

--- Returns the directory with a checkout's branches and objects, which worktrees share.
---@param path string
---@return string?
function M.common(path)
  local own = M.of(path)
  return own and (named_in(own .. "/commondir", "^([^\n]+)", own) or own)
end

return M
