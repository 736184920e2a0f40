--- Whether a snapshot is what an earlier run has left.
local images = require("os2.text.images")
local policy = require("os2.policy")

---@class os2.flows.snapshots.orphan
local M = {}

local function is_own(snapshot)
  local tag = type(snapshot.imageName) == "string" and images.tag_of(snapshot.imageName)
  return tag and policy.ask("snapshot.read_tag", { tag = tag }).is_own == true or false
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
