--- Shows the progress of a run on stderr: one line per phase, redrawn on a terminal, plain lines
--- elsewhere.
local clock = require("os2.clock")
local env = require("os2.env")
local fs = require("os2.fs")
local arguments = require("os2.base.arguments")
local scheduler = require("os2.run.scheduler")
local terminal = require("os2.text.terminal")

---@class os2.report.progress
local M = {}

local LABEL_CELLS <const> = 11
local WIDEST_COLUMNS <const> = 110
local BAR_CELLS <const> = 23
local REDRAW_SECONDS <const> = 0.1
local TICK_SECONDS <const> = 0.5
-- A CI system considers a job as hung after a time without output. Without a terminal, a phase
-- prints a line at least this often.
local PLAIN_SECONDS <const> = 15

---@class os2.report.progress.phase
---@field ui os2.report.progress.ui
---@field label string
---@field started number  monotonic seconds
local Phase = {}
Phase.__index = Phase

---@class os2.report.progress.ui
---@field terminal boolean  the current line is redrawn
---@field colour boolean
---@field width integer  cells
local Ui = {}
Ui.__index = Ui

local STYLES <const> = { bold = "\27[1m", dim = "\27[2m", red = "\27[31m", yellow = "\27[33m" }

local function styled(ui, style, words)
  return ui.colour and STYLES[style] .. words .. "\27[0m" or words
end

local LEAST_COLUMNS <const> = 20

local function columns()
  local width = math.tointeger(tonumber(env.get("COLUMNS") or "")) or fs.terminal_columns(2) or 80
  return math.max(width, LEAST_COLUMNS)
end

local function is_terminal()
  return env.get("TERM") ~= "dumb" and fs.is_terminal(2)
end

local function write_stderr(bytes)
  io.stderr:write(bytes)
  io.stderr:flush()
end

local opened -- the display that was opened last

--- Opens the display of a run. Without options, stderr decides: its width or COLUMNS, TERM and
--- NO_COLOR. The options are for tests and callers that know better.
---@param options? {terminal: boolean?, colour: boolean?, width: integer?, ticks: boolean?,
---  write: function?, now: function?}
---@return os2.report.progress.ui
function M.open(options)
  local given = arguments.check("progress.open", options or {}, {
    terminal = "boolean?", colour = "boolean?", width = "integer?", ticks = "boolean?",
    write = "function?", now = "function?",
  })
  local on_terminal = given.terminal
  if on_terminal == nil then on_terminal = is_terminal() end
  local ticks = given.ticks ~= false
  local colour = given.colour
  if colour == nil then colour = on_terminal and (env.get("NO_COLOR") or "") == "" end
  opened = setmetatable({
    terminal = on_terminal, colour = colour, ticks = ticks,
    width = math.min(given.width or columns(), WIDEST_COLUMNS),
    write = given.write or write_stderr, now = given.now or clock.monotonic,
  }, Ui)
  return opened
end

local function erase(ui)
  if ui.is_drawn then
    ui.write("\r\27[K")
    ui.is_drawn = false
  end
end

--- Erases the redrawn line, before other code writes to the terminal.
function Ui:clear()
  erase(self)
end

local function print_line(ui, line)
  erase(ui)
  ui.write(line .. "\n")
end

--- Writes the first line of a run: what is made, and of what.
---@param name string
---@param about string
function Ui:title(name, about)
  print_line(self, styled(self, "bold", terminal.clean(name)) .. "   " .. terminal.clean(about))
end

--- Writes a line that is information only.
---@param words string
function Ui:note(words)
  print_line(self, "  " .. terminal.clean(words))
end

--- Writes a warning.
---@param words string
function Ui:warn(words)
  print_line(self, styled(self, "yellow", "os2: warning: ") .. terminal.clean(words))
end

--- Writes a warning on the display that is open, for code that has none at hand.
---@param words string
function M.warn(words)
  (opened or M.open{}):warn(words)
end

local function room_for_words(ui, elapsed)
  return math.max(ui.width - 2 - LABEL_CELLS - 2 - terminal.width(elapsed), 10)
end

