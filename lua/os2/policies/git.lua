--- Which git program reads working trees, and the limits for what git and its servers send.
local policy = require("os2.policy")

---@class os2.policies.git
local M = {}

local MEGABYTE <const> = 1024 * 1024

policy.define("git.program", {
  doc = "The git program that reads working trees. A name is searched for in the PATH. When the "
    .. "text is empty or the program does not exist, libgit2 reads them.",
  type = "string", default = "git",
})

policy.define("git.output_limit", {
  doc = "The longest output that is accepted from the git program.",
  type = "integer", unit = "bytes", range = { 1024, 4096 * MEGABYTE }, default = 256 * MEGABYTE,
})

policy.define("git.advertisement_limit", {
  doc = "The longest list of references that is accepted from a git server.",
  type = "integer", unit = "bytes", range = { 1024, 1024 * MEGABYTE }, default = 128 * MEGABYTE,
})

policy.define("git.redirects", {
  doc = "How many redirects of a git server are followed. A redirect to another scheme, host or "
    .. "port is never followed.",
  type = "integer", range = { 0, 20 }, default = 5,
})

return M
