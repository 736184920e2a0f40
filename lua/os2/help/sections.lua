--- The sections of --help after the options: examples, environment variables, exit codes.
local blank = require("os2.text.blank")
local exit_codes = require("os2.base.exit_codes")
local variables = require("os2.help.variables")

---@class os2.help.sections
local M = {}

local WIDTH_COLUMNS <const> = 100 -- columns
local MARGIN_COLUMNS <const> = 25 -- columns before a description, as in argparse
local NARROW_MARGIN_COLUMNS <const> = 8

local width, left = WIDTH_COLUMNS, MARGIN_COLUMNS -- of the help that is being made

-- Wraps words into lines after a margin, which the first line already has.
local function wrap(words, margin)
  local lines, line = {}, ""
  for word in words:gmatch("%S+") do
    if line ~= "" and margin + #line + 1 + #word > width then
      lines[#lines + 1], line = line, ""
    end
    line = line == "" and word or line .. " " .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n" .. (" "):rep(margin))
end

local function row(label, words)
  local indented = "   " .. label
  if #indented > width then indented = "   " .. wrap(label, 3) end
  local gap = #indented < left and (" "):rep(left - #indented) or "\n" .. (" "):rep(left)
  return blank.trim_end(indented .. gap .. wrap(words, left))
end

local function section(title, rows)
  return title .. ":\n" .. table.concat(rows, "\n")
end

local function example_rows(examples)
  local rows = {}
  for index, example in ipairs(examples) do
    local words, command = table.unpack(example)
    words = wrap(words, 5):gsub("\n     ", "\n   # ")
    rows[index] = ("   # %s\n   %s"):format(words, command)
  end
  return rows
end

local function variable_rows(groups)
  local rows = {}
  for index, variable in ipairs(variables.of(groups)) do
    rows[index] = row(table.concat(variable.names, ", "), variable.meaning)
  end
  return rows
end

local EXEC <const> = "exec"

-- The exit codes of `machine exec` belong to that command alone.
local function code_rows(is_passing)
  local rows = {}
  if is_passing then rows[1] = row("0-255", "the exit code of the command itself") end
  for _, known in ipairs(exit_codes.ROWS) do
    local is_listed = (known.name == EXEC) == is_passing or not known.name
      or known.name == "interrupted"
    if is_listed and not (is_passing and known.name == nil) then
      rows[#rows + 1] = row(table.concat(known.codes, ", "), known.meaning)
    end
  end
  return rows
end

local function inherited_rows(parser)
  local labels = {}
  for _, option in ipairs(parser._parent._options) do
    local name = option._aliases[#option._aliases]
    if name ~= "--help" then labels[#labels + 1] = name end
  end
  return { "   " .. wrap(table.concat(labels, ", "), 3) }
end

---@class os2.help.sections.said
---@field examples string[][]  {what it does, the command line}
---@field environment string[]  groups of `os2.help.variables`
---@field is_passing? boolean  the exit code of another program is passed on

local function fit(columns)
  width = columns or WIDTH_COLUMNS
  left = width < 70 and NARROW_MARGIN_COLUMNS or MARGIN_COLUMNS
end

--- Returns rows of a label and its meaning that fit so many columns.
---@param rows string[][]
---@param columns integer
---@return string
function M.rows(rows, columns)
  fit(columns)
  local lines = {}
  for index, pair in ipairs(rows) do lines[index] = row(pair[1], pair[2]) end
  return table.concat(lines, "\n")
end

--- Returns the sections of a parser's help.
---@param parser table  argparse; of a subcommand it names the options of its command
---@param said os2.help.sections.said
---@param columns? integer  by default 100; in fewer than 70 the descriptions begin further left
---@return string
function M.of(parser, said, columns)
  fit(columns)
  local parts = {}
  if parser._parent then
    parts[1] = section(("Options of `%s`, here as well"):format(parser._parent:_get_fullname()),
      inherited_rows(parser))
  end
  if said.examples[1] then parts[#parts + 1] = section("Examples", example_rows(said.examples)) end
  parts[#parts + 1] = section("Environment variables", variable_rows(said.environment))
  parts[#parts + 1] = section("Exit codes", code_rows(said.is_passing or false))
  return table.concat(parts, "\n\n")
end

return M
