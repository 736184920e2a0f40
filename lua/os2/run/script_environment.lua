--- The globals of a script for which policy files may still have to be checked.
---
--- A fault in a policy file stops a run before it does anything. A command reports the fault in its
--- document, so it checks the files itself, after its arguments are parsed. A script shows that it
--- is a command by its first step: `require("os2.cli")`. Any other first step checks the files.
local policy_files = require("os2.run.policy_files")

---@class os2.run.script_environment
local M = {}

local COMMAND_FRAME <const> = "os2.cli"

--- Returns the globals (`_ENV`) of a script, and a function to call when the script has ended: it
--- checks the policy files if the script took no step.
---@return table globals
---@return fun() finish
function M.new()
  local globals, is_open = {}, false
  local function open()
    is_open = true
    setmetatable(globals, { __index = _G, __newindex = _G })
  end
  local function check()
    if is_open then return end
    open()
    policy_files.check()
  end
  local function first_require(name)
    if name == COMMAND_FRAME then open() else check() end
    return require(name)
  end
  setmetatable(globals, {
    __index = function(_, name)
      if name == "require" then return first_require end
      check()
      return _G[name]
    end,
    __newindex = function(_, name, value)
      check()
      _G[name] = value
    end,
  })
  return globals, check
end

return M
