--- The log of a machine's boot: one line per event, with its time.
local clock = require("os2.clock")
local terminal = require("os2.text.terminal")

---@class os2.flows.entry.log
local M = {}

--- Writes a line to stderr: time, topic, and what happened. A log that cannot be written (a full
--- disk) does not stop the boot.
---@param topic string  a step's name
---@param words string
function M.write(topic, words)
  local line = ("%s %s: %s"):format(clock.iso(clock.now()), topic, words)
  io.stderr:write(terminal.clean(line), "\n")
end

return M
