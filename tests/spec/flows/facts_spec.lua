--- Prefix and environment of a run.
local facts = require("os2.flows.facts")
local policy = require("os2.policy")
local task = require("os2.task")

describe("os2.flows.facts", function()
  after_each(policy.reset)

  it("settles prefix and environment for every later question", function()
    local settled = facts.settle("iterate-sandbox-dev--")
    assert.equal("iterate-sandbox-dev--", settled.prefix)
    assert.equal("dev", settled.environment)
    assert.same({ "iterate-sandbox-dev--" }, policy.ask("resolution.prefixes"))
  end)

  it("raises what a policy refuses", function()
    local _, failure = task.try(facts.settle, "dev")
    assert.equal("config", failure.exit)
  end)
end)
