--- What --env loads from Doppler, and when the environment counts as the one that was asked for.
local err = require("os2.err")
local lists = require("os2.base.lists")
local policy = require("os2.policy")

---@class os2.policies.doppler
local M = {}

local function refuse(message, hint)
  return nil, err.new{
    kind = "invalid", exit = "config", op = "doppler", message = message, hint = hint,
  }
end

--- Returns the name of Doppler's config: DOPPLER_CONFIG, else the root config of the environment.
---@param facts {doppler: string, env: table<string, string>}
---@return string
function M.config(facts)
  return facts.env.DOPPLER_CONFIG or facts.doppler
end

-- Doppler names a branch config after its root: dev_jonas belongs to dev.
local function root_of(config)
  return config:match("^[^_]*")
end

--- Decides whether the environment is the one that --env names. Whatever tells Doppler's
--- environment must tell that one. For those of `doppler.strict`, DOPPLER_ENVIRONMENT must be set.
---@param facts {asked: string, doppler: string, env: table<string, string>}
---@return boolean? ok, table? err
function M.check(facts)
  local environment, config = facts.env.DOPPLER_ENVIRONMENT, facts.env.DOPPLER_CONFIG
  if environment and environment ~= facts.doppler then
    return refuse(("--env is %q, and DOPPLER_ENVIRONMENT is %q"):format(facts.asked, environment),
      "use the Doppler config of that environment, or another --env")
  end
  if config and root_of(config) ~= facts.doppler then
    return refuse(("--env is %q, and DOPPLER_CONFIG is %q"):format(facts.asked, config),
      "use a Doppler config of that environment, or another --env")
  end
  if not environment and lists.has(policy.ask("doppler.strict", facts), facts.asked) then
    return refuse(("--env is %q, and nothing says that the secrets are of that environment: "
      .. "DOPPLER_ENVIRONMENT is not set"):format(facts.asked),
      "let os2 load them with DOPPLER_TOKEN, or run under `doppler run`")
  end
  return true
end

local FACTS <const> = {
  asked = "string: the environment of --env",
  doppler = "string: Doppler's name for it, from environment.table",
}

policy.define("doppler.config", {
  facts = FACTS,
  doc = "The Doppler config that --env loads: DOPPLER_CONFIG, else the environment's own. A "
    .. "service token needs none, because it belongs to one config.",
  default = M.config, returns = { type = "string", doc = "the name of a config" },
})

policy.define("doppler.check", {
  facts = FACTS,
  doc = "Whether the environment is that of --env, once its secrets are loaded.",
  default = M.check,
  returns = { type = "boolean", optional = true, doc = "true, or nil and an error" },
})

policy.define("doppler.strict", {
  facts = FACTS,
  doc = "The environments for which DOPPLER_ENVIRONMENT must be set and match.",
  type = "list", element = "string", default = { "prd" },
})

policy.define("doppler.variables", {
  doc = "The secrets of a Doppler config that become variables of the environment; \"*\" stands "
    .. "for any text.",
  type = "list", element = "string", default = { "*" },
})

policy.define("doppler.ignored", {
  doc = "Those of doppler.variables that do not; the first three as for `doppler run`, the others "
    .. "would change which programs and libraries os2 runs.",
  type = "list", element = "string",
  default = { "PATH", "PS1", "HOME", "LD_*", "OS2_POLICY", "DOPPLER_TOKEN" },
})

policy.define("doppler.preserved", {
  doc = "The variables whose value in the environment wins over Doppler's, as with `doppler run "
    .. "--preserve-env`; \"*\" stands for any text.",
  type = "list", element = "string", default = {},
})

policy.define("doppler.shown", {
  doc = "The variables of a Doppler config that are settings and may be shown; all others are "
    .. "masked.",
  type = "list", element = "string",
  default = {
    "DOPPLER_PROJECT", "DOPPLER_ENVIRONMENT", "DOPPLER_CONFIG", "DAYTONA_API_URL",
    "DAYTONA_ORGANIZATION_ID", "DAYTONA_SNAPSHOT_PIN", "DAYTONA_SNAPSHOT_PREFIX", "DAYTONA_TARGET",
  },
})

return M
