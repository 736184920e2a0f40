--- The formats of GitHub Actions: workflow commands, and the files of a step.
--- Source: docs.github.com, "Workflow commands for GitHub Actions", and the runner's own reader.
local random = require("os2.base.random")

---@class os2.ci.workflow
local M = {}

local ESCAPES <const> = { ["%"] = "%25", ["\r"] = "%0D", ["\n"] = "%0A" }
local PROPERTY_ESCAPES <const> = {
  ["%"] = "%25", ["\r"] = "%0D", ["\n"] = "%0A", [":"] = "%3A", [","] = "%2C",
}

-- The parameters in the order in which the documentation shows them.
local PARAMETERS <const> = { "file", "line", "title" }

--- Returns a workflow command as a line.
---@param name string  "error"
---@param text string
---@param given? {file: string?, line: integer?, title: string?}
---@return string
function M.command(name, text, given)
  local parts = {}
  for _, key in ipairs(PARAMETERS) do
    local value = given and given[key]
    if value then
      parts[#parts + 1] = key .. "=" .. tostring(value):gsub("[%%\r\n:,]", PROPERTY_ESCAPES)
    end
  end
  local head = parts[1] and name .. " " .. table.concat(parts, ",") or name
  return ("::%s::%s\n"):format(head, (text:gsub("[%%\r\n]", ESCAPES)))
end

--- Returns an output as it is written to the file GITHUB_OUTPUT. A value of several lines stands
--- between two lines of a random word, which the value cannot hold but by chance.
---@param name string
---@param value string
---@return string
function M.output(name, value)
  if not value:find("[%c]") then return ("%s=%s\n"):format(name, value) end
  local delimiter
  repeat
    delimiter = "os2_" .. random.word(24)
  until not value:find(delimiter, 1, true)
  return ("%s<<%s\n%s\n%s\n"):format(name, delimiter, value, delimiter)
end

-- The runner skips blanks before "::", finds "##[" anywhere in a line, and compares in a way that
-- passes over invisible characters. Every byte above 127 may belong to one.
local COMMAND <const> = "^([%s\128-\255]*)(:[\128-\255]*:)"
local OLD_COMMAND <const> = "(#[\128-\255]*#[\128-\255]*)%["

local function defused_line(line, bracket)
  return (line:gsub(COMMAND, "%1\\%2"):gsub(OLD_COMMAND, bracket))
end

--- Returns lines in which nothing is a workflow command any more: what a build writes must not
--- become one. A backslash is added, or an escape in JSON.
---@param bytes string
---@param is_json? boolean  the lines are JSON documents
---@return string
function M.defused(bytes, is_json)
  if not bytes:find("::", 1, true) and not bytes:find("[#:\128-\255]") then return bytes end
  local bracket = is_json and "%1\\u005b" or "%1\\["
  return (bytes:gsub("[^\r\n]+", function(line) return defused_line(line, bracket) end))
end

return M
