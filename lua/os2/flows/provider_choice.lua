--- Chooses where snapshots live. Nothing in the environment redirects a run: the local engine is
--- used only when it is named, Daytona only with a key.
local err = require("os2.err")

---@class os2.flows.provider_choice
local M = {}

--- Returns the provider with this name (by default "daytona"). Raises `invalid` (exit 3) for
--- Daytona without a key.
---@param name? "daytona"|"docker"
---@return table
function M.choose(name)
  local provider = require("os2.providers." .. (name or "daytona"))
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
