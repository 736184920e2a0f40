--- Looks at machines: list, get, url.
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local shown = require("os2.flows.machine.shown")

---@class os2.flows.machine.look
local M = {}

--- Lists the machines with these labels, all of them or an error.
---@param args {labels: table<string, string>}
---@return table fields
---@return string? lines
function M.list(args)
  local ctx = open.context(args)
  local machines, fields = {}, {}
  for machine in ctx.machines.list(args.labels) do
    machines[#machines + 1] = machine
    fields[#fields + 1] = shown.fields(machine)
  end
  local text = #machines > 0 and shown.list(machines) or nil
  return { machines = require("os2.json").array(fields), provider = ctx.provider.name }, text
end

--- Tells about one machine.
---@param args {machine: string}
---@return table fields
---@return string lines
function M.get(args)
  local ctx = open.context(args)
  local machine = open.machine(ctx, args.machine)
  return { machine = shown.fields(machine), provider = ctx.provider.name }, shown.machine(machine)
end

--- Tells where a machine's port is reached.
---@param args {machine: string, port: integer?, signed: number?}
---@return table fields
---@return string url
function M.url(args)
  local ctx = open.context(args)
  local machine = open.machine(ctx, args.machine)
  local port = args.port or policy.ask("machine.port")
  local preview = ctx.machines.preview(machine, port, args.signed)
  return {
    name = machine.name, id = machine.id, port = port, url = preview.url,
    signed_for = not ctx.provider.is_local and args.signed or nil, provider = ctx.provider.name,
  }, preview.url
end

return M
