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
define("push_visible", "Until the registry shows what was pushed to it.", 60, 0, HOUR)
define("git", "Looking at a git repository, here or on a server.", 60, 0.1, HOUR)
define("git_transfer", "A whole clone, fetch or reset.", 20 * 60, 1, DAY)
define("git_idle", "A git server that sends nothing.", 60, 1, HOUR)
define("activate", "From registering a snapshot until it is active; --timeout says another.",
  20 * 60, 1, DAY)
define("machine_start", "From asking for a machine, or for its start, until it is started.", 180, 1,
  DAY)
define("machine_healthy", "From a machine's start until its port answers with 200.", 180, 1, DAY)
define("machine_change", "Until a machine is stopped or archived.", 10 * 60, 1, DAY)
define("machine_delete", "Until a machine that is to be deleted is gone.", 120, 1, DAY)
define("exec", "A command in a machine; --timeout says another.", HOUR, 1, 7 * DAY)
define("follow", "Following a machine's logs.", DAY, 1, 30 * DAY)
define("transfer", "Copying files into a machine or out of it.", HOUR, 1, DAY)
-- CI systems kill what is still there 7.5 s after they interrupted it.
define("machine_cleanup",
  "Deleting machines that a run made which was interrupted, or came to its deadline.", 7, 0, 600)
define("machine_undo", "Deleting machines that a failed run made.", 60, 0, HOUR)
define("lock", "Waiting for another process that asks the same; then it counts as unavailable.",
  60, 0, HOUR)
-- An interrupted run ends within a second, what it tidies up included.
define("cleanup", "What is tidied up after a failure or an interrupt.", 0.8, 0, 60)

return M
