--- The environment of the process.
local native_proc = require("host.proc")

---@class os2.env
local M = {}

-- Loaded at first use, because most runs read a variable but need no masking.
local function secrets()
  return require("os2.text.secrets")
end

--- Returns the value of a variable; nil when it is unset or empty.
---@param name string
---@return string?
function M.get(name)
  local value = os.getenv(name)
  if value == "" then return nil end
  return value
end

--- Returns the home directory; nil when HOME is unset or empty. Raises `invalid` (exit "config")
--- when HOME is relative, because it would name another place in each directory.
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

--- Returns a copy of the environment without the variables whose name marks them as secret (policy
--- `secrets.names`).
---@return table<string, string>
function M.all()
  local all, is_secret = {}, secrets().is_name
  for _, entry in ipairs(native_proc.environment()) do
    local at = entry:find("=", 1, true) or 1
    local name = entry:sub(1, at - 1)
    if name ~= "" and not is_secret(name) then all[name] = entry:sub(at + 1) end
  end
  return all
end

--- Sets a variable of os2's own environment, which the programs that it starts later inherit.
---@param name string
---@param value string  without zero bytes
function M.set(name, value)
  require("os2.err").check(native_proc.set_variable(name, value))
  local policy = package.loaded["os2.policy"]
  if policy then policy.set_facts{ env = M.all() } end -- a policy may have been asked before
end

--- Masks a value from now on if its name marks it as secret (policy `secrets.names`), and the
--- passwords of URLs in it. For values that do not come from the environment.
---@param name string
---@param value string
function M.conceal(name, value)
  secrets().conceal_named(name, value)
end

--- Returns the text with the values of secret variables, and the passwords of URLs, replaced by
--- "***". Servers repeat what they were sent, and builds print what they run.
---@param text string
---@return string
function M.masked(text)
  return secrets().masked(text)
end

return M
