--- Waits in a test for what other processes do, with a deadline that only a hang reaches.
local clock = require("os2.clock")
local task = require("os2.task")

---@class tests.lib.patience
local M = {}

--- Seconds for what must come, also on a machine that has ten times the work that it can do.
M.SECONDS = 120

local PAUSE_SECONDS <const> = 0.02

--- Asks again and again until a condition holds, and returns what it gave. Raises after the
--- deadline.
---@generic T
---@param what string|fun(): string  for the message: "the log is there"
---@param condition fun(): T?
---@param pause? number  seconds between two looks
---@return T
function M.until_true(what, condition, pause)
  local due = clock.monotonic() + M.SECONDS
  while true do
    local found = condition()
    if found then return found end
    if clock.monotonic() > due then
      local words = type(what) == "function" and what() or what
      error(("not so after %d s: %s"):format(M.SECONDS, words), 2)
    end
    task.sleep(pause or PAUSE_SECONDS)
  end
end

return M
