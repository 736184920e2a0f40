--- What scripts have at hand, each part loaded at its first use: os2.daytona, os2.docker,
--- os2.clock, …
local MODULES <const> = {
  clock = true, daytona = true, docker = true, env = true, err = true, fs = true, git = true,
  hash = true, http = true, json = true, policy = true, proc = true, task = true,
}

---@class os2
local M = {}

--- The version of os2.
M.version = require("host.err").version

--- Calls `fn(...)` and returns its first value, nil, and its further values; or nil and the error
--- object that it raised. What is a bug is raised on.
---@param fn function
---@return any
function M.try(fn, ...)
  return M.task.try(fn, ...)
end

return setmetatable(M, {
  __index = function(self, name)
    if not MODULES[name] then return nil end
    local module = require("os2." .. name)
    rawset(self, name, module)
    return module
  end,
})
