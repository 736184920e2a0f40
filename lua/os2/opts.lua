--- Checks option tables of Lua functions, with the same rules as the C side.
---@class os2.opts
local M = {}

local LEVEL <const> = 3 -- the caller of the function that checks its options

local function matches(value, wanted)
  if wanted == "any" then return value ~= nil end
  if wanted == "integer" then return math.type(value) == "integer" end
  return type(value) == wanted
end

local function check_type(name, key, value, wanted)
  local plain = wanted:gsub("%?$", "")
  if value == nil and plain ~= wanted then return end
  if matches(value, plain) then return end
  error(("%s: option '%s' must be a %s, not %s"):format(name, key, plain, type(value)), LEVEL + 1)
end

--- Raises at the caller's caller for an unknown key, a missing one or a wrong type; returns the table.
---@param name string  the function, for the message
---@param options table?
---@param spec table<string, string>  key -> type, with "?" behind it when the key may be absent
---@return table
function M.check(name, options, spec)
  options = options or {}
  if type(options) ~= "table" then
    error(("%s: options must be a table, not %s"):format(name, type(options)), LEVEL)
  end
  for key in pairs(options) do
    if not spec[key] then error(("%s: unknown option '%s'"):format(name, tostring(key)), LEVEL) end
  end
  for key, wanted in pairs(spec) do check_type(name, key, options[key], wanted) end
  return options
end

return M
