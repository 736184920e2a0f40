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

policy.define("docker.context_transport", {
  doc = "How a build context reaches the engine: as files, of which BuildKit asks for those that "
    .. "changed, or as a tar, which every builder takes.",
  type = "string", values = { "auto", "filesync", "tar" }, default = "auto",
})

policy.define("docker.state_directory", {
  doc = "Where os2 keeps what engines were sent of contexts, so that a file of the same size and "
    .. "time that is another one is sent again; empty: contexts in os2's cache directory.",
  type = "string", default = "",
})

policy.define("docker.state_contexts", {
  doc = "Of how many contexts that is kept; one that is forgotten is sent whole by its next build.",
  type = "number", range = { 1, 1000 }, default = 32,
})

policy.define("docker.state_files", {
  doc = "The most files of a context of which that is kept, 24 bytes each; a larger one, and each "
    .. "where it is 0, is sent whole by every build.",
  type = "number", range = { 0, 1000000 }, default = 200000,
})

return M
