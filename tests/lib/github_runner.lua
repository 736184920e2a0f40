--- Reads workflow commands and files as the runner of GitHub Actions does. Source: the public
--- runner, ActionCommand (both syntaxes) and the reader of GITHUB_OUTPUT.
local M = {}

-- Names that the runner knows; another word makes no command.
local KNOWN <const> = {}
for name in ([[add-mask add-path set-env set-output save-state debug error warning notice group
  endgroup echo add-matcher remove-matcher stop-commands]]):gmatch("%S+") do KNOWN[name] = true end

-- .NET compares past characters without a width, and TrimStart drops blanks of Unicode.
local IGNORED <const> = { "\194\173", "\226\128\139", "\226\128\140", "\239\187\191" }
local BLANKS <const> = { "\194\160", "\227\128\128", "\226\128\131" }

local function without(text, list, by)
  for _, bytes in ipairs(list) do text = text:gsub(bytes, by) end
  return text
end

local function unescaped(text, is_parameter)
  text = text:gsub("%%0D", "\r"):gsub("%%0A", "\n")
  if is_parameter then text = text:gsub("%%3A", ":"):gsub("%%2C", ",") end
  return (text:gsub("%%25", "%%"))
end

local function parameters_of(text)
  local found = {}
  for pair in text:gmatch("[^,]+") do
    local key, value = pair:match("^%s*([^=]+)=(.+)$")
    if key then found[key] = unescaped(value, true) end
  end
  return found
end

--- Returns the command that the runner sees in a line; nil when it sees none.
---@param line string
---@return {name: string, text: string, parameters: table<string, string>}?
function M.command(line)
  local seen = without(without(line, IGNORED, ""), BLANKS, " ")
  local info, text = seen:match("^%s*::(.-)::(.*)$")
  local name = info and info:match("^%S*")
  if name and KNOWN[name:lower()] then
    return { name = name, text = unescaped(text), parameters = parameters_of(info:sub(#name + 1)) }
  end
  local old = seen:match("##%[([^%] ]*)[^%]]*%]")
  return old and KNOWN[old:lower()] and { name = old, text = "", parameters = {} } or nil
end

--- Returns the outputs in a file GITHUB_OUTPUT. Raises for what the runner refuses.
---@param text string
---@return table<string, string>
function M.outputs(text)
  local found, at = {}, 1
  local function next_line()
    if at > #text then return nil end
    local from, behind = at, text:find("\n", at, true) or #text + 1
    at = behind + 1
    return text:sub(from, behind - 1)
  end
  for line in next_line do
    local equals, here = line:find("=", 1, true), line:find("<<", 1, true)
    if equals and (not here or equals < here) then
      found[line:sub(1, equals - 1)] = line:sub(equals + 1)
    elseif here then
      local lines, value = {}, next_line()
      while value ~= line:sub(here + 2) do
        lines[#lines + 1] = assert(value, "there is no end of the value")
        value = next_line()
      end
      found[line:sub(1, here - 1)] = table.concat(lines, "\n")
    else
      assert(line == "", "not a line of outputs: " .. line)
    end
  end
  return found
end

return M
