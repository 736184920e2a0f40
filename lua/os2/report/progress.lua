--- Shows the progress of a run on stderr. The mode (`--progress`, OS2_PROGRESS) decides how: as one
--- redrawn line per phase (tty), as lines (lines), as lines with the whole output of a build
--- (plain), as JSON events (json), or as warnings only (quiet).
local arguments = require("os2.base.arguments")
local clock = require("os2.clock")
local env = require("os2.env")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local locale = require("os2.text.locale")
local mode = require("os2.report.progress.mode")
local options = require("os2.run.options")
local recorder = require("os2.history.recorder")
local scheduler = require("os2.run.scheduler")
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")

---@class os2.report.progress
local M = {}

local ERASE <const> = "\r\27[K"
local WIDEST_COLUMNS <const> = 110
local LEAST_COLUMNS <const> = 20
local LEAST_PAUSE_SECONDS <const> = 0.1

---@class os2.report.progress.phase
---@field ui os2.report.progress.ui
---@field label string
---@field words string  what the phase does now
---@field started number  monotonic seconds
---@field said_at number  monotonic seconds: when a line of it was last written
---@field private steps os2.report.progress.steps?  of a build
local Phase = {}
Phase.__index = Phase

---@class os2.report.progress.ui
---@field terminal boolean  one line is redrawn
---@field colour boolean
---@field width integer  cells
---@field started number  monotonic seconds
---@field private renderer table  one of the modules in this folder
local Ui = {}
Ui.__index = Ui

-- A renderer is loaded when it is needed, because most runs use one.
local RENDERERS <const> = {
  tty = function() return require("os2.report.progress.tty") end,
  lines = function() return require("os2.report.progress.lines") end,
  plain = function() return require("os2.report.progress.plain") end,
  json = function() return require("os2.report.progress.json") end,
  quiet = function() return require("os2.report.progress.quiet") end,
}

-- A run that shows nothing loads no renderer: a resolve from the cache must be fast.
local function renderer_of(name)
  return setmetatable({}, { __index = function(renderer, key)
    renderer[key] = RENDERERS[name]()[key]
    return rawget(renderer, key)
  end })
end

--- Sets the mode for the rest of the run. Raises `invalid` (exit "usage") when `--progress` does
--- not accept the word.
---@param word string
function M.set_mode(word)
  mode.check_option(word)
  options.progress = word
end

local function columns()
  local width = math.tointeger(tonumber(env.get("COLUMNS") or "")) or fs.terminal_columns(2) or 80
  return math.max(width, LEAST_COLUMNS)
end

local function write_stderr(bytes)
  bytes = locale.shown(bytes)
  io.stderr:write(options.filter and options.filter(bytes) or bytes)
  io.stderr:flush()
end

local function is_coloured(name)
  if (env.get("NO_COLOR") or "") ~= "" then return false end
  return name == "tty" or mode.is_terminal()
end

local opened -- the display that was opened last
local observers = {}

