--- What the local Docker engine is told.
local policy = require("os2.policy")

---@class os2.policies.docker
local M = {}

--- Decides whether the engine gets the credentials of a registry for which it asks during a build.
--- What a front end other than Docker's own needs cannot be read from the Dockerfile.
---@param facts {host: string, is_named: boolean, has_foreign_front_end: boolean}  is_named: the
---  Dockerfile, or --cache-from, names an image of that registry
---@return boolean, string? why
function M.credentials(facts)
  if facts.is_named or facts.has_foreign_front_end then return true end
  return false, "the Dockerfile names no image of it"
end

policy.define("docker.credentials", {
  facts = {
    host = "string: the registry's host",
    is_named = "boolean: the Dockerfile, or --cache-from, names an image of the registry",
    has_foreign_front_end = "boolean: the front end is not docker/dockerfile",
  },
  doc = "Whether the engine gets the credentials of a registry for which it asks during a build.",
  default = M.credentials, returns = { type = "boolean", doc = "true, or false and why" },
})

return M
