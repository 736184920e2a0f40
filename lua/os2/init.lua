--- The modules for scripts, each loaded at its first use: os2.daytona, os2.docker, os2.clock, …
local MODULES <const> = {
  clock = true, daytona = true, docker = true, env = true, err = true, fs = true, git = true,
  hash = true, http = true, json = true, machines = true, policy = true, proc = true,
  snapshots = true, task = true,
}

---@class os2
local M = {}

--- The version of os2.
M.version = require("host.err").version

--- Calls `fn(...)`. Returns its first value, nil, and its further values; or nil and the error
--- object that it raised. A bug (`internal`) is raised on.
---@param fn function
---@return any
function M.try(fn, ...)
  return M.task.try(fn, ...)
end

local function names_of(module)
  local names = {}
  for name in pairs(module) do names[#names + 1] = name end
  return names
end

-- For an unknown verb, Lua alone would only report that it is nil; this error names the nearest
-- verb.
local function tell_nearest(module_name, module)
  return setmetatable(module, {
    __index = function(_, name)
      local wanted = tostring(name)
      require("os2.base.arguments").misuse(("%s has no verb '%s'; %s"):format(module_name, wanted,
        require("os2.text.nearest").hint(wanted, names_of(module),
          ("`os2 help %s` lists them"):format(module_name))))
    end,
  })
end

return setmetatable(M, {
  __index = function(self, name)
    if not MODULES[name] then return nil end
    local module = tell_nearest(name, require("os2." .. name))
    rawset(self, name, module)
    return module
  end,
})
