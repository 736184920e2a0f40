--- The environment variables of a machine: --env and --env-file. Values are never in an error.
local env_file = require("os2.flows.machine.env_file")
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

local function read_file(path, variables)
  env_file.read(fs.read(path), path, function(name, value, where)
    variables[name] = value or value_of(name, where)
  end)
end

local function refuse_value(key, what, hint)
  refuse(("the value of the variable %s %s"):format(key, what),
    hint .. "; encode it, as base64 for one")
end

-- Names the variable, never its value: that is masked in what is said from now on.
local function check_values(variables)
  for key, value in pairs(variables) do
    secrets.conceal_named(key, value)
    if not utf8.len(value) then
      refuse_value(key, "is not UTF-8", "neither Daytona nor the engine takes other bytes")
    end
    if value:find("\0", 1, true) then
      refuse_value(key, "holds a zero byte", "no environment holds one")
    end
  end
  return variables
end

--- Returns the variables that the arguments ask for; those of --env go before those of --env-file.
--- Raises (exit 2) for what is no variable, is not set or is not UTF-8. A file is read as docker
--- compose and the dotenv tools read it; KEY alone takes the environment's value.
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
