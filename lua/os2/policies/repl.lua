--- The interactive session: how much of a value it shows, and what it remembers.
local policy = require("os2.policy")

---@class os2.policies.repl
local M = {}

local function define(word, doc, unit, least, most, default)
  policy.define("repl." .. word, {
    doc = doc, type = "integer", unit = unit, range = { least, most }, default = default,
  })
end

define("items", "How many entries of a list or table are shown, and how many items of an iterator.",
  nil, 1, 1000 * 1000, 20)
define("depth", "How many levels of a table are shown.", "levels", 1, 50, 4)
define("text", "The longest text that is shown whole.", "bytes", 40, 16 * 1024 * 1024, 4000)
define("completions", "How many words TAB shows.", nil, 1, 10000, 100)
define("history", "How many statements are kept for the next session; 0 keeps none.", "statements",
  0, 100 * 1000, 1000)

return M
