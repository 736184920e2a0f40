--- How much is taken from a server.
local policy = require("os2.policy")

describe("os2.policies.http", function()
  before_each(policy.reset)

  it("keeps answers of up to 64 MiB", function()
    assert.equal(64 * 1024 * 1024, policy.ask("http.response_limit"))
  end)

  it("reads answers of up to 8 MiB as JSON", function()
    assert.equal(8 * 1024 * 1024, policy.ask("http.json_limit"))
  end)

  it("refuses a limit that is none", function()
    for _, limit in ipairs{ 0, -1, 1.5, math.huge, "1M" } do
      assert.is_false((pcall(policy.set, "http.response_limit", limit)))
    end
  end)
end)
