--- Waiting for a snapshot: which states end it, and how.
local err = require("os2.err")
local policy = require("os2.policy")
local silent = require("tests.lib.silent")
local task = require("os2.task")
local wait = require("os2.flows.snapshot.wait")

describe("os2.flows.snapshot.wait", function()
  before_each(function() policy.set("poll.first", 0.05) end)
  after_each(policy.reset)

  -- A context whose snapshot goes through these states, one a look.
  local function context(states, timeout)
    local looks = 0
    local function at(index)
      local state = states[math.min(index, #states)]
      return state ~= "gone" and { id = "1d", name = "dev--n", state = state,
        errorReason = state == "error" and "too big" or nil } or nil
    end
    return {
      ui = silent.open(), given = {}, name = "dev--n", args = { timeout = timeout or 5 }, snapshot = at(1),
      provider = { find_snapshot = function(id)
        assert.equal("1d", id)
        looks = looks + 1
        return at(looks + 1)
      end },
    }
  end

  local function fails(states, timeout)
    local _, failure = task.try(wait.run, context(states, timeout))
    return failure
  end

  it("ends when the snapshot is active", function()
    local ctx = context{ "pending", "pulling", "active" }
    wait.run(ctx)
    assert.equal("active", ctx.snapshot.state)
    assert.same({ "done: pending → pulling → active" }, ctx.ui.told)
  end)

  it("does not look again at one that is active", function()
    local ctx = context{ "active" }
    ctx.provider.find_snapshot = function() error("looked") end
    wait.run(ctx)
  end)

  it("waits out a state that it does not know", function()
    local ctx = context{ "pending", "polishing", "active" }
    wait.run(ctx)
    assert.equal("active", ctx.snapshot.state)
  end)

  it("says why it failed and the way on", function()
    local failure = fails{ "pending", "error" }
    assert.equal("invalid", failure.kind)
    assert.truthy(failure.message:find("too big", 1, true))
    assert.truthy(failure.hint:find("delete_snapshot", 1, true))
  end)

  it("ends on states that do not become active by themselves", function()
    for _, state in ipairs{ "inactive", "removing" } do
      local failure = fails{ "pending", state }
      assert.equal("conflict", failure.kind)
      assert.truthy(failure.message:find(state, 1, true))
    end
    assert.equal("conflict", fails{ "pending", "gone" }.kind)
  end)

  it("ends at its deadline in the middle of a look, too", function()
    local ctx = context({ "pending" }, 0.2)
    ctx.provider.find_snapshot = function() task.sleep(600) end
    local _, failure = task.try(wait.run, ctx)
    assert.equal("timeout", failure.kind)
    assert.truthy(failure.message:find("still pending after 0.2 s", 1, true))
    assert.truthy(failure.hint:find("--name dev--n", 1, true))
    assert.is_true(ctx.has_verdict)
  end)

  it("passes on what a look raised, its own deadline included", function()
    local ctx = context({ "pending" }, 5)
    ctx.provider.find_snapshot = function()
      err.raise(err.new{ kind = "timeout", op = "daytona.snapshot", message = "no answer" })
    end
    local _, failure = task.try(wait.run, ctx)
    assert.equal("no answer", failure.message)
    assert.is_false(ctx.has_verdict)
  end)

  it("puts the reason into one line, whatever stands in it", function()
    local ctx = context{ "error" }
    ctx.snapshot.errorReason = "too big\r\n\27[31mby far\n"
    local _, failure = task.try(wait.run, ctx)
    assert.truthy(failure.message:find("too big by far", 1, true), failure.message)
    assert.is_nil(failure.message:find("%c"))
  end)

  it("needs no reason from a policy", function()
    policy.override("snapshot.progress", function() return "failed" end)
    local failure = fails{ "error" }
    assert.truthy(failure.message:find("it is error", 1, true), failure.message)
  end)

  it("ends at its deadline with the state and how to go on", function()
    local failure = fails({ "pending" }, 0.2)
    assert.equal("timeout", failure.kind)
    assert.truthy(failure.message:find("still pending", 1, true))
    assert.truthy(failure.hint:find("--name dev--n", 1, true))
  end)
end)
