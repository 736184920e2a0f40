--- Whether a snapshot is what an earlier run has left.
local identity = require("os2.flows.snapshots.identity")
local policy = require("os2.policy")

---@class os2.flows.snapshots.orphan
local M = {}

local function is_own(snapshot)
  local said = identity.tag(snapshot)
  return said ~= nil and said.is_own == true
end

--- Returns true when no run waits for a snapshot any more that os2 has made: it failed, or has been
--- under way for too long.
---@param snapshot table
---@param now? number  by default the clock's
---@return boolean
function M.is_orphan(snapshot, now)
  return (policy.ask("snapshot.orphan", {
    snapshot = snapshot, is_own = is_own(snapshot), now = now,
  }))
end

return M
