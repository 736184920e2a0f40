--- The display for programs: one event a line, as JSON.
local clock = require("os2.clock")
local err = require("os2.err")
local events = require("os2.report.progress.events")
local foreign = require("os2.text.foreign")
local native_json = require("host.json")
local lines = require("os2.report.progress.lines")

---@class os2.report.progress.json: os2.report.progress.lines
local M = setmetatable({}, { __index = lines })

local LONGEST_BYTES <const> = 256 * 1024 -- of a text in an error
local BYTES_SECONDS <const> = 1 -- between two events of one transfer

local fields_of = {} -- event -> its fields, the common ones first
for _, event in ipairs(events.EVENTS) do
  local fields = table.move(events.COMMON, 1, #events.COMMON, 1, {})
  fields_of[event[1]] = table.move(event[3], 1, #event[3], #fields + 1, fields)
end

local IS_SECONDS <const> = { seconds = true, took = true, step_seconds = true }

local function encoded(name, value)
  if IS_SECONDS[name] then return ("%.3f"):format(value) end
  return err.check(native_json.encode(value))
end

-- The fields in their order, so that a line can be read.
local function line_of(event, values)
  local parts, left = {}, 0
  for _ in pairs(values) do left = left + 1 end
  for _, field in ipairs(fields_of[event]) do
    local value = values[field[1]]
    if value ~= nil then
      parts[#parts + 1] = ("%q:%s"):format(field[1], encoded(field[1], value))
      left = left - 1
    end
  end
  assert(left == 0, "the event " .. event .. " has a field that is not declared")
  return foreign.escaped_json("{" .. table.concat(parts, ",") .. "}")
end

--- Returns an event as a line.
---@param event string
---@param seconds number  since the display was opened
---@param values table<string, any>
---@return string
function M.line(event, seconds, values)
  values.schema, values.event = events.SCHEMA, event
  values.time, values.seconds = clock.iso(clock.now()), seconds
  return line_of(event, values)
end

local function tell(ui, event, values)
  ui:print(M.line(event, ui.now() - ui.started, values))
end

local function tell_of(phase, event, values)
  values.phase, phase.said_at = phase.label, phase.ui.now()
  tell(phase.ui, event, values)
end

function M.title(ui, name, about) tell(ui, "title", { name = name, about = about }) end
function M.note(ui, words) tell(ui, "note", { text = words }) end
function M.left(ui, words) tell(ui, "left", { text = words }) end
function M.warn(ui, words) tell(ui, "warning", { text = words }) end

function M.layers(ui, layers)
  tell(ui, "layers", { layers = native_json.array(layers) })
end

function M.begin(phase) tell_of(phase, "phase_start", {}) end

function M.step(phase) tell_of(phase, "phase_state", { text = phase.words }) end

function M.show(phase)
  if phase.words ~= phase.told_words then M.step(phase) end
  phase.told_words = phase.words
end

function M.tick(phase)
  if M.pause(phase) <= 0 then M.step(phase) end
end

function M.finish(phase, words, seconds, is_done)
  tell_of(phase, "phase_end", { took = seconds, ok = is_done, text = words })
end

function M.bytes(phase, bytes)
  local told, of, now = phase.bytes_told, bytes.of or "", phase.ui.now()
  local is_last = bytes.current >= bytes.total
  if told[of] and now - told[of] < BYTES_SECONDS and not is_last then return end
  told[of] = now
  tell_of(phase, "bytes", { of = bytes.of, current = bytes.current, total = bytes.total })
end

local EVENT_OF <const> = {
  started = "step_start", cached = "step_cached", done = "step_end", error = "step_end",
}

function M.build_step(phase, step)
  local event = EVENT_OF[step.state]
  local values = {
    step = step.number, name = step.name, index = step.index, total = step.total,
    stage = step.stage,
  }
  if event == "step_end" then
    values.took, values.ok, values.message = step.seconds, step.state == "done", step.message
  end
  tell_of(phase, event, values)
end

function M.log(phase, step, line, seconds)
  tell_of(phase, "log", { step = step.number, step_seconds = seconds, text = line })
end

function M.layer(phase, layer)
  tell_of(phase, "layer", {
    layer = layer.layer, state = layer.state, created_by = layer.created_by,
  })
end

function M.image(ui, image)
  tell(ui, "image", {
    steps = image.steps, cached = image.cached, sent = image.sent, bytes = image.bytes,
  })
end

function M.pushed(ui, counts, digest)
  tell(ui, "push", {
    sent = counts.sent, pushed = counts.pushed, exists = counts.exists, digest = digest,
  })
end

-- An error may contain text that another program or a server wrote.
local function shown(words)
  return words and foreign.visible((foreign.head(words, LONGEST_BYTES)))
end

function M.failure(ui, failure, exit, traceback)
  tell(ui, "error", {
    kind = failure.kind, op = failure.op, exit = exit, message = shown(failure.message),
    hint = shown(failure.hint), detail = shown(failure.detail), traceback = shown(traceback),
  })
end

return M
