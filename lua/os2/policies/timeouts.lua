--- How long each kind of waiting may take.
local policy = require("os2.policy")

---@class os2.policies.timeouts
local M = {}

local HOUR <const> = 3600
local DAY <const> = 24 * HOUR

local function define(word, doc, default, least, most)
  policy.define("timeouts." .. word, {
    doc = doc, type = "number", unit = "s", range = { least, most }, default = default,
  })
end

define("connect", "Until a connection stands, name lookup and TLS included.", 10, 0.1, 10 * 60)
define("request", "One request to the Daytona API, connecting included.", 30, 0.1, HOUR)
define("engine", "One short question to the Docker Engine.", 30, 0.1, HOUR)
define("build", "A whole image build.", HOUR, 1, DAY)
define("push", "A whole push.", HOUR, 1, DAY)
define("activate", "From registering a snapshot until it is active; --timeout says another.",
  20 * 60, 1, DAY)
define("lock", "Waiting for another process that asks the same; then one asks it oneself.",
  60, 0, HOUR)
-- An interrupted run ends within a second, what it tidies up included.
define("cleanup", "What is tidied up after a failure or an interrupt.", 0.8, 0, 60)

return M
