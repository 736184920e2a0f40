--- The environment of the programs that os2 runs for its own work: tar, ssh, git, a credential
--- helper. They get the variables they need, and no key of os2's. Programs that the user has run
--- get the whole environment.
local native_proc = require("host.proc")
local names = require("os2.text.names")
local policy = require("os2.policy")

---@class os2.run.helper
local M = {}

--- Returns the changes to the environment that leave such a program the variables of policy
--- `helper.environment`; for `env` of proc.run and proc.spawn.
---@param helper string  "tar", "ssh", "git", "credentials"
---@param further? table<string, string|false>  further changes, which take precedence
---@return table<string, string|false>
function M.changes(helper, further)
  local is_passed = names.matcher(policy.ask("helper.environment", { helper = helper }))
  local changes = {}
  for _, entry in ipairs(native_proc.environment()) do
    local name = entry:match("^[^=]*")
    if not is_passed(name) then changes[name] = false end
  end
  for name, value in pairs(further or {}) do changes[name] = value end
  return changes
end

--- Returns the whole environment of such a program, for a route's command.
---@param helper string
---@return string[]  "NAME=value"
function M.environment(helper)
  local is_passed = names.matcher(policy.ask("helper.environment", { helper = helper }))
  local list = {}
  for _, entry in ipairs(native_proc.environment()) do
    if is_passed(entry:match("^[^=]*")) then list[#list + 1] = entry end
  end
  return list
end

return M
