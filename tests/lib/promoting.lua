--- The environments of the specs that promote: no other run on the engine has their prefixes.
local worlds = require("tests.lib.world")

---@class tests.lib.promoting
local M = {}

M.DEV = worlds.PREFIX
M.STG = M.DEV:gsub("%-%-$", "-stg--")
M.PRD = M.DEV:gsub("%-%-$", "-prd--")

--- A policy file with them.
M.ENVIRONMENTS = ([[
policy.api(1)
policy.set("poll.first", 0.05)
policy.set("environment.table", {
  dev = { doppler = "dev", prefix = "%s" }, stg = { doppler = "stg", prefix = "%s" },
  prd = { doppler = "prd", prefix = "%s" },
})
]]):format(M.DEV, M.STG, M.PRD)

return M
