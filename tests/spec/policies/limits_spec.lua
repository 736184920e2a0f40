--- How much is taken of what others send.
local policy = require("os2.policy")

describe("os2.policies.limits", function()
  before_each(policy.reset)

  it("has a bound for each thing", function()
    assert.equal(2000, policy.ask("limits.message"))
    assert.equal(4096, policy.ask("limits.line"))
    assert.equal(1000, policy.ask("limits.pages"))
    assert.equal(10 * 1024 * 1024, policy.ask("limits.pack"))
  end)

  it("refuses a bound that is none", function()
    for _, name in ipairs{ "limits.message", "limits.line", "limits.pages" } do
      for _, bound in ipairs{ 0, -1, 1.5, math.huge, "1M" } do
        assert.is_false((pcall(policy.set, name, bound)), name)
      end
    end
  end)
end)
