--- The environment of the process.
local native_proc = require("host.proc")

---@class os2.env
local M = {}

-- At first use: most runs look at a variable, and at no secret.
local function secrets()
  return require("os2.text.secrets")
end

--- Returns a variable, or nil when it is unset or empty.
---@param name string
---@return string?
function M.get(name)
  local value = os.getenv(name)
  if value == "" then return nil end
  return value
end

--- Returns the home directory, or nil when HOME is unset or empty. Raises an `invalid` error (exit
--- "config") for a relative one: what is kept there would be elsewhere in each directory.
---@return string?
function M.home()
  local home = M.get("HOME")
  if not home or home:sub(1, 1) == "/" then return home end
  local err = require("os2.err")
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "env",
    message = ("HOME is %q, which is a relative path"):format(home),
    hint = "set HOME to a path that begins with /, or unset it",
  })
end

--- Returns a copy of the environment without what its name calls a secret.
---@return table<string, string>
function M.all()
  local all = {}
  for _, entry in ipairs(native_proc.environment()) do
    local name, value = entry:match("^([^=]+)=(.*)$")
    if name and not secrets().is_name(name) then all[name] = value end
  end
  return all
end

--- Conceals a value from now on, where its name calls it a secret (policy `secrets.names`): one
--- that was given otherwise than by the environment. So are the passwords of URLs in it.
---@param name string
---@param value string
function M.conceal(name, value)
  secrets().conceal_named(name, value)
end

--- Returns text in which the values of those secret variables are "***": servers send back what
--- they were sent, and builds say what they run. So are the passwords of URLs.
---@param text string
---@return string
function M.masked(text)
  return secrets().masked(text)
end

return M
