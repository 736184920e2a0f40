--- Which git program is asked about working trees, and how much is taken from git's side.
local policy = require("os2.policy")

---@class os2.policies.git
local M = {}

local MEGABYTE <const> = 1024 * 1024

policy.define("git.program", {
  doc = "The git program that is asked about working trees where it is there; a name is looked up "
    .. "on the PATH, and an empty text is none: libgit2 alone looks then.",
  type = "string", default = "git",
})

policy.define("git.output_limit", {
  doc = "The longest answer that is taken from the git program.",
  type = "integer", unit = "bytes", range = { 1024, 4096 * MEGABYTE }, default = 256 * MEGABYTE,
})

policy.define("git.advertisement_limit", {
  doc = "The longest list of references that is taken from a git server.",
  type = "integer", unit = "bytes", range = { 1024, 1024 * MEGABYTE }, default = 128 * MEGABYTE,
})

policy.define("git.redirects", {
  doc = "How many redirects of a git server are followed, within its scheme, host and port; none "
    .. "leads to another.",
  type = "integer", range = { 0, 20 }, default = 5,
})

return M
