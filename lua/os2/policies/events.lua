--- Being told of changes by Daytona's notification gateway, instead of asking.
local policy = require("os2.policy")

---@class os2.policies.events
local M = {}

local MEGABYTE <const> = 1024 * 1024

policy.define("events.silence", {
  doc = "How long the gateway may say nothing before its connection counts as lost. It pings every "
    .. "25 s.",
  type = "number", unit = "s", range = { 1, 3600 }, default = 50,
})

policy.define("events.held", {
  doc = "How much of events is held for a script, or a reader of `os2 events`, that takes none at "
    .. "the moment. With more, nothing is read any more, and the gateway hangs up.",
  type = "integer", unit = "bytes", range = { 1024, 1024 * MEGABYTE }, default = 16 * MEGABYTE,
})

policy.define("events.max_message", {
  doc = "The longest event that is taken from the gateway.",
  type = "integer", unit = "bytes", range = { 1024, 1024 * MEGABYTE }, default = 16 * MEGABYTE,
})

return M
