--- The region of a run, and what the API knows of it.
local env = require("os2.env")
local err = require("os2.err")
local lists = require("os2.base.lists")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.region
local M = {}

--- Returns the region that was asked for; nil means the organization's default region.
---@param args {region: string?}
---@return string?
function M.of(args)
  return args.region or env.get("DAYTONA_TARGET")
end

--- Returns true for a snapshot of a region, and for one whose regions are not known. Without a
--- region, every snapshot counts.
---@param snapshot {regionIds: string[]?}
---@param wanted string?  the id of a region
---@return boolean
function M.has(snapshot, wanted)
  local ids = snapshot.regionIds
  if not wanted or type(ids) ~= "table" or #ids == 0 then return true end
  return lists.has(ids, wanted)
end

local function refuse(wanted, ids)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "region",
    message = ("Daytona knows no region %s; there %s"):format(terminal.clean(wanted),
      #ids == 0 and "is none" or "are " .. terminal.clean(table.concat(ids, ", "))),
    hint = require("os2.text.nearest").hint(wanted, ids,
      "name one of them with --region or DAYTONA_TARGET"),
  })
end

--- Returns the id of a region that is given by id or name. Raises `invalid` (exit 3) for a region
--- that Daytona does not have, naming those it has. When Daytona does not list its regions, the
--- given word is used unchanged.
---@param provider table
---@param wanted string
---@return string id
function M.check(provider, wanted)
  local regions = task.try(provider.regions)
  if not regions then return wanted end
  local ids = {}
  for index, region in ipairs(regions) do
    if region.id == wanted or region.name == wanted then return region.id end
    ids[index] = region.id
  end
  table.sort(ids)
  refuse(wanted, ids)
end

return M
