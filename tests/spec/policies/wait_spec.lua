--- How a wait learns of a change.
local policy = require("os2.policy")

describe("os2.policies.wait", function()
  before_each(policy.reset)

  it("is told, and looks every 15 s beside it", function()
    assert.equal("events", policy.ask("wait.by"))
    assert.equal(15, policy.ask("wait.beside"))
    assert.equal(5, policy.ask("wait.linger"))
    assert.equal(0.05, policy.ask("wait.follow"))
    assert.equal(5, policy.ask("wait.leader"))
    assert.equal(60, policy.ask("wait.absent"))
  end)

  it("gathers the looks at more than 32 machines for 1 s", function()
    assert.same({ 32, 1 }, { policy.ask("wait.gather_from"), policy.ask("wait.gather") })
    assert.equal(1, policy.ask("wait.connect"))
  end)

  it("knows two ways", function()
    policy.set("wait.by", "polling")
    assert.is_false((pcall(policy.set, "wait.by", "guessing")))
  end)
end)
