--- The environment of a test: the same variables everywhere, and folders of its own for what os2
--- keeps on disk.
local env = require("os2.env")
local fs = require("os2.fs")
local lfs = require("lfs")
local native_proc = require("host.proc")
local policy = require("os2.policy")
local random = require("os2.base.random")
local world = require("os2.flows.testing.world")

---@class os2.flows.testing.environment
---@field folder string
local Environment = {}
Environment.__index = Environment

local M = {}

-- What programs need that a script starts.
local KEPT <const> = {
  PATH = true, HOME = true, USER = true, LANG = true, LC_ALL = true, TMPDIR = true, TZ = true,
  XDG_CONFIG_HOME = true, OS2_POLICY = true,
}

local OF_WORLD <const> = {
  DAYTONA_API_KEY = "test-key-of-os2", DAYTONA_API_URL = world.DAYTONA_URL,
  DOCKER_HOST = world.DOCKER_HOST,
}

local function current()
  local all = {}
  for _, entry in ipairs(native_proc.environment()) do
    local name, value = entry:match("^([^=]+)=(.*)$")
    if name then all[name] = value end
  end
  return all
end

local function set_all(variables)
  for name, value in pairs(variables) do native_proc.set_variable(name, value) end
  policy.set_facts{ env = env.all() }
end

local function values_of(folder, before, is_real)
  local values = {
    XDG_CACHE_HOME = folder .. "/cache", XDG_STATE_HOME = folder .. "/state",
    XDG_DATA_HOME = folder .. "/data",
  }
  if is_real then return values end
  for name in pairs(before) do
    if not KEPT[name] then values[name] = values[name] or "" end
  end
  for name, value in pairs(OF_WORLD) do values[name] = value end
  values.DOCKER_CONFIG = folder .. "/docker"
  return values
end

-- Chosen before a test sets the seed, after which all processes would choose the same.
local WORD <const> = random.word()
local count = 0

local function new_folder()
  count = count + 1
  local path = ("%s/os2-test-%s-%d"):format(env.get("TMPDIR") or "/tmp", WORD, count)
  fs.mkdir_p(path, tonumber("700", 8))
  return path
end

-- Without a wait, so that it works also at the end of a test that took too long.
local function remove_tree(path)
  if lfs.symlinkattributes(path, "mode") == "directory" then
    for _, name in ipairs(fs.list(path)) do remove_tree(path .. "/" .. name) end
  end
  os.remove(path)
end

--- Sets the variables of a test until it is closed.
---@param is_real boolean  the network is asked: the variables of the run stay
---@return os2.flows.testing.environment
function M.enter(is_real)
  local self = setmetatable({ folder = new_folder(), before = current() }, Environment)
  set_all(values_of(self.folder, self.before, is_real))
  return self
end

--- Sets more variables; false unsets one.
---@param variables table<string, string|false>
function Environment.set(_, variables)
  local values = {}
  for name, value in pairs(variables) do values[name] = value or "" end
  set_all(values)
end

--- Sets the addresses and the key of `test.world`.
function Environment:set_world() self:set(OF_WORLD) end

--- Puts the variables of the run back, and removes the folders.
function Environment:close()
  local values = {}
  for name in pairs(current()) do values[name] = self.before[name] or "" end
  set_all(values)
  remove_tree(self.folder)
end

Environment.__close = Environment.close

return M
