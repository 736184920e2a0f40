--- The sub-command that tells about one snapshot.
local json = require("os2.json")
local marks = require("os2.flows.snapshots.marks")
local open = require("os2.flows.snapshots.open")
local pages = require("os2.flows.snapshots.pages")
local policy = require("os2.policy")
local shown = require("os2.flows.snapshots.shown")
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
  return { snapshot = fields, provider = ctx.provider.name }, shown.text(fields)
end

return M
