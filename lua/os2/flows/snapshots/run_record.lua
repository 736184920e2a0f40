--- The record of the run that has made a snapshot, when it was a run of this user on this machine.
local clock = require("os2.clock")
local reader = require("os2.history.reader")
local runs = require("os2.history.runs")

---@class os2.flows.snapshots.run_record
local M = {}

-- A run registers a snapshot near its end, and its own clock may be wrong.
local BEFORE_SECONDS <const>, AFTER_SECONDS <const> = 24 * 3600, 3600

local function has_made(id, snapshot)
  local summary = reader.summary(id)
  if not (summary and (summary.command or ""):find("^snapshot")) then return false end
  for event in reader.events(id) do
    if event.event == "result" and event.of.name == snapshot.name then
      return event.of.id == snapshot.id
    end
  end
  return false
end

--- Returns the id of the run, for `os2 history show`; nil when this machine has none.
---@param snapshot {id: string, name: string, createdAt: string?}
---@return string?
function M.find(snapshot)
  local created = clock.parse_iso(tostring(snapshot.createdAt))
  if not created then return nil end
  for _, id in ipairs(reader.ids(created - BEFORE_SECONDS)) do
    if runs.time(id) <= created + AFTER_SECONDS and has_made(id, snapshot) then return id end
  end
end

return M
