--- Checks the option tables of Lua functions, with the same rules as the C side.
---@class os2.base.arguments
local M = {}

local LIBRARY <const> = debug.getinfo(1, "S").source:match("^(.*/)base/arguments%.lua$") or "@"

--- Raises a misuse error at the innermost line outside of os2's own library.
---@param message string
function M.misuse(message)
  local level = 2
  local info = debug.getinfo(level, "S")
  while info and (info.what == "C" or info.source:sub(1, #LIBRARY) == LIBRARY) do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  error(message, info and level or 2)
end

local function matches(value, wanted)
  if wanted == "any" then return value ~= nil end
  if wanted == "integer" then return math.type(value) == "integer" end
  return type(value) == wanted
end

local OPTIONAL <const> = ("?"):byte()

local function is_optional(wanted)
  return wanted:byte(-1) == OPTIONAL
end

local function check_type(name, key, value, wanted)
  local plain = is_optional(wanted) and wanted:sub(1, -2) or wanted
  if matches(value, plain) then return end
  local article = plain:match("^[aeiou]") and "an" or "a"
  M.misuse(("%s: option '%s' must be %s %s, not %s"):format(name, key, article, plain, type(value)))
end

--- Checks an option table and returns it. Raises at the caller's line for an unknown key, a missing
--- key or a wrong type.
---@param name string  the name of the function, for the message
---@param options table?
---@param spec table<string, string>  key -> type; a "?" after the type makes the key optional
---@return table
function M.check(name, options, spec)
  options = options or {}
  if type(options) ~= "table" then
    M.misuse(("%s: options must be a table, not %s"):format(name, type(options)))
  end
  for key in pairs(options) do
    if not spec[key] then M.misuse(("%s: unknown option '%s'"):format(name, tostring(key))) end
  end
  for key, wanted in pairs(spec) do
    local value = options[key]
    if value ~= nil or not is_optional(wanted) then check_type(name, key, value, wanted) end
  end
  return options
end

return M
