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
      ui = silent.open(), given = {}, name = "dev--n", args = { timeout = timeout or 60 }, snapshot = at(1),
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
    assert.truthy(failure.hint:find("os2 snapshot delete", 1, true))
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
    local waited = failure.message:match("still pending after ([%d.]+) s")
    assert.is_true(tonumber(waited) >= 0.2, failure.message)
    assert.truthy(failure.hint:find("--name dev--n", 1, true))
    assert.is_true(ctx.has_verdict)
  end)

  local function raising(failures)
    local ctx, looks = context({ "pending", "pending", "active" }), 0
    local answer = ctx.provider.find_snapshot
    ctx.provider.find_snapshot = function(id, is_single)
      assert.is_true(is_single)
      looks = looks + 1
      if failures[looks] then err.raise(err.new(failures[looks])) end
      return answer(id)
    end
    return ctx, function() return looks end
  end

  it("takes trouble that passes for not yet, and says so once", function()
    policy.set("retry.base", 0.01)
    local ctx, looks = raising{
      { kind = "network", op = "x", message = "nobody there" },
      { kind = "timeout", op = "daytona.snapshot", message = "no answer" },
      { kind = "unavailable", op = "x", status = 500, message = "500" },
      { kind = "unavailable", op = "x", status = 503, message = "503" },
      { kind = "unavailable", op = "x", status = 429, retry_after = 0.02, message = "429" },
    }
    wait.run(ctx)
    assert.equal(7, looks())
    local notes = 0
    for _, line in ipairs(ctx.ui.told) do notes = notes + (line:find("^note:") and 1 or 0) end
    assert.equal(1, notes)
  end)

  it("goes on however often it fails, until the deadline", function()
    policy.set("retry.base", 0.01)
    policy.set("poll.longest", 0.05)
    local failures = {}
    for index = 1, 20 do
      failures[index] = { kind = "network", op = "x", message = "nobody there" }
    end
    local ctx, looks = raising(failures)
    wait.run(ctx)
    assert.equal(22, looks())
  end)

  it("ends at its deadline, with true numbers, while the server is away", function()
    local ctx = context({ "pending" }, 0.3)
    ctx.provider.find_snapshot = function()
      err.raise(err.new{ kind = "network", op = "x", message = "nobody there" })
    end
    local _, failure = task.try(wait.run, ctx)
    assert.equal("timeout", failure.kind)
    local waited = failure.message:match("after ([%d.]+) s; the last look failed: nobody there")
    assert.is_true((tonumber(waited) or 0) >= 0.3, failure.message)
  end)

  it("does not sit out a pause that the server asks for beyond the deadline", function()
    local ctx, looks = raising{ { kind = "unavailable", op = "x", status = 429, retry_after = 60,
      message = "429 slow down" } }
    ctx.args.timeout = 30
    local _, failure = task.try(wait.run, ctx)
    assert.equal("timeout", failure.kind)
    assert.equal(1, looks())
  end)

  it("passes on what does not pass by itself", function()
    local ctx = raising{ { kind = "denied", op = "x", status = 403, message = "403 no" } }
    local _, failure = task.try(wait.run, ctx)
    assert.equal("403 no", failure.message)
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

  describe("asked to delete what is late", function()
    local function fails_late(image, refusal)
      local deleted, ctx = {}, context({ "pending" }, 0.1)
      ctx.args.on_timeout, ctx.ref, ctx.snapshot.imageName = "delete", "r/p/os2:tag", image
      local find = ctx.provider.find_snapshot
      ctx.provider.find_snapshot = function(id)
        local found = find(id)
        found.imageName = image
        return found
      end
      ctx.provider.delete_snapshot = function(id)
        deleted[#deleted + 1] = id
        if refusal then err.raise(err.new{ kind = "denied", op = "x", message = refusal }) end
      end
      local _, failure = task.try(wait.run, ctx)
      assert.equal("timeout", failure.kind)
      return failure.hint, deleted
    end

    it("deletes its own, and says so", function()
      local hint, deleted = fails_late("r/p/os2:tag")
      assert.same({ "1d" }, deleted)
      assert.matches("it was deleted (--on-timeout delete)", hint, 1, true)
    end)

    it("says what stays where it may not", function()
      local hint = fails_late("r/p/os2:tag", "403 no")
      assert.matches("could not be deleted (403 no)", hint, 1, true)
      assert.matches("os2 snapshot delete --force dev--n", hint, 1, true)
    end)

    it("leaves what another run has registered", function()
      local hint, deleted = fails_late("r/p/os2:other")
      assert.same({}, deleted)
      assert.matches("becomes live by itself; go on waiting", hint, 1, true)
    end)
  end)

  it("ends at its deadline with the state and how to go on", function()
    local failure = fails({ "pending" }, 0.2)
    assert.equal("timeout", failure.kind)
    assert.truthy(failure.message:find("still pending", 1, true))
    assert.truthy(failure.hint:find("--name dev--n", 1, true))
  end)
end)
