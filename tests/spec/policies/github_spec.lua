--- What GitHub Actions is told of a run.
local policy = require("os2.policy")

describe("os2.policies.github", function()
  before_each(policy.reset)
  teardown(policy.reset)

  it("is on under GitHub Actions alone", function()
    for value, on in pairs{ ["true"] = true, ["TRUE"] = false, ["1"] = false, [""] = false } do
      assert.equal(on, policy.ask("github.enabled", { env = { GITHUB_ACTIONS = value } }), value)
    end
    assert.is_false(policy.ask("github.enabled", { env = {} }))
  end)

  it("writes no workflow commands where stderr is read as JSON", function()
    for _, progress in ipairs{ "tty", "lines", "plain", "quiet" } do
      assert.is_true(policy.ask("github.commands", { progress = progress }))
    end
    assert.is_false(policy.ask("github.commands", { progress = "json" }))
  end)

  it("ships with outputs, a summary and GitHub's own limits", function()
    local outputs = policy.ask("github.outputs")
    assert.same({ "name", "id", "digest", "reused" }, outputs.snapshot)
    assert.same(outputs.snapshot, outputs.resolve)
    assert.same({ "snapshot" }, policy.ask("github.summary"))
    assert.equal(1024 * 1024, policy.ask("github.summary_limit"))
    assert.equal(10, policy.ask("github.annotation_limit"))
    assert.is_true(policy.ask("github.masks"))
  end)

  it("refuses outputs with a name that GitHub does not take", function()
    for _, name in ipairs{ "", "a b", "a=b", "1a", "a\nb", 7 } do
      assert.has_error(function() policy.set("github.outputs", { snapshot = { name } }) end)
    end
    assert.has_error(function() policy.set("github.outputs", { snapshot = "name" }) end)
  end)
end)
