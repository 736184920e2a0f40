--- Settles what every policy may know about a run, first of all its prefix and environment.
local err = require("os2.err")
local policy = require("os2.policy")

---@class os2.flows.facts
local M = {}

local function ask(name, facts)
  local answer, failure = policy.ask(name, facts)
  if answer == nil and failure then err.raise(failure) end
  return answer
end

--- Makes prefix and environment known to every later policy question and returns them, with what
--- the user should look at. A prefix given on the command line goes before the environment's.
--- Raises (exit 3) without a valid prefix, and where prefix, key and Doppler environment do not
--- belong together.
---@param prefix? string
---@param key_name? string  name of the API key, where it is known
---@return {prefix: string, environment: string?, warning: string?}
function M.settle(prefix, key_name)
  local settled = ask("environment.prefix", { prefix = prefix })
  local guard = ask("environment.guard", { prefix = settled, key_name = key_name })
  policy.set_facts{ prefix = settled, environment = guard.environment }
  return { prefix = settled, environment = guard.environment, warning = guard.warning }
end

return M
