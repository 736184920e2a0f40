--- The environment of the process.
local proc = require("host.proc")

---@class os2.env
local M = {}

local SECRET_ENDINGS <const> = {
  "KEY", "TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "CREDENTIALS", "AUTH_CONFIG",
}

local function is_secret(name)
  for _, ending in ipairs(SECRET_ENDINGS) do
    if name:upper():sub(-#ending) == ending then return true end
  end
  return false
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
  for _, entry in ipairs(proc.environment()) do
    local name, value = entry:match("^([^=]+)=(.*)$")
    if name and not is_secret(name) then all[name] = value end
  end
  return all
end

local LEAST <const> = 8 -- characters: a shorter one may well be a word of the text

local secrets -- patterns that match the values; found at first use

local function conceal(name, value)
  if #value >= LEAST and is_secret(name) then
    secrets[#secrets + 1] = value:gsub("%p", "%%%0")
  end
end

local function find_secrets()
  secrets = {}
  for _, entry in ipairs(proc.environment()) do
    local name, value = entry:match("^([^=]+)=(.*)$")
    if name then conceal(name, value) end
  end
end

--- Conceals a value from now on, where its name calls it a secret: one that was given otherwise
--- than by the environment.
---@param name string
---@param value string
function M.conceal(name, value)
  if not secrets then find_secrets() end
  conceal(name, value)
end

--- Returns text in which the values of those secret variables are "***": servers send back what
--- they were sent, and builds say what they run.
---@param text string
---@return string
function M.masked(text)
  if not secrets then find_secrets() end
  for _, secret in ipairs(secrets) do text = text:gsub(secret, "***") end
  return text
end

return M
