--- Which values are secret.
local names = require("os2.text.names")
local policy = require("os2.policy")

---@class os2.policies.secrets
local M = {}

policy.define("secrets.names", {
  doc = "The names of variables and build arguments whose values are masked in all output; \"*\" "
    .. "stands for any text, and case does not matter.",
  type = "list", element = "string", default = names.SECRETS,
})

return M
