--- Chooses where snapshots live. The local engine is used only when it is named, by --provider or
--- by OS2_PROVIDER, and Daytona only with a key; no other variable redirects a run.
local env = require("os2.env")
local err = require("os2.err")

---@class os2.flows.provider_choice
local M = {}

local NAMES <const> = { daytona = true, docker = true }

-- Returns the name that OS2_PROVIDER has, or nil.
local function named_by_variable()
  local name = env.get("OS2_PROVIDER")
  if not name or NAMES[name] then return name end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "provider",
    message = ("OS2_PROVIDER is '%s', which is no provider"):format(name),
    hint = "use daytona or docker",
  })
end

-- What stands in for a provider, by its name.
local substitutes = {}

--- From now on `choose` returns this provider in place of the one with its name; nil ends that.
---@param name string
---@param provider table?
function M.substitute(name, provider)
  substitutes[name] = provider
end

--- Returns the name of the provider of a run: the given one, by default that of OS2_PROVIDER, or
--- else "daytona". Raises `invalid` (exit 3) for a variable with another value.
---@param name? "daytona"|"docker"
---@return "daytona"|"docker"
function M.name(name)
  return name or named_by_variable() or "daytona"
end

--- Returns the provider with this name, by default that of OS2_PROVIDER, or else Daytona. Raises
--- `invalid` (exit 3) for Daytona without a key, and for a variable with another value.
---@param name? "daytona"|"docker"
---@return table
function M.choose(name)
  name = M.name(name)
  local provider = substitutes[name] or require("os2.providers." .. name)
  if provider.is_available() then return provider end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "provider", message = "DAYTONA_API_KEY is not set",
    hint = "set the key (doppler run --config dev -- os2 …) for Daytona, or pass --provider docker"
      .. " to use this machine's engine",
  })
end

--- Reports on stderr, once per run, that a run uses this machine only.
---@param provider table
---@param ui os2.report.progress.ui
function M.announce(provider, ui)
  if not provider.is_local or ui.is_announced then return end
  ui.is_announced = true
  ui:note("LOCAL ONLY, nothing was sent to Daytona")
end

return M
