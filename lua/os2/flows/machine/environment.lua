--- The environment variables of a machine: --env and --env-file. An error never contains a value.
local env_file = require("os2.flows.machine.env_file")
local fs = require("os2.fs")
local refusal = require("os2.base.refusal")
local secrets = require("os2.text.secrets")

---@class os2.flows.machine.environment
local M = {}

local refuse = refusal.of("machine.create", "usage")

local function check_key(key, where)
  if key:match("^[A-Za-z_][A-Za-z0-9_]*$") then return key end
  refuse(("%s: a variable's name consists of letters, digits and '_'"):format(where),
    "write KEY=VALUE, or KEY for the value of the environment")
end

local function value_of(key, where)
  -- not env.get, because an empty value counts here
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

-- Checks the values and masks them in all later output. An error names the variable, never its
-- value.
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

--- Returns the variables that the arguments define; --env takes precedence over --env-file. Raises
--- `invalid` (exit 2) for a word that is no variable, a variable that is not set, and a value that
--- is not UTF-8. A file is read as docker compose and the dotenv tools do; KEY alone takes the
--- value of the environment variable.
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
