--- Limits for what others send: a longer text is cut, a longer list is an error.
local policy = require("os2.policy")

---@class os2.policies.limits
local M = {}

local function define(word, doc, unit, least, most, default)
  policy.define("limits." .. word, {
    doc = doc, type = "integer", unit = unit, range = { least, most }, default = default,
  })
end

define("message", "The longest text of a server, an engine or a program in an error's message.",
  "bytes", 200, 64 * 1024, 2000)
define("line", "The longest line of a build's log; a longer one is shown in pieces.", "bytes", 200,
  64 * 1024, 4096)
define("step_output", "How much of the output of a build's step is kept, so that the error of a "
  .. "step that fails can show it: the last lines.", "bytes", 200, 256 * 1024, 64 * 1024)
define("secret", "The largest secret that a build is given.", "bytes", 1, 1024 * 1024, 500 * 1000)
define("pack", "How large the files of a pack of scripts may be, together.", "bytes", 1,
  1024 * 1024 * 1024, 10 * 1024 * 1024)
define("pages", "How many pages of one list are read.", nil, 1, 1000 * 1000, 1000)

return M