local function phase_line(phase, words, seconds, style)
  local ui = phase.ui
  local elapsed = terminal.duration(seconds)
  local room = room_for_words(ui, elapsed)
  local padding = (" "):rep(room - terminal.width(words))
  local body = style and styled(ui, style, words) or words
  local label = styled(ui, "dim", terminal.pad(phase.label, LABEL_CELLS))
  return "  " .. label .. body .. padding .. "  " .. styled(ui, "dim", elapsed)
end

local function redraw(phase, is_forced)
  local ui = phase.ui
  local now = ui.now()
  if not is_forced and phase.drawn_at and now - phase.drawn_at < REDRAW_SECONDS then return end
  phase.drawn_at = now
  local seconds = now - phase.started
  -- a line that wraps could not be redrawn
  local words = terminal.fit(phase.words, room_for_words(ui, terminal.duration(seconds)))
  ui.write("\r\27[K" .. phase_line(phase, words, seconds))
  ui.is_drawn = true
end

local function write_step(phase, words)
  phase.said_at = phase.ui.now()
  phase.ui.write("  " .. terminal.pad(phase.label, LABEL_CELLS) .. words .. "\n")
end

-- Returns the seconds until a phase has been silent for too long.
local function seconds_left(phase)
  return PLAIN_SECONDS - (phase.ui.now() - phase.said_at)
end

local function show_time(phase)
  if phase.ui.terminal then return redraw(phase, true) end
  if seconds_left(phase) > 0 then return end
  local elapsed = terminal.duration(phase.ui.now() - phase.started)
  local words = phase.words ~= "" and phase.words .. ", " or ""
  write_step(phase, words .. elapsed .. " so far")
end

-- Shows the time of a silent step. It is a callback and not a task, so that it can neither outlive
-- nor delay the phase.
local function tick(ui)
  local pause = ui.terminal and TICK_SECONDS or seconds_left(ui.current)
  ui.timer = scheduler.timer(math.max(pause, REDRAW_SECONDS))
  scheduler.on_ready(ui.timer, function()
    show_time(ui.current)
    tick(ui)
  end)
end

--- Starts a phase; the previous phase must be done or closed. Close it with `<close>`, so that a
--- phase that an error has ended is marked.
---@param label string  one word
---@return os2.report.progress.phase
function Ui:phase(label)
  local now = self.now()
  local phase = setmetatable({ ui = self, label = label, started = now, said_at = now }, Phase)
  phase.words = ""
  self.current = phase
  if self.terminal then redraw(phase, true) end
  if self.ticks then tick(self) end
  return phase
end

--- Shows what the phase does now. Without a terminal nothing is printed, except for a line now and
--- then.
---@param words string
function Phase:show(words)
  self.words = terminal.clean(words)
  if self.ui.terminal then redraw(self) end
end

--- Shows which step the phase has reached. Without a terminal, every step is a line.
---@param words string
function Phase:step(words)
  self.words = terminal.clean(words)
  if self.ui.terminal then return redraw(self, true) end
  write_step(self, self.words)
end

--- Shows how many bytes of the phase are done.
---@param current integer
---@param total integer
function Phase:bytes(current, total)
  local ui = self.ui
  local now = ui.now()
  self.bytes_from = self.bytes_from or { at = now, bytes = current }
  local seconds = now - self.bytes_from.at
  local words = terminal.part(current, total)
  if seconds >= 1 then
    words = words .. "  " .. terminal.size((current - self.bytes_from.bytes) / seconds) .. "/s"
  end
  if ui.terminal then return self:show(terminal.bar(current, total, BAR_CELLS) .. "  " .. words) end
  if now - self.said_at >= PLAIN_SECONDS then self:step(words) end
end

local function finish(phase, words, style)
  local ui = phase.ui
  ui.current = nil
  if ui.timer then
    ui.timer:close()
    ui.timer = nil
  end
  print_line(ui, phase_line(phase, words, ui.now() - phase.started, style))
end

--- Ends the phase with its last line and its time.
---@param words string
function Phase:done(words)
  if self.ui.current == self then finish(self, terminal.clean(words)) end
end

--- Ends a phase that an error has left; its line stays and is marked.
function Phase:close()
  if self.ui.current ~= self then return end
  local at = self.words ~= "" and "stopped at: " .. self.words or "stopped"
  finish(self, at, "red")
end
Phase.__close = Phase.close

return M
