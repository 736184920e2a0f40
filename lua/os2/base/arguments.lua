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
  if type(value) == wanted then return true end
  if wanted == "any" then return value ~= nil end
  return wanted == "integer" and math.type(value) == "integer"
end

local OPTIONAL <const> = ("?"):byte()

local function is_optional(wanted)
  return wanted:byte(-1) == OPTIONAL
end

-- "string?" -> "string"
local plain_types = setmetatable({}, {
  __index = function(known, wanted)
    known[wanted] = is_optional(wanted) and wanted:sub(1, -2) or wanted
    return known[wanted]
  end,
})

local function check_type(name, key, value, wanted)
  local plain = plain_types[wanted]
  if matches(value, plain) then return end
  local article = plain:match("^[aeiou]") and "an" or "a"
  M.misuse(("%s: option '%s' must be %s %s, not %s"):format(name, key, article, plain, type(value)))
end

-- The keys that must be given, of each table of options: most functions have one that stays.
local required = setmetatable({}, {
  __mode = "k",
  __index = function(known, spec)
    local keys = {}
    for key, wanted in pairs(spec) do
      if not is_optional(wanted) then keys[#keys + 1] = key end
    end
    known[spec] = keys
    return keys
  end,
})

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
  for key, value in pairs(options) do
    local wanted = spec[key]
    if not wanted then M.misuse(("%s: unknown option '%s'"):format(name, tostring(key))) end
    check_type(name, key, value, wanted)
  end
  for _, key in ipairs(required[spec]) do
    if options[key] == nil then check_type(name, key, nil, spec[key]) end
  end
  return options
end

return M
