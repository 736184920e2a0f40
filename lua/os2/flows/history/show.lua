--- One past run: all of its events, or what it told.
local clock = require("os2.clock")
local json = require("os2.json")
local native_record = require("host.record")
local reader = require("os2.history.reader")
local terminal = require("os2.text.terminal")

require("os2.history.recorder") -- opens native_record

---@class os2.flows.history.show
local M = {}

local LONGEST_CELLS <const> = 200 -- of a value that is shown for people

local function short(value)
  return terminal.fit(terminal.clean(native_record.text(value, math.maxinteger)), LONGEST_CELLS)
end

local function answer_words(event)
  local words = event.answer == nil and "nothing" or short(event.answer)
  local extra = event.extra
  if extra ~= nil then words = words .. "  (" .. short(extra) .. ")" end
  return words
end

local function facts_words(event)
  return next(event.facts or {}) and "  from " .. short(event.facts) or ""
end

local function told(event)
  return terminal.clean(event.of.text or "")
end

-- Event -> what a line says behind the time.
local WORDS <const> = {
  policy = function(event)
    return ("policy   %s = %s%s  [%s]"):format(event.name, answer_words(event), facts_words(event),
      event.by or "?")
  end,
  facts = function(event) return "facts    " .. short(event.of) end,
  request = function(event)
    return ("request  %s %s  %s  %d ms"):format(event.of.method, terminal.clean(event.of.where),
      event.of.status or event.of.outcome, event.of.ms)
  end,
  title = function(event)
    return terminal.clean(("title    %s  %s"):format(event.of.name, event.of.about))
  end,
  phase = function(event) return "phase    " .. terminal.clean(event.of.phase) end,
  step = function(event) return ("step     %s  %s"):format(event.of.phase, told(event)) end,
  phase_end = function(event)
    return ("%s     %s  %s  %d ms"):format(event.of.ok and "done" or "stop", event.of.phase,
      told(event), event.of.ms)
  end,
  note = function(event) return "note     " .. told(event) end,
  warning = function(event) return "warning  " .. told(event) end,
  left = function(event) return "left     " .. told(event) end,
  result = function(event) return "result   " .. short(event.of) end,
}

-- What stands on stderr while a run goes.
local TOLD <const> = { title = true, step = true, phase_end = true, note = true, warning = true,
  left = true }

local function line_of(event)
  local of = WORDS[event.event]
  local ok, words = pcall(of or short, event)
  return ("%9.3f s  %s"):format((event.ms or 0) / 1000, ok and words or short(event))
end

local function end_words(event)
  local failure = event.of.error
  local words = ("exit %d, %s"):format(event.of.exit, terminal.plural(event.requests, "request"))
  if event.repeated > 0 then
    words = ("%s, %s asked again"):format(words, terminal.plural(event.repeated, "decision"))
  end
  if event.dropped > 0 then words = ("%s, %d events not kept"):format(words, event.dropped) end
  return failure and ("%s\nerror  %s: %s"):format(words, failure.op,
    terminal.clean(failure.message)) or words
end

local function head_of(id, start)
  return ("run    %s\nbegan  %s, os2 %s\nargs   %s"):format(id, clock.iso(start.of.time),
    start.of.os2, terminal.clean(table.concat(start.of.args, " ")))
end

-- Reads the events of a run, which are at most `history.run_bytes`, and makes the text of those
-- that are wanted.
local function read(id, is_wanted, is_framed)
  local events, lines = {}, {}
  for event in reader.events(id) do
    if event.event == "start" and is_framed then
      lines[#lines + 1] = head_of(id, event)
    elseif event.event == "end" then
      if is_framed then lines[#lines + 1] = end_words(event) end
    elseif is_wanted(event) then
      lines[#lines + 1] = line_of(event)
    end
    if is_framed or is_wanted(event) then events[#events + 1] = event end
  end
  return events, lines
end

local function result(id, events, lines)
  return { run = id, events = json.array(events) }, lines[1] and table.concat(lines, "\n") or nil
end

--- Shows a run: every event.
---@param args {run: string}
---@return table fields, string? text
function M.show(args)
  local id = reader.find(args.run)
  return result(id, read(id, function(event) return event.event ~= "start" end, true))
end

--- Shows what a run told on stderr.
---@param args {run: string}
---@return table fields, string? text
function M.logs(args)
  local id = reader.find(args.run)
  return result(id, read(id, function(event) return TOLD[event.event] end, false))
end

return M
