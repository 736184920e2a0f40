--- Which git program is asked, and how much is taken from git's side.
local policy = require("os2.policy")

describe("os2.policies.git", function()
  before_each(policy.reset)

  it("ships with git, and with bounds", function()
    assert.equal("git", policy.ask("git.program"))
    assert.equal(256 * 1024 * 1024, policy.ask("git.output_limit"))
    assert.equal(128 * 1024 * 1024, policy.ask("git.advertisement_limit"))
    assert.equal(5, policy.ask("git.redirects"))
  end)

  it("takes no program at all, and another one", function()
    for _, name in ipairs{ "", "/opt/git/bin/git" } do
      policy.set("git.program", name)
      assert.equal(name, policy.ask("git.program"))
    end
  end)

  it("refuses a limit that is none", function()
    for _, name in ipairs{ "git.output_limit", "git.advertisement_limit" } do
      for _, limit in ipairs{ 0, -1, 1.5, math.huge, "1M" } do
        assert.is_false((pcall(policy.set, name, limit)))
      end
    end
  end)
end)
