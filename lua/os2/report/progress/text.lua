--- What the displays for people have in common: how a title, a note, a warning and the end of a
--- phase are written.
local terminal = require("os2.text.terminal")

---@class os2.report.progress.text
local M = {}

---@class os2.report.progress.layer
---@field bytes integer
---@field created_by? string

local LABEL_CELLS <const> = 11
local MOST_LAYERS <const> = 3

local STYLES <const> = { bold = "\27[1m", dim = "\27[2m", red = "\27[31m", yellow = "\27[33m" }

local function styled(ui, style, words)
  return ui.colour and STYLES[style] .. words .. "\27[0m" or words
end

--- Returns how many cells a line has for its words, between its label and the time at its end.
---@param ui os2.report.progress.ui
---@param right string  the end of the line: a time
---@return integer
function M.room(ui, right)
  return math.max(ui.width - 2 - LABEL_CELLS - 2 - terminal.width(right), 10)
end

--- Returns a line: label, words, and a time at the right.
---@param ui os2.report.progress.ui
---@param label string
---@param words string
---@param right string
---@param style? string
---@return string
function M.line(ui, label, words, right, style)
  local padding = (" "):rep(M.room(ui, right) - terminal.width(words))
  local body = style and styled(ui, style, words) or words
  return "  " .. styled(ui, "dim", terminal.pad(label, LABEL_CELLS)) .. body .. padding .. "  "
    .. styled(ui, "dim", right)
end

--- Returns a line without a time.
---@param label string
---@param words string
---@return string
function M.plain_line(label, words)
  return "  " .. terminal.pad(label, LABEL_CELLS) .. words
end

--- Returns the words of a layer: its size, and the instruction that made it.
---@param layer os2.report.progress.layer
---@return string
function M.layer_words(layer)
  if not layer.created_by then return terminal.size(layer.bytes) end
  return terminal.size(layer.bytes) .. " " .. layer.created_by
end

function M.title(ui, name, about)
  ui:print(styled(ui, "bold", name) .. "   " .. about)
end

function M.note(ui, words)
  ui:print("  " .. words)
end

-- What a run that failed leaves behind.
M.left = M.note

function M.warn(ui, words)
  ui:print(styled(ui, "yellow", "os2: warning: ") .. words)
end

local function rest_words(layers)
  local bytes = 0
  for index = MOST_LAYERS + 1, #layers do bytes = bytes + layers[index].bytes end
  return ("%d more, %s"):format(#layers - MOST_LAYERS, terminal.size(bytes))
end

local function largest_first(layers)
  local sorted = {}
  for _, layer in ipairs(layers) do
    if layer.bytes > 0 then sorted[#sorted + 1] = layer end
  end
  table.sort(sorted, function(a, b) return a.bytes > b.bytes end)
  return sorted
end

-- One line with the largest layers.
function M.layers(ui, layers)
  local sorted, words = largest_first(layers), {}
  if #sorted == 0 then return end
  local width = M.room(ui, "") // MOST_LAYERS
  for index = 1, math.min(#sorted, MOST_LAYERS) do
    words[index] = terminal.fit(M.layer_words(sorted[index]), width)
  end
  if #sorted > MOST_LAYERS then words[#words + 1] = rest_words(sorted) end
  ui:print(M.plain_line("layers", table.concat(words, " · ")))
end

function M.finish(phase, words, seconds, is_done)
  local style = not is_done and "red" or nil
  phase.ui:print(M.line(phase.ui, phase.label, words, terminal.duration(seconds), style))
end

-- By default a display shows nothing of these.
local function nothing() end

M.begin, M.show, M.step, M.bytes, M.build_step, M.log, M.layer, M.tick = nothing, nothing, nothing,
  nothing, nothing, nothing, nothing, nothing

function M.pause() return nil end

return M
