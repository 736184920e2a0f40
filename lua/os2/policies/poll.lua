--- How often to look while something is under way: soon at first, then less and less.
local policy = require("os2.policy")

---@class os2.policies.poll
local M = {}

--- Answers the pause before the next look.
---@param facts {attempt: integer}  looks so far, from 1
---@return number seconds
function M.interval(facts)
  local first, factor = policy.ask("poll.first", facts), policy.ask("poll.factor", facts)
  return math.min(first * factor ^ (facts.attempt - 1), policy.ask("poll.longest", facts))
end

local LOOK_FACTS <const> = {
  attempt = "integer: looks so far, from 1",
}

policy.define("poll.first", {
  facts = LOOK_FACTS,
  doc = "The pause after the first look.",
  type = "number", unit = "s", range = { 0.05, 60 }, default = 0.5,
})

policy.define("poll.factor", {
  facts = LOOK_FACTS,
  doc = "By how much each pause is longer than the one before.",
  type = "number", range = { 1, 10 }, default = 1.5,
})

policy.define("poll.longest", {
  facts = LOOK_FACTS,
  doc = "The longest pause between two looks.",
  type = "number", unit = "s", range = { 0.05, 600 }, default = 5,
})

policy.define("poll.interval", {
  facts = LOOK_FACTS,
  doc = "The pause before the next look at a snapshot that is not ready yet.",
  default = M.interval,
  returns = { type = "number", unit = "s", range = { 0, 3600 }, doc = "seconds" },
})

return M
