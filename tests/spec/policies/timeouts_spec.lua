--- How long each kind of waiting may take.
local policy = require("os2.policy")

describe("os2.policies.timeouts", function()
  before_each(policy.reset)

  for word, seconds in pairs{ connect = 10, request = 30, engine = 30, build = 3600, push = 3600,
    activate = 1200, lock = 60, cleanup = 0.8,
    session = 24 * 3600 } do
    it(("gives %s %g s"):format(word, seconds), function()
      assert.are.equal(seconds, policy.ask("timeouts." .. word))
    end)
  end

  it("lets an interrupted run end within a second", function()
    assert.is_true(policy.ask("timeouts.cleanup") < 1)
  end)

  it("knows no endless wait", function()
    for _, record in ipairs(policy.list()) do
      if record.name:match("^timeouts%.") then
        assert.is_true(policy.explain(record.name).range[2] < math.huge)
        assert.is_false((pcall(policy.set, record.name, math.huge)))
        assert.is_false((pcall(policy.set, record.name, 0 / 0)))
      end
    end
  end)
end)
