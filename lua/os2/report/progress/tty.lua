--- The display on a terminal: one line per phase, redrawn while the phase runs.
local osc = require("os2.report.progress.osc")
local steps = require("os2.report.progress.steps")
local terminal = require("os2.text.terminal")
local text = require("os2.report.progress.text")

---@class os2.report.progress.tty: os2.report.progress.text
local M = setmetatable({}, { __index = text })

local BAR_CELLS <const> = 23
local REDRAW_SECONDS <const> = 0.1
local TICK_SECONDS <const> = 0.5

local function redraw(phase)
  local ui, now = phase.ui, phase.ui.now()
  phase.drawn_at = now
  local elapsed = terminal.duration(now - phase.started)
  -- a line that wraps could not be redrawn
  local words = terminal.fit(phase.words, text.room(ui, elapsed))
  ui:draw(text.line(ui, phase.label, words, elapsed))
end

function M.begin(phase)
  osc.tell(phase.ui)
  redraw(phase)
end

M.step, M.tick = redraw, redraw

-- Redraws at most every REDRAW_SECONDS, because an eye follows no faster.
function M.show(phase)
  if phase.ui.now() - phase.drawn_at >= REDRAW_SECONDS then redraw(phase) end
end

function M.bytes(phase, bytes)
  if bytes.total > 0 then osc.tell(phase.ui, bytes.current / bytes.total) end
  if not bytes.of then
    phase.words = terminal.bar(bytes.current, bytes.total, BAR_CELLS) .. "  " .. bytes.words
  end
  M.show(phase)
end

function M.build_step(phase, step)
  if step.state == "started" and not steps.is_internal(step) then redraw(phase) end
end

function M.finish(phase, ...)
  osc.finish(phase.ui)
  text.finish(phase, ...)
end

function M.pause() return TICK_SECONDS end

return M
