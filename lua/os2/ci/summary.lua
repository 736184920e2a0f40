--- The summary of a run as Markdown, for the page of a workflow's run.
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")

---@class os2.ci.summary
local M = {}

---@class os2.ci.summary.run
---@field command string
---@field fields table  of the command's document
---@field failure os2.Err?
---@field phases {label: string, words: string, seconds: number, is_done: boolean}[]
---@field layers os2.report.progress.layer[]
---@field warnings string[]

local CUT <const> = "\n(The rest is left out, because a summary may not be larger.)\n"
local TOLD <const> = { "name", "id", "digest", "state", "image", "commit", "reused" }

-- As entities, neither Markdown nor HTML finds anything in the text.
local function escaped(text)
  text = terminal.clean(text)
  return (text:gsub("[^%w %-%.,/=\128-\255]", function(char)
    return ("&#%d;"):format(char:byte())
  end))
end

local function code(text)
  return "<code>" .. escaped(text) .. "</code>"
end

local function add(lines, ...)
  for _, line in ipairs{ ... } do lines[#lines + 1] = line end
end

local function add_result(lines, fields)
  local rows = {}
  for _, name in ipairs(TOLD) do
    local value = fields[name]
    if type(value) == "string" or value == true then
      rows[#rows + 1] = ("| %s | %s |"):format(name, code(tostring(value)))
    end
  end
  if rows[1] then add(lines, "", "| | |", "|---|---|", table.unpack(rows)) end
end

local function add_failure(lines, failure)
  if not failure then return end
  local place = failure.file and (" (%s%s)"):format(code(failure.file),
    failure.line and ", line " .. failure.line or "") or ""
  add(lines, "", ("**Failed**%s: %s"):format(place, escaped(failure.message)))
  if failure.hint then add(lines, "", "What to do: " .. escaped(failure.hint)) end
  if not failure.detail then return end
  add(lines, "", "<details><summary>The last output</summary><pre>")
  for line in secrets.masked(failure.detail):gmatch("[^\n]+") do
    add(lines, escaped(line))
  end
  add(lines, "</pre></details>")
end

local function add_phases(lines, phases)
  if not phases[1] then return end
  add(lines, "", "| phase | | time |", "|---|---|---:|")
  for _, phase in ipairs(phases) do
    local words = escaped(phase.words)
    if not phase.is_done then words = "**" .. words .. "**" end
    add(lines, ("| %s | %s | %s |"):format(escaped(phase.label), words,
      terminal.duration(phase.seconds)))
  end
end

local function add_layers(lines, layers)
  if not layers[1] then return end
  add(lines, "", "| layer | size |", "|---|---:|")
  for _, layer in ipairs(layers) do
    add(lines, ("| %s | %s |"):format(code(layer.created_by or "?"), terminal.size(layer.bytes)))
  end
end

local function add_warnings(lines, warnings)
  if not warnings[1] then return end
  add(lines, "", "Warnings:", "")
  for _, words in ipairs(warnings) do add(lines, "- " .. escaped(words)) end
end

-- Cuts at the end of a line.
local function fitted(text, limit)
  if #text <= limit then return text end
  if limit < #CUT then return "" end
  return (text:sub(1, limit - #CUT):match("^.*\n") or "") .. CUT
end

--- Returns the summary of a run, of at most `limit` bytes.
---@param run os2.ci.summary.run
---@param limit integer
---@return string
function M.of(run, limit)
  local outcome = run.failure and "failed" or run.fields.dry_run and "dry run" or "done"
  local lines = { ("### os2 %s: %s"):format(run.command, outcome) }
  add_result(lines, run.fields)
  add_failure(lines, run.failure)
  add_phases(lines, run.phases)
  add_layers(lines, run.layers)
  add_warnings(lines, run.warnings)
  return fitted(table.concat(lines, "\n") .. "\n\n", limit)
end

return M
