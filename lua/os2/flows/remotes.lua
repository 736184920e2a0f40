--- The remotes of a repository.

---@class os2.flows.remotes
local M = {}

--- Returns the URL of the remote that is named origin, or nil where there is none.
---@param remotes {name: string, url: string}[]  of `git.remotes`
---@return string?
function M.origin(remotes)
  for _, remote in ipairs(remotes) do
    if remote.name == "origin" then return remote.url end
  end
end

return M
