--- Back to an image that was good: which one that is, and the steps of it.
local policy = require("os2.policy")

---@class os2.policies.snapshot.rollback
local M = {}

--- Decides whether a snapshot was healthy once: machines can start from it now, or Daytona has
--- recorded a use, which it does when a snapshot becomes active.
---@param facts {snapshot: table}
---@return boolean, string? why
function M.healthy(facts)
  local snapshot = facts.snapshot
  if snapshot.state == "active" or type(snapshot.lastUsedAt) == "string" then return true end
  return false, ("it never was active (state %s)"):format(tostring(snapshot.state))
end

policy.define("snapshot.healthy", {
  facts = {
    snapshot = "table: the provider's current record",
  },
  doc = "Whether a snapshot was healthy once, so that a rollback may go to it: it is active, or "
    .. "was used.",
  default = M.healthy, returns = { type = "boolean", doc = "true, or false and why" },
})

return M
