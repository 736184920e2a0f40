--- The sub-command that lists snapshots.
local ages = require("os2.text.ages")
local columns = require("os2.text.columns")
local commits = require("os2.text.commits")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local json = require("os2.json")
local marks = require("os2.flows.snapshots.marks")
local open = require("os2.flows.snapshots.open")
local pages = require("os2.flows.snapshots.pages")
local shown = require("os2.flows.snapshots.shown")
local use = require("os2.flows.snapshots.use")

---@class os2.flows.snapshots.list
local M = {}

local TITLES <const> = {
  "NAME", "STATE", "AGE", "USED", "MARKS", "COMMIT", "SIZE", "CONTENT", "REGIONS",
}
-- Of what may grow after the first page: numbers of machines, and marks.
local LEAST <const> = { 0, 8, 3, 4, 9 }
local REASON_BYTES <const> = 80

local function mark_words(fields)
  local words = table.concat(fields.marks, " "):gsub("_", "-")
  if not fields.error then return words ~= "" and words or "-" end
  return ("%s: %s"):format(words, foreign.line(fields.error, REASON_BYTES))
end

local function commit_words(fields)
  if not fields.commit then return "-" end
  return commits.short(fields.commit) .. (fields.dirty and "+" or "")
end

local function row_of(fields)
  return {
    fields.name, fields.state, fields.age and ages.of(fields.age) or "-",
    fields.machines and ("%d"):format(fields.machines) or "-", mark_words(fields),
    commit_words(fields), fields.size and ("%.1f GB"):format(fields.size) or "-",
    fields.content or "-", #fields.regions > 0 and table.concat(fields.regions, ",") or "-",
  }
end

local function text_of(list)
  return function(records)
    local rows = {}
    for index, fields in ipairs(records) do rows[index] = row_of(fields) end
    return list:text(rows)
  end
end

local function fields_of(snapshot, noted, counts)
  local fields = shown.fields(snapshot)
  fields.marks = json.array(noted:of(snapshot))
  fields.machines = counts and (counts[snapshot.name] or 0)
  return fields
end

--- Returns an iterator over the pages of the snapshots of a prefix, or of all: lists of the fields
--- that a list shows, as their pages come.
---@param ctx os2.flows.snapshots.ctx
---@param prefix? string
---@param counts? table<string, integer>  how many machines name each
---@return fun(): table[]?
function M.pages(ctx, prefix, counts)
  local noted, next_page = marks.new(ctx.provider), pages.each(ctx, prefix)
  return function()
    local page = next_page()
    if not page then return nil end
    noted:read(page)
    local records = {}
    for index, snapshot in ipairs(page) do records[index] = fields_of(snapshot, noted, counts) end
    return records
  end
end

--- Lists the snapshots of the prefix, or of all, as their pages come.
---@param args {prefix: string?, is_all_prefixes: boolean?, is_without_machines: boolean?,
---  provider: string?, listing: os2.cli.listing}
---@return table fields
function M.run(args)
  local ctx = open.context(args)
  local prefix, environment = pages.prefix_of(args)
  local counts = not args.is_without_machines and use.by_snapshot(ctx.provider) or nil
  local width = fs.terminal_columns(1)
  local text = text_of(columns.new{ titles = width and TITLES, limit = width, least = LEAST })
  for records in M.pages(ctx, prefix, counts) do args.listing:page(records, text) end
  return { prefix = prefix, environment = environment, provider = ctx.provider.name }
end

return M
