--- A progress display with a clock of its own, whose output is kept.
local progress = require("os2.report.progress")

local M = {}

---@class tests.lib.display
---@field ui os2.report.progress.ui
---@field output fun(): string
---@field pass fun(seconds: number)

--- Opens a display; its time stands still but for `pass`.
---@param mode string
---@param options? {colour: boolean?, width: integer?, ticks: boolean?}
---@return tests.lib.display
function M.open(mode, options)
  options = options or {}
  local written, at = {}, 100
  local ui = progress.open{
    mode = mode, colour = options.colour or false, ticks = options.ticks or false,
    width = options.width or 60, write = function(bytes) written[#written + 1] = bytes end,
    now = function() return at end,
  }
  return {
    ui = ui, output = function() return table.concat(written) end,
    pass = function(seconds) at = at + seconds end,
  }
end

local function step(fields)
  fields.type = "step"
  return fields
end

local function internal(state, seconds)
  return step{ id = "i", name = "[internal] load metadata", state = state, seconds = seconds }
end

local function from(state)
  return step{ id = "f", name = "FROM x", index = 1, total = 3, state = state }
end

local function make(state, seconds)
  return step{
    id = "r", name = "RUN make", index = 2, total = 3, stage = "b", state = state,
    seconds = seconds,
  }
end

local function log(text, seconds)
  return { type = "log", step = "r", text = text, seconds = seconds }
end

local function fail(state, message)
  return step{
    id = "e", name = "RUN false", index = 3, total = 3, state = state, message = message,
  }
end

--- A small build: seconds that pass, and an event as docker.build gives it.
M.BUILD = {
  { 0, internal("started") }, { 0.5, internal("done", 0.25) },
  { 0, from("started") }, { 0, from("cached") },
  { 1, make("started") }, { 0, log("  indented\ttext", 0.1234) }, { 2, log("untimed") },
  { 0, make("done", 2.04) },
  { 0, fail("started") }, { 0.5, fail("error", "exit code: 1") },
}

--- Shows the build in a phase.
---@param display tests.lib.display
function M.build(display)
  local phase = display.ui:phase("build")
  for _, item in ipairs(M.BUILD) do
    display.pass(item[1])
    if item[2].type == "log" then phase:log(item[2]) else phase:build_step(item[2]) end
  end
  return phase
end

return M
