--- The log of a machine's boot: one line per event, with its time.
local clock = require("os2.clock")
local progress = require("os2.report.progress")

---@class os2.flows.entry.log
local M = {}

--- Writes a line to stderr: time, topic, and what happened. A log that cannot be written (a full
--- disk) does not stop the boot.
---@param topic string  a step's name
---@param words string
function M.write(topic, words)
  local text = ("%s: %s"):format(topic, words)
  progress.say(("%s %s"):format(clock.iso(clock.now()), text), text)
end

return M
