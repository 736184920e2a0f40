--- How far the snapshot of a machine is behind the newest usable one of its prefix.
local policy = require("os2.policy")
local progress = require("os2.report.progress")
local task = require("os2.task")

---@class os2.flows.machine.behind
---@field private provider table
---@field private is_needed boolean  raises when the newest one is not known
---@field private newest table<string, number|false>  prefix -> the time in its name
---@field private seconds table<string, number|false>  snapshot -> how far behind
---@field private count integer  prefixes that were asked about
local Behind = {}
Behind.__index = Behind

local M = {}

--- Returns a reader for the machines of a list. It asks once for each prefix.
---@param provider table
---@param is_needed boolean  what cannot be asked raises; otherwise it is not known
---@return os2.flows.machine.behind
function M.new(provider, is_needed)
  return setmetatable({
    provider = provider, is_needed = is_needed, newest = {}, seconds = {}, count = 0,
  }, Behind)
end

local function time_of(name, prefix)
  return (policy.ask("naming.parse", { name = name, prefix = prefix }))
end

local function ask(provider, prefix)
  for page in provider.pages(policy.ask("resolution.query", { prefix = prefix })) do
    local newest = policy.ask("resolution.pick", {
      snapshots = page, prefix = prefix, is_local = provider.is_local,
    })
    if newest then return time_of(newest.name, prefix) end
  end
  return false
end

local function tell(prefix, failure)
  progress.warn(("how far machines are behind the newest of %s is not known: %s"):format(prefix,
    failure.message))
end

function Behind:newest_of(prefix)
  if self.newest[prefix] ~= nil then return self.newest[prefix] end
  self.count = self.count + 1
  if self.is_needed then
    self.newest[prefix] = ask(self.provider, prefix)
  elseif self.count <= policy.ask("machine.prefixes") then
    local newest, failure = task.try(ask, self.provider, prefix)
    if failure then tell(prefix, failure) end
    self.newest[prefix] = newest or false
  end
  return self.newest[prefix] or false
end

function Behind:find(name)
  local prefix = policy.ask("naming.prefix", { name = name })
  local newest = prefix and self:newest_of(prefix)
  if not newest then return false end
  return math.max(0, newest - time_of(name, prefix))
end

--- Returns how many seconds a snapshot is older than the newest usable one of its prefix, by the
--- times in their names: 0 for the newest itself. nil when it is not known.
---@param name string?
---@return number?
function Behind:of(name)
  if not name then return nil end
  local seconds = self.seconds[name]
  if seconds == nil then
    seconds = self:find(name)
    self.seconds[name] = seconds
  end
  return seconds or nil
end

return M
