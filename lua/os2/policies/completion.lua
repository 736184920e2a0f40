--- Completion of command lines in a shell.
local policy = require("os2.policy")

policy.define("completion.timeout", {
  doc = "How long the completion of a command line may wait for names of machines and snapshots; "
    .. "after it, those that were kept are offered.",
  type = "number", unit = "s", range = { 0.01, 10 }, default = 0.3,
})

policy.define("completion.most", {
  doc = "How many names of machines or snapshots the completion of a command line offers.",
  type = "integer", range = { 1, 10000 }, default = 200,
})
