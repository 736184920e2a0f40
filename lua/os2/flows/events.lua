--- Prints the changes that Daytona tells of, as they come.
local blank = require("os2.text.blank")
local clock = require("os2.clock")
local daytona = require("os2.daytona")
local err = require("os2.err")
local names = require("os2.text.names")
local progress = require("os2.report.progress")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.events
local M = {}

-- What the gateway tells of snapshots and machines; of volumes and runners it tells more.
local TYPES <const> = {
  "snapshot.created", "snapshot.state.updated", "snapshot.removed", "sandbox.created",
  "sandbox.state.updated", "sandbox.desired-state.updated",
}

local function is_type(pattern)
  local thing = pattern:lower():match("^%l+")
  if thing == "volume" or thing == "runner" then return true end
  local matches = names.matcher{ pattern }
  for _, known in ipairs(TYPES) do
    if matches(known) then return true end
  end
  return false
end

-- The gateway may have types that os2 does not know, so a word that is none is no error.
local function warn_of_types(patterns)
  for _, pattern in ipairs(patterns) do
    if not is_type(pattern) then
      progress.warn(("--type %s is no type of event that os2 knows (%s); os2 waits for it all the "
        .. "same"):format(terminal.clean(pattern), table.concat(TYPES, ", ")))
    end
  end
end

local function text_of(value)
  return type(value) == "string" and value or nil
end

local function fields_of(event)
  local record = event.snapshot or event.sandbox or event.record
  return {
    at = clock.iso(event.at), type = event.type, name = text_of(record.name),
    id = text_of(record.id), old = event.old, new = event.new, snapshot = event.snapshot,
    sandbox = event.sandbox, record = event.record, reason = text_of(record.errorReason),
  }
end

local function words_of(fields)
  local states = fields.old and fields.new and fields.old .. " → " .. fields.new or fields.new or ""
  local words = ("%s  %s  %s  %s"):format(fields.at, fields.type, fields.name or fields.id or "?",
    states)
  if fields.reason then words = words .. "  " .. fields.reason end
  return terminal.clean(blank.trim_end(words))
end

local function lines_of(list)
  local lines = {}
  for index, fields in ipairs(list) do lines[index] = words_of(fields) end
  return table.concat(lines, "\n")
end

local function hooks(ui)
  local lost_at
  return function()
    if lost_at then
      ui:note(("told of changes again; those since %s are missing"):format(clock.iso(lost_at)))
    end
    lost_at = nil
  end, function(failure, seconds)
    lost_at = lost_at or clock.now()
    ui:note(("%s; trying again in %s"):format(failure.message, terminal.duration(seconds)))
  end
end

-- An option that was not given is an empty list.
local function given(list)
  return list and #list > 0 and list or nil
end

local function follow(args, stream)
  local count = 0
  for event in stream do
    args.listing:page({ fields_of(event) }, lines_of)
    count = count + 1
    if count == args.count then return end
  end
end

--- Prints events until `count` or `timeout` is reached.
---@param args {types: string[]?, snapshots: string[]?, machines: string[]?, count: integer?,
---  timeout: number?, has_env: boolean?, listing: os2.cli.listing}
---@return table fields
function M.run(args)
  local on_connect, on_lost = hooks(progress.open())
  warn_of_types(args.types or {})
  local stream <close> = daytona.events{
    types = given(args.types), snapshots = given(args.snapshots), machines = given(args.machines),
    has_env = args.has_env, on_connect = on_connect, on_lost = on_lost,
  }
  if not args.timeout then
    follow(args, stream)
    return {}
  end
  local _, failure = task.try(task.timeout, args.timeout, follow, args, stream)
  if failure and failure.op ~= "task.timeout" then err.raise(failure) end
  return {}
end

return M
