--- The order of a flow's steps, its own and those that users put in.
local policy = require("os2.policy")
local step_runner = require("os2.flows.step_runner")
local task = require("os2.task")

describe("os2.flows.step_runner", function()
  after_each(policy.reset)

  local function run()
    local ran = {}
    local own = {}
    for _, name in ipairs{ "pin", "answer" } do
      own[name] = function() ran[#ran + 1] = name end
    end
    step_runner.run("resolution.steps", own, { ran = ran })
    return ran
  end

  it("runs them in order", function()
    assert.same({ "pin", "answer" }, run())
  end)

  it("runs what users put in, with the flow's context", function()
    policy.insert_after("resolution.steps", "pin", {
      name = "mine", run = function(ctx) table.insert(ctx.ran, "mine") end,
    })
    policy.drop("resolution.steps", "answer")
    assert.same({ "pin", "mine" }, run())
  end)

  it("ends early where a step says so", function()
    policy.insert_before("resolution.steps", "answer", {
      name = "enough", run = function(ctx) ctx.is_finished = true end,
    })
    assert.same({ "pin" }, run())
  end)

  it("refuses a step that nobody knows", function()
    local _, failure = task.try(step_runner.run, "resolution.steps", {}, {})
    assert.equal("config", failure.exit)
    assert.truthy(failure.message:find("'pin'", 1, true))
  end)
end)
