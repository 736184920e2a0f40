--- The display that shows all of a build's output, each line with its step's number and its seconds
--- since the step began, as `docker buildx build --progress=plain` does.
local lines = require("os2.report.progress.lines")
local steps = require("os2.report.progress.steps")
local text = require("os2.report.progress.text")

---@class os2.report.progress.plain: os2.report.progress.lines
local M = setmetatable({}, { __index = lines })

local ENDS <const> = {
  done = function(step) return ("DONE %.1fs"):format(step.seconds) end,
  cached = function() return "CACHED" end,
  error = function(step)
    return steps.is_cancelled(step) and "CANCELED" or "ERROR: " .. (step.message or "")
  end,
}

local function say(phase, step, words)
  phase:say(("#%d %s"):format(step.number, words))
end

function M.build_step(phase, step)
  if not step.is_named then
    say(phase, step, steps.words(step))
    step.is_named = true
  end
  local words = ENDS[step.state]
  if words then say(phase, step, words(step)) end
end

function M.log(phase, step, line, seconds)
  say(phase, step, ("%.3f %s"):format(seconds, line))
end

function M.layers(ui, layers)
  for _, layer in ipairs(layers) do
    ui:print(text.plain_line("layer", text.layer_words(layer)))
  end
end

local STATES <const> = { pushed = "pushed", exists = "is in the registry already" }

function M.layer(phase, layer)
  local made_by = layer.created_by and ", " .. layer.created_by or ""
  phase:say(text.plain_line(phase.label, ("%s %s%s"):format(layer.layer, STATES[layer.state],
    made_by)))
end

return M
