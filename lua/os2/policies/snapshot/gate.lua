--- How an image is tried before it is published (`--verify`).
local policy = require("os2.policy")
local rules = require("os2.base.rules")

---@class os2.policies.snapshot.gate
local M = {}

local function check_each(list)
  for _, command in ipairs(list) do
    local ok, why = rules.not_empty(command)
    if not ok then return nil, why end
  end
  return true
end

policy.define("snapshot.gate", {
  doc = "Whether an image is published only after a machine of it has worked; as --verify.",
  type = "boolean", default = false,
})

policy.define("snapshot.gate_health", {
  doc = "Whether the machine of a candidate must be healthy: its port (machine.port) answers the "
    .. "path machine.health_path with 200.",
  type = "boolean", default = true,
})

policy.define("snapshot.gate_env", {
  doc = "The environment variables of a candidate's machine, each KEY=VALUE, or KEY for the value "
    .. "that the run's environment has; as --verify-env.",
  type = "list", element = "string", default = {}, check = check_each,
})

policy.define("snapshot.checks", {
  doc = "The commands that the machine of a candidate runs with /bin/sh, one after the other; each "
    .. "must end with 0. By default the versions of the tools of sandbox/Dockerfile.",
  type = "list", element = "string", check = check_each, default = {
    "node --version", "pnpm --version", "tsx --version", "gh --version", "claude --version",
    "opencode --version", "git --version", "os2 --version",
  },
})

policy.define("snapshot.keep_candidate", {
  doc = "Whether a candidate that failed is kept, with its machine; as --keep-candidate. Otherwise "
    .. "both are deleted, and the error has the end of the output.",
  type = "boolean", default = false,
})

policy.define("snapshot.gate_permissions", {
  doc = "The permissions that --verify needs besides snapshot.permissions. They are checked before "
    .. "the build.",
  type = "list", element = "string",
  default = { "write:sandboxes", "delete:sandboxes", "delete:snapshots" },
})

return M