--- Tells an observer of everything that is shown from now on, whatever the mode. Its methods, each
--- optional, are title(name, about), phase_start(phase), phase_end(phase, words, is_done),
--- step(phase, step), layers(list) and warning(words). They must not wait.
---@param observer table
function M.observe(observer)
  observers[#observers + 1] = observer
end

--- Ends what `observe` began, for all observers.
function M.forget_observers()
  observers = {}
end

local function tell(what, ...)
  for _, observer in ipairs(observers) do
    if observer[what] then observer[what](observer, ...) end
  end
end

--- Opens the display of a run. By default the command line and OS2_PROGRESS choose the mode, and
--- stderr, COLUMNS, TERM and NO_COLOR decide the rest; each field overrides one of these values.
--- Raises `invalid` when the chosen mode does not exist.
---@param fields? {mode: os2.report.progress.mode.name?, colour: boolean?, width: integer?,
---  ticks: boolean?, write: function?, now: function?}
---@return os2.report.progress.ui
function M.open(fields)
  local given = arguments.check("progress.open", fields or {}, {
    mode = "string?", colour = "boolean?", width = "integer?", ticks = "boolean?",
    write = "function?", now = "function?",
  })
  local name = given.mode or mode.choose()
  local colour, now = given.colour, given.now or clock.monotonic
  if colour == nil then colour = is_coloured(name) end
  opened = setmetatable({
    mode = name, terminal = name == "tty", renderer = renderer_of(name), colour = colour,
    ticks = given.ticks ~= false, width = math.min(given.width or columns(), WIDEST_COLUMNS),
    write = given.write or write_stderr, now = now, started = now(),
  }, Ui)
  return opened
end

--- Erases the redrawn line, before other code writes to the terminal.
function Ui:clear()
  if not self.is_drawn then return end
  self.write(ERASE)
  self.is_drawn = false
end

--- Writes a line. The displays call this.
---@param line string
function Ui:print(line)
  self:clear()
  if self.terminal then line = require("os2.report.progress.osc").linked(self, line) end
  self.write(line .. "\n")
end

--- Draws the line that is redrawn. The displays call this.
---@param line string
function Ui:draw(line)
  self.write(ERASE .. line)
  self.is_drawn = true
end

--- Writes the first line of a run: what is made, and of what.
---@param name string
---@param about string
function Ui:title(name, about)
  recorder.event("title", { name = name, about = about })
  self.renderer.title(self, terminal.clean(name), terminal.clean(about))
  tell("title", name, about)
end

--- Writes a line that is information only.
---@param words string
function Ui:note(words)
  recorder.event("note", { text = words })
  self.renderer.note(self, terminal.clean(words))
end

--- Writes what a run that failed leaves behind.
---@param words string
function Ui:left(words)
  recorder.event("left", { text = words })
  self.renderer.left(self, "left: " .. terminal.clean(words))
end

--- Writes a warning.
---@param words string
function Ui:warn(words)
  recorder.event("warning", { text = words })
  self.renderer.warn(self, terminal.clean(words))
  tell("warning", words)
end

--- Shows the sizes of an image's layers.
---@param layers os2.report.progress.layer[]  the lowest first
function Ui:layers(layers)
  local list = {}
  for index, layer in ipairs(layers) do
    local made_by = layer.created_by and terminal.clean(layer.created_by)
    list[index] = { bytes = layer.bytes, created_by = made_by }
  end
  if #list > 0 then self.renderer.layers(self, list) end
  tell("layers", list)
end

--- Writes the totals of a build as an event (json). The other displays have them in the last line
--- of the phase.
---@param image {steps: integer, cached: integer, sent: integer, bytes: integer?}
function Ui:image(image)
  if self.renderer.image then self.renderer.image(self, image) end
end

--- Writes the totals of a push as an event (json).
---@param counts {sent: integer, pushed: integer, exists: integer}
---@param digest string
function Ui:pushed(counts, digest)
  if self.renderer.pushed then self.renderer.pushed(self, counts, digest) end
end

-- The display that is open, or a new one.
local function current()
  return opened or M.open{}
end

--- Writes a warning on the open display, for code that was not handed one.
---@param words string
function M.warn(words)
  current():warn(words)
end

--- Writes a line of a log in every mode: unchanged, or as a note event in the mode json.
---@param line string
---@param text? string  the text of the note, by default the line
function M.say(line, text)
  if text then recorder.event("note", { text = text }) end
  if mode.is_json() then return current():note(text or line) end
  if opened then opened:clear() end
  write_stderr(terminal.clean(line) .. "\n")
end

--- Writes the failure of a run as an event. Returns false and writes nothing when the mode is not
--- json; the caller then prints the failure for people.
---@param failure os2.Err
---@param exit integer
---@param traceback string?
---@return boolean
function M.fail(failure, exit, traceback)
  if not mode.is_json() then return false end
  local ui = current()
  ui.renderer.failure(ui, failure, exit, traceback)
  return true
end

--- Returns the control sequence that erases the redrawn line, or "" when there is no such line.
---@return string
function M.erasure()
  if not (opened and opened.terminal) then return "" end
  return ERASE .. require("os2.report.progress.osc").ending(opened)
end

--- Returns what a second signal says of something that is left: a line of the display.
---@param words string
---@return string
function M.last_line(words)
  words = "left: " .. terminal.clean(words)
  if not mode.is_json() then return ("os2: %s\n"):format(words) end
  local ui = current()
  return ui.renderer.line("left", ui.now() - ui.started, { text = words }) .. "\n"
end

-- Shows the time of a silent step. It is a callback and not a task, so that it can neither outlive
-- nor delay the phase.
local function tick(ui)
  local phase = ui.current
  local pause = ui.renderer.pause(phase)
  if not pause then return end
  ui.timer = scheduler.timer(math.max(pause, LEAST_PAUSE_SECONDS))
  scheduler.on_ready(ui.timer, function()
    ui.renderer.tick(ui.current)
    tick(ui)
  end)
end

--- Starts a phase; the previous phase must be done or closed. Close it with `<close>`, so that a
--- phase that an error has ended is marked.
---@param label string  one word
---@return os2.report.progress.phase
function Ui:phase(label)
  local now = self.now()
  local phase = setmetatable({
    ui = self, label = label, words = "", started = now, said_at = now, drawn_at = now,
    bytes_told = {},
  }, Phase)
  self.current = phase
  recorder.event("phase", { phase = label })
  self.renderer.begin(phase)
  tell("phase_start", phase)
  if self.ticks then tick(self) end
  return phase
end

--- Writes a line of the phase. The displays call this.
---@param line string
function Phase:say(line)
  self.said_at = self.ui.now()
  self.ui:print(line)
end

--- Shows what the phase does now. Without a terminal the words are only printed when the phase has
--- been silent for long.
---@param words string
function Phase:show(words)
  self.words = terminal.clean(words)
  self.ui.renderer.show(self)
end

--- Shows which step the phase has reached. Without a terminal, every step is a line.
---@param words string
function Phase:step(words)
  self.words = terminal.clean(words)
  recorder.event("step", { phase = self.label, text = self.words })
  self.ui.renderer.step(self)
end

-- The words of a transfer without a name include its rate.
local function bytes_words(phase, current_bytes, total)
  local now = phase.ui.now()
  phase.bytes_from = phase.bytes_from or { at = now, bytes = current_bytes }
  local words, seconds = terminal.part(current_bytes, total), now - phase.bytes_from.at
  if seconds < 1 then return words end
  local rate = (current_bytes - phase.bytes_from.bytes) / seconds
  return ("%s  %s/s"):format(words, terminal.size(rate))
end

--- Shows how many bytes are done.
---@param current_bytes integer
---@param total integer
---@param of? string  what is transferred, when it is one of several
function Phase:bytes(current_bytes, total, of)
  local words
  if of then
    of = terminal.clean(of)
    words = ("%s  %s"):format(of, terminal.part(current_bytes, total))
    self.words = words
  else
    words = bytes_words(self, current_bytes, total)
  end
  self.ui.renderer.bytes(self, { current = current_bytes, total = total, of = of, words = words })
end

-- Most phases have no steps of a build.
local function steps_of(phase)
  phase.steps = phase.steps or require("os2.report.progress.steps").new()
  return phase.steps
end

--- Shows a step of a build.
---@param event table  {type = "step", …} of `docker.build`
function Phase:build_step(event)
  local step = steps_of(self):take(event, self.ui.now())
  -- a build that fails is stopped at the step that failed
  if step.state ~= "error" then self.words = self.steps:running_words() end
  self.ui.renderer.build_step(self, step)
  tell("step", self, step)
end

--- Shows a line that a step of a build wrote.
---@param event table  {type = "log", …} of `docker.build`
function Phase:log(event)
  local now = self.ui.now()
  local step = steps_of(self):of(event.step, now)
  local line = foreign.visible(secrets.masked(event.text)):gsub("\n", " ")
  self.ui.renderer.log(self, step, line, event.seconds or now - step.began)
end

--- Shows that the registry has a layer.
---@param layer {layer: string, state: "pushed"|"exists", created_by: string?}
function Phase:layer(layer)
  local made_by = layer.created_by and terminal.clean(layer.created_by)
  self.ui.renderer.layer(self, {
    layer = terminal.clean(layer.layer), state = layer.state, created_by = made_by,
  })
end

local function finish(phase, words, is_done)
  local ui = phase.ui
  ui.current = nil
  if ui.timer then
    ui.timer:close()
    ui.timer = nil
  end
  local seconds = ui.now() - phase.started
  recorder.event("phase_end", { phase = phase.label, text = words, ok = is_done,
    ms = math.floor(seconds * 1000 + 0.5) })
  ui.renderer.finish(phase, words, seconds, is_done)
  tell("phase_end", phase, words, is_done)
end

--- Ends the phase with its last line and its time.
---@param words string
function Phase:done(words)
  if self.ui.current == self then finish(self, terminal.clean(words), true) end
end

--- Ends a phase that an error has left; its line stays and is marked.
function Phase:close()
  if self.ui.current ~= self then return end
  finish(self, self.words ~= "" and "stopped at: " .. self.words or "stopped", false)
end
Phase.__close = Phase.close

return M
