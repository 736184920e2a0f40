--- What `os2 status` shows and asks for.
local policy = require("os2.policy")

describe("the policies of status", function()
  after_each(policy.reset)

  it("bound what is asked for", function()
    for name, default in pairs{ newest = 5, machines = 2000, pages = 5, expiry = 7 * 24 * 3600,
      room = 5 } do
      assert.equal(default, policy.ask("status." .. name))
    end
    assert.has_error(function() policy.set("status.newest", 0) end)
    assert.has_error(function() policy.set("status.pages", 1000) end)
  end)
end)
