--- Decides which registries' credentials the engine gets during a build, for which it may ask at
--- any time.
local client = require("os2.docker.client")
local config = require("os2.docker.config")
local foreign = require("os2.text.foreign")
local policy = require("os2.policy")
local reference = require("os2.docker.reference")
local request_log = require("os2.client.request_log")

---@class os2.docker.registries
---@field refused string[]  hosts whose credentials were not given
---@field package named table<string, true>  by their key in Docker's configuration
---@field package has_foreign_front_end boolean
local Registries = {}
Registries.__index = Registries

local M = {}

--- Returns the registries of a build.
---@param dockerfile os2.docker.dockerfile
---@param cache_from string[]?  further images that it may request
---@return os2.docker.registries
function M.new(dockerfile, cache_from)
  local named = {}
  for _, list in ipairs{ dockerfile:images(), cache_from or {} } do
    for _, ref in ipairs(list) do named[config.server(reference.registry(ref))] = true end
  end
  return setmetatable({
    refused = {}, named = named, has_foreign_front_end = dockerfile:has_foreign_front_end(),
  }, Registries)
end

local function is_told(self, host)
  local is_allowed, why = policy.ask("docker.credentials", {
    host = host, is_named = self.named[config.server(host)] or false,
    has_foreign_front_end = self.has_foreign_front_end,
  })
  if is_allowed then return true end
  request_log.say(("the engine asks for the credentials of %s and is told none: %s"):format(
    foreign.message(host), type(why) == "string" and why or "policy docker.credentials"))
  table.insert(self.refused, host)
  return false
end

--- Answers a question of the engine with the credentials of Docker's configuration, or with empty
--- ones. When a credential helper fails, the build fails with the helper's message instead of the
--- registry's refusal.
---@param op userdata  the build's operation
---@param event {id: integer, host: string}
function Registries:answer(op, event)
  local auth = is_told(self, event.host)
    and config.credentials(client.connect().config, event.host) or {}
  if auth.identitytoken then return op:answer(event.id, "", auth.identitytoken) end
  op:answer(event.id, auth.username or "", auth.password or "")
end

--- Returns the credentials for all images that a build may request, by key of Docker's
--- configuration; for the classic builder, which does not ask.
---@param images string[]
---@return table<string, table>
function M.of_images(images)
  local auths = {}
  for _, ref in ipairs(images) do
    local host = reference.registry(ref)
    auths[config.server(host)] = config.credentials(client.connect().config, host)
  end
  return auths
end

return M
