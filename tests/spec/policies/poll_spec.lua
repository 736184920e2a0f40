--- How often to look.
local policy = require("os2.policy")

local function interval(attempt)
  return policy.ask("poll.interval", { attempt = attempt })
end

describe("os2.policies.poll", function()
  before_each(policy.reset)

  for attempt, seconds in pairs{ [1] = 0.5, [2] = 0.75, [3] = 1.125, [10] = 5, [5000] = 5 } do
    it(("pauses %g s after look %d"):format(seconds, attempt), function()
      assert.are.equal(seconds, interval(attempt))
    end)
  end

  it("never gets shorter", function()
    for attempt = 1, 50 do assert.is_true(interval(attempt) <= interval(attempt + 1)) end
  end)

  it("follows what is set", function()
    policy.set("poll.first", 2)
    policy.set("poll.factor", 1)
    assert.are.equal(2, interval(9))
    policy.set("poll.interval", 3)
    assert.are.equal(3, interval(1))
  end)
end)
