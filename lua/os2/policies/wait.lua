--- How os2 learns that a snapshot or a machine has changed: it is told, or it asks at intervals.
local policy = require("os2.policy")

---@class os2.policies.wait
local M = {}

policy.define("wait.by", {
  doc = "How a wait for a snapshot or a machine learns of a change: `events` is told by Daytona's "
    .. "notification gateway, and asks at intervals where there is none; `polling` only asks.",
  type = "string", values = { "events", "polling" }, default = "events",
})

policy.define("wait.beside", {
  doc = "The pause between two polls of what the notification gateway has told of before, in case "
    .. "an event is lost. What it has told nothing of is polled at the intervals of `poll.*`.",
  type = "number", unit = "s", range = { 0.05, 600 }, default = 15,
})

policy.define("wait.follow", {
  doc = "The pause between two looks into the cache of an `os2 resolve --watch` that another one "
    .. "feeds.",
  type = "number", unit = "s", range = { 0.01, 600 }, default = 0.1,
})

policy.define("wait.gather_from", {
  doc = "While a run waits for more machines than this, it looks at them by lists, not one by one.",
  type = "integer", range = { 0, 100000 }, default = 32,
})

policy.define("wait.gather", {
  doc = "How long looks are gathered at most before a list answers them.",
  type = "number", unit = "s", range = { 0.01, 60 }, default = 1,
})

policy.define("wait.linger", {
  doc = "How long the connection to the notification gateway is kept after the last wait.",
  type = "number", unit = "s", range = { 0, 600 }, default = 5,
})

return M
