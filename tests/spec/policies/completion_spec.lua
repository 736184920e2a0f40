--- How long a key that is pressed waits, and how much it shows.
local policy = require("os2.policy")

describe("completion", function()
  it("waits no longer than a person notices, and shows what fits in a terminal", function()
    assert.equal(0.3, policy.ask("completion.timeout"))
    assert.equal(200, policy.ask("completion.most"))
  end)
end)
