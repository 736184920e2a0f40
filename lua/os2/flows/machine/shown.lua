--- How machines are displayed: never with the values of their environment.
local blank = require("os2.text.blank")
local json = require("os2.json")
local sorted = require("os2.base.sorted")
local terminal = require("os2.text.terminal")

---@class os2.flows.machine.shown
local M = {}

local FIELDS <const> = {
  "id", "name", "state", "error", "snapshot", "labels", "public", "region", "cpu", "memory", "disk",
  "auto_stop", "created_at", "url",
}

--- Returns the fields of a machine for the JSON document; `env` contains names only.
---@param machine os2.machine
---@return table
function M.fields(machine)
  local shown = { env = machine.env and json.array(machine.env) }
  for _, field in ipairs(FIELDS) do shown[field] = machine[field] end
  return shown
end

--- Returns labels as words, sorted by their keys: "a=1 b=2".
---@param labels? table<string, string>
---@param separator? string  by default a blank
---@return string
function M.label_words(labels, separator)
  local words = {}
  for index, key in ipairs(sorted.keys(labels)) do words[index] = key .. "=" .. labels[key] end
  return table.concat(words, separator or " ")
end

local function widths_of(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for column, cell in ipairs(row) do
      widths[column] = math.max(widths[column] or 0, terminal.width(cell))
    end
  end
  return widths
end

local function line_of(row, widths)
  local cells = {}
  for column, cell in ipairs(row) do cells[column] = terminal.pad(cell, widths[column] + 2) end
  return blank.trim_end(table.concat(cells))
end

--- Returns machines as lines: name, state, snapshot, creation time, labels.
---@param machines os2.machine[]
---@return string
function M.list(machines)
  local rows, lines = {}, {}
  for index, machine in ipairs(machines) do
    rows[index] = {
      machine.name, machine.state, machine.snapshot or "-", machine.created_at or "-",
      M.label_words(machine.labels),
    }
    -- another user may have put any characters into these fields
    for column, cell in ipairs(rows[index]) do rows[index][column] = terminal.clean(cell) end
  end
  local widths = widths_of(rows)
  for index, row in ipairs(rows) do lines[index] = line_of(row, widths) end
  return table.concat(lines, "\n")
end

-- Returns a field's value as one line; nil when it is empty.
local function value_of(machine, field)
  local value = machine[field]
  if field == "labels" then value = M.label_words(value) end
  if value == nil or value == "" then return nil end
  return tostring(value)
end

--- Returns one machine as lines of field and value.
---@param machine os2.machine
---@return string
function M.machine(machine)
  local lines = {}
  for _, field in ipairs(FIELDS) do
    local value = value_of(machine, field)
    if value then lines[#lines + 1] = terminal.pad(field, 12) .. terminal.clean(value) end
  end
  if machine.env then
    lines[#lines + 1] = terminal.pad("env", 12) .. terminal.clean(table.concat(machine.env, " "))
      .. " (values hidden)"
  end
  return table.concat(lines, "\n")
end

return M
