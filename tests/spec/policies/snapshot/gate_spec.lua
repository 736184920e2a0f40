--- How an image is tried: the names of candidates, and what --verify asks for by default.
local fs = require("os2.fs")
local policy = require("os2.policy")
require("os2.policies.naming")
require("os2.policies.snapshot")

describe("naming.candidate", function()
  for prefix, expected in pairs{
    ["iterate-sandbox-dev--"] = "iterate-sandbox-dev-candidate--", ["a/b--"] = "a/b-candidate--",
    ["x---"] = "x--candidate--",
  } do
    it(("of %s is no name of %s"):format(prefix, prefix), function()
      local candidate = policy.ask("naming.candidate", { prefix = prefix })
      assert.equal(expected, candidate)
      local name = policy.ask("naming.format", { prefix = candidate, now = 1768159845 })
      assert.is_nil((policy.ask("naming.parse", { name = name, prefix = prefix })))
      assert.is_true((policy.ask("naming.check_prefix", { prefix = candidate })))
    end)
  end
end)

describe("snapshot.checks", function()
  it("are the tools of sandbox/Dockerfile", function()
    local dockerfile = fs.read("sandbox/Dockerfile")
    local names = {}
    for index, command in ipairs(policy.ask("snapshot.checks")) do
      names[index] = command:match("^(%S+) %-%-version$")
      assert.matches(names[index], dockerfile, 1, true)
    end
    assert.same({ "node", "pnpm", "tsx", "gh", "claude", "opencode", "git", "os2" }, names)
  end)
end)
