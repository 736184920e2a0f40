--- How often a state is polled: soon at first, then less and less often.
local policy = require("os2.policy")

---@class os2.policies.poll
local M = {}

--- Returns the pause before the next poll.
---@param facts {attempt: integer}  polls so far, from 1
---@return number seconds
function M.interval(facts)
  local first, factor = policy.ask("poll.first", facts), policy.ask("poll.factor", facts)
  return math.min(first * factor ^ (facts.attempt - 1), policy.ask("poll.longest", facts))
end

local LOOK_FACTS <const> = {
  attempt = "integer: number of polls so far, from 1",
}

policy.define("poll.first", {
  facts = LOOK_FACTS,
  doc = "The pause after the first poll.",
  type = "number", unit = "s", range = { 0.05, 60 }, default = 0.5,
})

policy.define("poll.factor", {
  facts = LOOK_FACTS,
  doc = "The factor by which each pause is longer than the previous one.",
  type = "number", range = { 1, 10 }, default = 1.5,
})

policy.define("poll.longest", {
  facts = LOOK_FACTS,
  doc = "The longest pause between two polls.",
  type = "number", unit = "s", range = { 0.05, 600 }, default = 5,
})

policy.define("poll.interval", {
  facts = LOOK_FACTS,
  doc = "The pause before the next poll of a snapshot or machine that is not ready yet.",
  default = M.interval,
  returns = { type = "number", unit = "s", range = { 0, 3600 }, doc = "seconds" },
})

return M
