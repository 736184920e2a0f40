--- How machines are displayed: never with the values of their environment.
local ages = require("os2.text.ages")
local columns = require("os2.text.columns")
local fs = require("os2.fs")
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
  local first = next(labels or {})
  if not first then return "" end
  if next(labels, first) == nil then return first .. "=" .. labels[first] end
  local words = {}
  for index, key in ipairs(sorted.keys(labels)) do words[index] = key .. "=" .. labels[key] end
  return table.concat(words, separator or " ")
end

local function behind_words(seconds)
  if not seconds then return "-" end
  return seconds == 0 and "latest" or "-" .. ages.of(seconds)
end

local function row_of(machine, behind)
  return {
    machine.name, machine.state, machine.snapshot or "-", behind,
    machine.created_at or "-", M.label_words(machine.labels),
  }
end

-- Many machines are of one snapshot. Returns a table: seconds, or false -> words.
local function remembered_words()
  return setmetatable({}, {
    __index = function(known, seconds)
      known[seconds] = behind_words(seconds)
      return known[seconds]
    end,
  })
end

local LEAST <const> = { 0, 8, 0, 6 } -- cells
local TITLES <const> = { "NAME", "STATE", "SNAPSHOT", "BEHIND", "CREATED", "LABELS" }

--- Returns a function that returns pages of machines as lines: name, state, snapshot, how far that
--- is behind the newest, creation time, labels. On a terminal, titles stand above them.
---@return fun(machines: os2.machine[]): string
function M.lines()
  local width = fs.terminal_columns(1)
  local list = columns.new{ titles = width and TITLES, least = LEAST, limit = width }
  local words = remembered_words()
  return function(machines)
    local rows = {}
    for index, machine in ipairs(machines) do
      rows[index] = row_of(machine, words[machine.behind or false])
    end
    return list:text(rows)
  end
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
