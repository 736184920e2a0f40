--- How much `os2 status` shows and asks for, and what it and `os2 doctor` call wrong.
local policy = require("os2.policy")

---@class os2.policies.status
local M = {}

policy.define("status.newest", {
  doc = "How many of the newest snapshots of the prefix `os2 status` shows.",
  type = "integer", range = { 1, 200 }, default = 5,
})

policy.define("status.machines", {
  doc = "How many machines `os2 status` counts at most.",
  type = "integer", range = { 0, 1000000 }, default = 2000,
})

policy.define("status.pages", {
  doc = "How many pages of snapshots `os2 status` reads at most, to find the newest usable one.",
  type = "integer", range = { 1, 100 }, default = 5,
})

policy.define("status.expiry", {
  doc = "How long before the end of an API key `os2 status` warns of it.",
  type = "number", unit = "s", range = { 0, 31536000 }, default = 7 * 24 * 3600,
})

policy.define("status.room", {
  doc = "How much room a disk must have; with less, `os2 doctor` calls it wrong.",
  type = "number", unit = "GB", range = { 0, 100000 }, default = 5,
})

return M
