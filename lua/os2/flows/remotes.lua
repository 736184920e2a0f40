--- The remotes of a repository.

---@class os2.flows.remotes
local M = {}

--- Returns the URL of the remote "origin", or nil when there is none.
---@param remotes {name: string, url: string}[]  from `git.remotes`
---@return string?
function M.origin(remotes)
  for _, remote in ipairs(remotes) do
    if remote.name == "origin" then return remote.url end
  end
end

return M
