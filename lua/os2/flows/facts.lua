--- Determines the facts that every policy gets, above all the prefix and the environment.
local env = require("os2.env")
local err = require("os2.err")
local options = require("os2.run.options")
local policy = require("os2.policy")

---@class os2.flows.facts
local M = {}

--- Returns the prefix that the command line or the environment names, unchecked; nil without one.
---@param prefix? string  --prefix
---@return string?
function M.named_prefix(prefix)
  return prefix or env.get("OS2_PREFIX") or env.get("DAYTONA_SNAPSHOT_PREFIX")
end

--- Asks for a decision; raises the error that a policy answers with.
---@param name string
---@param facts table
---@return any
function M.ask(name, facts)
  local answer, failure = policy.ask(name, facts)
  if answer == nil and failure then err.raise(failure) end
  return answer
end

--- Sets prefix and environment as facts for every later policy, and returns them with a warning for
--- the user, if there is one. A prefix of the command line takes precedence over the environment's.
--- Raises `invalid` (exit 3) without a valid prefix, and when prefix, key and Doppler environment
--- do not belong together.
---@param prefix? string
---@param key_name? string  name of the API key, when it is known
---@return {prefix: string, environment: string?, warning: string?}
function M.settle(prefix, key_name)
  local settled = M.ask("environment.prefix", { prefix = prefix })
  local guard = M.ask("environment.guard", {
    prefix = settled, key_name = key_name, asked = options.environment,
  })
  policy.set_facts{ prefix = settled, environment = guard.environment }
  return { prefix = settled, environment = guard.environment, warning = guard.warning }
end

return M
