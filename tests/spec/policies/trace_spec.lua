--- How a run is traced.
local policy = require("os2.policy")

describe("os2.policies.trace", function()
  before_each(policy.reset)
  teardown(policy.reset)

  it("ships with a short deadline and with bounds", function()
    assert.equal(2, policy.ask("trace.deadline"))
    assert.equal(1000, policy.ask("trace.span_limit"))
    assert.equal(1024, policy.ask("trace.value_limit"))
    assert.is_true(policy.ask("trace.headers"))
  end)

  it("refuses a bound that is none", function()
    for _, name in ipairs{ "trace.deadline", "trace.span_limit", "trace.value_limit" } do
      for _, value in ipairs{ 0, -1, math.huge, "1" } do
        assert.is_false((pcall(policy.set, name, value)), name)
      end
    end
  end)
end)
