--- The display without a terminal: it writes a line when a phase or a step ends, and when the phase
--- has been silent for 15 seconds, to show that the run goes on.
local steps = require("os2.report.progress.steps")
local terminal = require("os2.text.terminal")
local text = require("os2.report.progress.text")

---@class os2.report.progress.lines: os2.report.progress.text
local M = setmetatable({}, { __index = text })

-- When a job says nothing for much longer than this, a CI system considers it dead.
local SILENT_SECONDS <const> = 15

function M.step(phase)
  phase:say(text.plain_line(phase.label, phase.words))
end

function M.bytes(phase, bytes)
  if M.pause(phase) <= 0 then
    phase.words = bytes.words
    M.step(phase)
  end
end

-- What stands at the end of the line of a step.
local function end_of(step)
  if step.state == "cached" then return "cached" end
  if step.state == "done" then return terminal.duration(step.seconds) end
  return steps.is_cancelled(step) and "stopped" or "failed"
end

function M.build_step(phase, step)
  if step.state == "started" or steps.is_internal(step) then return end
  phase:say(text.line(phase.ui, phase.label, steps.words(step), end_of(step)))
end

--- Returns the seconds until the phase has been silent for too long.
---@param phase os2.report.progress.phase
---@return number
function M.pause(phase)
  return SILENT_SECONDS - (phase.ui.now() - phase.said_at)
end

function M.tick(phase)
  if M.pause(phase) > 0 then return end
  local elapsed = terminal.duration(phase.ui.now() - phase.started)
  local words = phase.words ~= "" and phase.words .. ", " or ""
  phase:say(text.plain_line(phase.label, words .. elapsed .. " so far"))
end

return M
