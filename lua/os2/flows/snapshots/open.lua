--- The start of every command on snapshots that exist: provider, display, and the snapshot that is
--- named.
local clock = require("os2.clock")
local display = require("os2.flows.display")
local err = require("os2.err")
local provider_choice = require("os2.flows.provider_choice")
local waiting = require("os2.flows.waiting")

---@class os2.flows.snapshots.open
local M = {}

---@class os2.flows.snapshots.ctx
---@field args table  the arguments of the sub-command
---@field ui os2.report.progress.ui
---@field provider table  os2.providers.daytona or os2.providers.docker
---@field snapshots table  its snapshots: os2.providers.daytona.snapshots or that of docker
---@field started number  monotonic seconds

--- Returns the context of a command.
---@param args table
---@return os2.flows.snapshots.ctx
function M.context(args)
  local chosen = provider_choice.choose(args.provider)
  local ui = display.of(args)
  waiting.tell_pauses(ui)
  return {
    args = args, ui = ui, provider = chosen, started = clock.monotonic(),
    snapshots = require(("os2.providers.%s.snapshots"):format(chosen.name)),
  }
end

--- Returns a snapshot command as a person would type it, for hints.
---@param ctx {provider: table}
---@param verb string
---@param rest? string
---@return string
function M.command(ctx, verb, rest)
  local where = ctx.provider.is_local and " --provider docker" or ""
  return ("os2 snapshot %s%s%s"):format(verb, where, rest and " " .. rest or "")
end

--- Returns the snapshot with this name or id. Raises `not_found`.
---@param ctx os2.flows.snapshots.ctx
---@param name string
---@return table
function M.snapshot(ctx, name)
  local snapshot = ctx.snapshots.get(name)
  if snapshot then return snapshot end
  err.raise(err.new{
    kind = "not_found", op = "snapshot", message = ("there is no snapshot %s"):format(name),
    hint = ("`%s` lists the snapshots"):format(M.command(ctx, "list", "--all-prefixes")),
  })
end

--- Returns how long the command has run so far, in seconds.
---@param ctx os2.flows.snapshots.ctx
---@return number
function M.seconds(ctx)
  return math.floor((clock.monotonic() - ctx.started) * 1000) / 1000
end

return M
