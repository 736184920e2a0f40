--- What must not be told.
local names = require("os2.text.names")
local policy = require("os2.policy")

---@class os2.policies.secrets
local M = {}

policy.define("secrets.names", {
  doc = "Names of variables and build arguments whose values are masked wherever something is "
    .. "said; \"*\" stands for any text, case does not matter.",
  type = "list", element = "string", default = names.SECRETS,
})

return M
