--- The environment variables of a machine: --env and --env-file. Values are never in an error.
local blank = require("os2.text.blank")
local err = require("os2.err")
local fs = require("os2.fs")
local secrets = require("os2.text.secrets")

---@class os2.flows.machine.environment
local M = {}

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine.create", message = message, hint = hint,
  })
end

local function check_key(key, where)
  if key:match("^[A-Za-z_][A-Za-z0-9_]*$") then return key end
  refuse(("%s: a variable's name is of letters, digits and '_'"):format(where),
    "write KEY=VALUE, or KEY for the value of the environment")
end

local function value_of(key, where)
  -- Not env.get: an empty value is a value here.
  local value = os.getenv(key)
  if value then return value end
  refuse(("%s: %s is not set in the environment"):format(where, key), "set it, or write KEY=VALUE")
end

local ESCAPES <const> = { n = "\n", r = "\r", t = "\t" }

-- A value in quotes ends with them; within double quotes \n and the like are what they stand for.
local function unquoted(value, where)
  local quote = value:match("^[\"']")
  if not quote then return value end
  if #value < 2 or value:sub(-1) ~= quote then
    refuse(where .. ": the quote is not closed", "a value stands on one line")
  end
  local inner = value:sub(2, -2)
  if quote == "'" then return inner end
  return (inner:gsub("\\(.)", function(letter) return ESCAPES[letter] or letter end))
end

local function read_line(line, where, variables)
  local text = blank.trim(line):gsub("^export%s+", "")
  if text == "" or text:sub(1, 1) == "#" then return end
  local key, value = text:match("^([^=]*)=(.*)$")
  key = check_key(key and blank.trim_end(key) or text, where)
  variables[key] = value and unquoted(value:gsub("^%s+", ""), where) or value_of(key, where)
end

local function read_file(path, variables)
  local number = 0
  for line in (fs.read(path) .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    read_line(line, ("%s:%d"):format(path, number), variables)
  end
end

-- Names the variable, never its value: that is masked in what is said from now on.
local function check_values(variables)
  for key, value in pairs(variables) do
    secrets.conceal_named(key, value)
    if not utf8.len(value) then
      refuse(("the value of the variable %s is not UTF-8"):format(key),
        "neither Daytona nor the engine takes other bytes; encode it, as base64 for one")
    end
  end
  return variables
end

--- Returns the variables that the arguments ask for; those of --env go before those of --env-file.
--- Raises (exit 2) for what is no variable, is not set or is not UTF-8. Lines of a file are
--- KEY=VALUE, KEY (the environment's value) or comments; values may stand in quotes.
---@param args {env: string[], env_files: string[]}
---@return table<string, string>
function M.read(args)
  local variables = {}
  for _, path in ipairs(args.env_files or {}) do read_file(path, variables) end
  for _, word in ipairs(args.env or {}) do
    local key, value = word:match("^([^=]*)=(.*)$")
    key = check_key(key or word, "--env")
    variables[key] = value or value_of(key, "--env")
  end
  return check_values(variables)
end

return M
