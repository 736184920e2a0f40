--- The subcommands that read machines: list, get, url.
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local select_machines = require("os2.flows.machine.select")
local shown = require("os2.flows.machine.shown")

---@class os2.flows.machine.look
local M = {}

--- Lists the machines that are selected, as their pages come: all of them, or it raises.
---@param args os2.flows.machine.selection
---@return table fields
function M.list(args)
  local ctx = open.context(args)
  local text = shown.lines()
  for page in select_machines.pages(ctx, args) do args.listing:page(page, text) end
  return { provider = ctx.provider.name }
end

--- Returns the record of one machine.
---@param args {machine: string}
---@return table fields
---@return string lines
function M.get(args)
  local ctx = open.context(args)
  local machine = open.machine(ctx, args.machine)
  return { machine = shown.fields(machine), provider = ctx.provider.name }, shown.machine(machine)
end

local function note_limits(ctx, machine, preview)
  if ctx.provider.is_local then
    if ctx.args.signed then
      ctx.ui:note("--signed has no effect here: a local machine is reached from this one only")
    end
  elseif preview.token and not machine.public then
    ctx.ui:note("the machine is private: send the header X-Daytona-Preview-Token (`token` with "
      .. "--json), or make an address that needs none with --signed SECONDS")
  end
end

--- Returns the address of a machine's port.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param args {port: integer?, signed: integer?}
---@return {url: string, token: string?, headers: table<string, string>} preview
---@return integer port
function M.address(ctx, machine, args)
  local port = args.port or policy.ask("machine.port")
  return ctx.machines.preview(machine, port, args.signed), port
end

--- Returns the URL of a machine's port, and for a private port its token.
---@param args {machine: string, port: integer?, signed: integer?}
---@return table fields
---@return string url
function M.url(args)
  local ctx = open.context(args)
  local machine = open.machine(ctx, args.machine)
  local port = args.port or policy.ask("machine.port")
  local _ <close> = open.known(ctx, machine, function() return { port = port } end)
  local preview = M.address(ctx, machine, args)
  note_limits(ctx, machine, preview)
  return {
    name = machine.name, id = machine.id, port = port, url = preview.url,
    token = not machine.public and preview.token or nil,
    signed_for = not ctx.provider.is_local and args.signed or nil, provider = ctx.provider.name,
  }, preview.url
end

return M
