--- How much of a value the interactive session shows.
local policy = require("os2.policy")

describe("os2.policies.repl", function()
  before_each(policy.reset)

  it("bounds what is shown and kept", function()
    assert.equal(20, policy.ask("repl.items"))
    assert.equal(4, policy.ask("repl.depth"))
    assert.equal(4000, policy.ask("repl.text"))
    assert.equal(100, policy.ask("repl.completions"))
    assert.equal(1000, policy.ask("repl.history"))
  end)

  it("refuses a bound that is none", function()
    for _, name in ipairs{ "repl.items", "repl.depth", "repl.text", "repl.completions" } do
      for _, bound in ipairs{ 0, -1, 1.5, math.huge, "1M" } do
        assert.is_false((pcall(policy.set, name, bound)), name)
      end
    end
    policy.set("repl.history", 0)
    assert.equal(0, policy.ask("repl.history"))
  end)
end)
