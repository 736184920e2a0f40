--- The sub-command that tells about one snapshot.
local foreign = require("os2.text.foreign")
local json = require("os2.json")
local marks = require("os2.flows.snapshots.marks")
local open = require("os2.flows.snapshots.open")
local pages = require("os2.flows.snapshots.pages")
local policy = require("os2.policy")
local run_record = require("os2.flows.snapshots.run_record")
local shown = require("os2.flows.snapshots.shown")
local task = require("os2.task")
local use = require("os2.flows.snapshots.use")

---@class os2.flows.snapshots.look
local M = {}

-- Whether it is the latest one only the list of its prefix tells.
local function marks_of(ctx, snapshot)
  local noted = marks.new(ctx.provider)
  local prefix = policy.ask("naming.prefix", { name = snapshot.name })
  for page in pages.each(ctx, prefix or snapshot.name) do
    noted:read(page)
    if not prefix or noted:knows(prefix) then break end
  end
  return json.array(noted:of(snapshot))
end

--- Returns the record of one snapshot. Raises `not_found`.
---@param args {snapshot: string, provider: string?}
---@return table fields
---@return string lines
function M.get(args)
  local ctx = open.context(args)
  local snapshot = open.snapshot(ctx, args.snapshot)
  local fields = shown.details(snapshot)
  fields.machines, fields.marks = use.of_one(ctx.provider, snapshot), marks_of(ctx, snapshot)
  fields.run = task.try(run_record.find, snapshot)
  return { snapshot = fields, provider = ctx.provider.name }, shown.text(fields)
end

-- Returns the log, up to `machine.output_limit` bytes of its end, and whether more was there.
local function read_log(ctx, snapshot)
  local parts = {}
  for piece in ctx.snapshots.logs(snapshot) do parts[#parts + 1] = piece end
  return foreign.tail(table.concat(parts), policy.ask("machine.output_limit"))
end

--- Returns the log of a snapshot that Daytona has built. Raises `not_found` for one that was built
--- elsewhere.
---@param args {snapshot: string, provider: string?}
---@return table fields
---@return string log
function M.logs(args)
  local ctx = open.context(args)
  local snapshot = open.snapshot(ctx, args.snapshot)
  local log, is_cut = read_log(ctx, snapshot)
  return {
    name = snapshot.name, id = snapshot.id, provider = ctx.provider.name, log = log, cut = is_cut,
  }, (log:gsub("\n$", ""))
end

return M
