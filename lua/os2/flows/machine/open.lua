--- The start of every machine command: provider, display, rate limits, and the machine that is
--- named.
local clock = require("os2.clock")
local display = require("os2.flows.display")
local err = require("os2.err")
local gathered = require("os2.flows.machine.gathered")
local known = require("os2.flows.known")
local pace = require("os2.client.pace")
local provider_choice = require("os2.flows.provider_choice")
local waiting = require("os2.flows.waiting")

---@class os2.flows.machine.open
local M = {}

---@class os2.flows.machine.ctx
---@field args table  the arguments of scripts/machine.lua
---@field ui os2.report.progress.ui
---@field provider table  os2.providers.daytona or os2.providers.docker
---@field machines table  its machines
---@field pace os2.Pace
---@field gathered os2.flows.machine.gathered

--- Returns the context of a command.
---@param args table
---@param shown? os2.report.progress.ui  the display of another command that needs a machine
---@return os2.flows.machine.ctx
function M.context(args, shown)
  local chosen = provider_choice.choose(args.provider)
  local ui = shown or display.of(args)
  waiting.tell_pauses(ui)
  local machines = require(("os2.providers.%s.machines"):format(chosen.name))
  local limits = pace.new(function(words) ui:note(words) end)
  machines.observe(function(headers) limits:note(headers) end)
  return {
    args = args, ui = ui, provider = chosen, machines = machines, pace = limits,
    started = clock.monotonic(), gathered = gathered.new(),
  }
end

--- Returns a machine command as a person would type it, for hints.
---@param ctx os2.flows.machine.ctx
---@param verb string
---@param rest? string
---@return string
function M.command(ctx, verb, rest)
  local where = ctx.provider.is_local and " --provider docker" or ""
  return ("os2 machine %s%s%s"):format(verb, where, rest and " " .. rest or "")
end

--- Returns the machine with this name or id. Raises `not_found`.
---@param ctx os2.flows.machine.ctx
---@param name string
---@return os2.machine
function M.machine(ctx, name)
  local machine = ctx.machines.find(name)
  if machine then return machine end
  err.raise(err.new{
    kind = "not_found", op = "machine", message = ("there is no machine %s"):format(name),
    hint = ("`%s` lists the machines"):format(M.command(ctx, "list")),
  })
end

--- Returns a to-be-closed value with which the document of a failure names the machine.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param fields? fun(): table  further fields that are known
---@return any
function M.known(ctx, machine, fields)
  return known.on_failure(function()
    local all = {
      name = machine.name, id = machine.id, provider = ctx.provider.name,
    }
    for key, value in pairs(fields and fields() or {}) do all[key] = value end
    return all
  end)
end

--- Returns how long the command has run so far, in seconds.
---@param ctx os2.flows.machine.ctx
---@return number
function M.seconds(ctx)
  return math.floor((clock.monotonic() - ctx.started) * 1000) / 1000
end

return M
