--- What a run writes down about itself, and how long that is kept.
local policy = require("os2.policy")

---@class os2.policies.history
local M = {}

policy.define("history.enabled", {
  doc = "Whether a run writes down what it decides and does.",
  type = "boolean", default = true,
})

policy.define("history.skip", {
  doc = "The commands whose runs are not written down.",
  type = "list", element = "string", default = { "completion", "help", "history", "policy" },
})

policy.define("history.code", {
  doc = "Whether the text after -e is written down; it may hold secrets that os2 cannot know. "
    .. "Otherwise only its length is.",
  type = "boolean", default = false,
})

policy.define("history.variables", {
  doc = "The variables whose values are written down, so that decisions can be asked again; \"*\" "
    .. "stands for any text. A value that is secret (secrets.names) never is; of the other "
    .. "variables only the names are.",
  type = "list", element = "string", default = {
    "DAYTONA_*", "DOPPLER_*", "ITERATE_*", "OS2_*", "GITHUB_ACTOR", "GITHUB_JOB", "GITHUB_REF*",
    "GITHUB_RUN_*", "GITHUB_SHA", "LOGNAME", "USER",
  },
})

policy.define("history.fact_bytes", {
  doc = "The longest fact or answer that is written down whole; of a longer one a hash, the length "
    .. "and the count are.",
  type = "integer", unit = "bytes", range = { 200, 1024 * 1024 }, default = 64 * 1024,
})

policy.define("history.run_bytes", {
  doc = "How much one run writes down; of what it does later only the end is.",
  type = "integer", unit = "bytes", range = { 4096, 256 * 1024 * 1024 }, default = 4 * 1024 * 1024,
})

policy.define("history.keep_days", {
  doc = "For how many days a run is kept.",
  type = "integer", unit = "days", range = { 1, 3650 }, default = 30,
})

policy.define("history.keep_bytes", {
  doc = "How much all runs may take; the oldest are removed.",
  type = "integer", unit = "bytes", range = { 1024 * 1024, 1 << 40 }, default = 100 * 1000 * 1000,
})

policy.define("history.prune_every", {
  doc = "How often a run that ends removes what is too old or too much.",
  type = "integer", unit = "s", range = { 0, 604800 }, default = 3600,
})

policy.define("history.prune_most", {
  doc = "How many runs are removed at once; the others follow at the end of a later run.",
  type = "integer", range = { 1, 1000 * 1000 }, default = 2000,
})

return M
