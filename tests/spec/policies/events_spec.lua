--- Being told of changes.
local policy = require("os2.policy")

describe("os2.policies.events", function()
  before_each(policy.reset)

  it("takes a gateway for lost that misses two pings", function()
    assert.equal(50, policy.ask("events.silence"))
  end)

  it("takes events of up to 16 MiB, and holds as much", function()
    assert.equal(16 * 1024 * 1024, policy.ask("events.held"))
    assert.equal(16 * 1024 * 1024, policy.ask("events.max_message"))
  end)
end)
