--- `os2 --help`: the usage of os2 itself.
local own_scripts = require("os2.run.own_scripts")
local sections = require("os2.help.sections")
local terminal = require("os2.text.terminal")
local user_scripts = require("os2.run.user_scripts")
local width = require("os2.help.width")

---@class os2.help.usage
local M = {}

-- The width of this text as it stands; on a narrower terminal it is wrapped.
local OWN_COLUMNS <const> = 100
local NAMES_COLUMNS <const> = 76

local SYNOPSIS <const> = {
  { "os2 [options] SCRIPT|NAME [arguments]", "run a script; NAME: os2's own or yours" },
  { "os2 [options] -e CHUNK [arguments]", "run a chunk of Lua; an expression is printed" },
  { "os2 [options] - [arguments]", "run what stands on stdin" },
  { "os2 [options] [-i]", "run statements as you type them, on a terminal" },
}

local OPTIONS <const> = {
  { "-v", "say each request, with its status and time, and tracebacks" },
  { "--policy FILE", "load this policy file after the others" },
  { "--isolated", "no policy files but --policy's, and no scripts but os2's own" },
  { "--context NAME", "the Docker engine, by the name of a Docker context" },
  { "--progress MODE", "how progress is shown: auto, tty, plain, json or quiet" },
  { "--read-only", "refuse everything that changes something, before anything is sent" },
  { "--dry-run", "change nothing, and print in order what would change" },
  { "--no-history", "do not write down what the run decides and does" },
  { "--github", "tell GitHub Actions of the run; there it is on by itself" },
  { "--no-github", "tell GitHub Actions nothing" },
  { "--explain KIND", "what a kind of error means, its exit code, and what to do" },
  { "--version", "versions of os2 and of the libraries it can load" },
  { "--help", "this text" },
}

--- {what it does, the command line}
M.EXAMPLES = {
  { "Make a snapshot of this directory.", "doppler run --config dev -- os2 snapshot" },
  { "Run a script of your own.", "os2 path/to/script.lua" },
  { "Ask the API something.", "os2 -e 'for s in daytona.snapshots{} do print(s.name) end'" },
}

--- The groups of `os2.help.variables` that all of os2 reads.
M.ENVIRONMENT = { "daytona", "prefix", "docker", "os2" }

--- Returns the ways to run os2, one a line.
---@return string
function M.synopsis()
  local lines = {}
  for index, way in ipairs(SYNOPSIS) do lines[index] = ("%-41s %s"):format(way[1], way[2]) end
  return table.concat(lines, "\n")
end

--- Returns os2's own options: {label, meaning} of each.
---@return string[][]
function M.options() return OPTIONS end

local function is_narrow(columns) return columns < OWN_COLUMNS end

local function synopsis_lines(columns)
  if is_narrow(columns) then return "\n" .. sections.rows(SYNOPSIS, columns) end
  return " " .. M.synopsis():gsub("\n", "\n       ")
end

local function option_lines(columns)
  if is_narrow(columns) then return sections.rows(OPTIONS, columns) end
  local lines = {}
  for index, row in ipairs(OPTIONS) do lines[index] = ("  %-15s %s"):format(row[1], row[2]) end
  return table.concat(lines, "\n")
end

local TEXT <const> = [[
Usage:%s

%s

Own scripts (each with --help):
%s
%s
%s
]]

-- The names of os2's own scripts, in lines that fit a terminal.
local function own_names(columns)
  local lines, line, most = {}, " ", math.min(columns - 1, NAMES_COLUMNS)
  for _, name in ipairs(own_scripts.names()) do
    if #line + #name > most then lines[#lines + 1], line = line, " " end
    line = line .. " " .. name
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

-- The user's scripts, one a line.
local function user_lines()
  local names, lines = user_scripts.names(), {}
  for index, name in ipairs(names) do
    local summary = require("os2.help.commands").summary(name)
    lines[index] = "  " .. terminal.clean(("%-15s %s"):format(name, summary))
  end
  if not lines[1] then return "" end
  return ("\nScripts in %s:\n%s\n"):format(user_scripts.places(),
    table.concat(lines, "\n"))
end

--- Returns the text of `os2 --help`.
---@return string
function M.text()
  local columns = width.columns()
  return TEXT:format(synopsis_lines(columns), option_lines(columns), own_names(columns),
    user_lines(),
    sections.of({}, { examples = M.EXAMPLES, environment = M.ENVIRONMENT }, columns))
end

return M
