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

policy.define("wait.absent", {
  doc = "How long a notification gateway that is not there, or that refuses the key, is left alone "
    .. "until os2 tries to connect again.",
  type = "number", unit = "s", range = { 0.05, 86400 }, default = 60,
})

policy.define("wait.follow", {
  doc = "The pause between two looks of an `os2 resolve --watch` for what the one that asks for it "
    .. "has learned, and of that one for new questions.",
  type = "number", unit = "s", range = { 0.01, 600 }, default = 0.05,
})

policy.define("wait.leader", {
  doc = "How long the `os2 resolve --watch` that asks for others may give no sign of life, such as "
    .. "when it was stopped, until they ask for themselves. It gives one each second.",
  type = "number", unit = "s", range = { 2, 600 }, default = 5,
})

policy.define("wait.gather_from", {
  doc = "While a run waits for more machines than this, it looks at them by lists, not one by one.",
  type = "integer", range = { 0, 100000 }, default = 32,
})

policy.define("wait.gather", {
  doc = "How long looks are gathered at most before a list answers them.",
  type = "number", unit = "s", range = { 0.01, 60 }, default = 1,
})

policy.define("wait.connect", {
  doc = "How long a run over more than `wait.gather_from` machines waits for the notification "
    .. "gateway before its first request. A machine that is made before the connection stands is "
    .. "not told of from its beginning, and is polled.",
  type = "number", unit = "s", range = { 0, 60 }, default = 1,
})

policy.define("wait.linger", {
  doc = "How long the connection to the notification gateway is kept after the last wait.",
  type = "number", unit = "s", range = { 0, 600 }, default = 5,
})

return M
