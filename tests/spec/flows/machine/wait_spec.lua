--- Waiting for machines: to be gone, and through an API that is away.
local err = require("os2.err")
local policy = require("os2.policy")
local silent = require("tests.lib.silent")
local task = require("os2.task")
local wait = require("os2.flows.machine.wait")

describe("os2.flows.machine.wait", function()
  before_each(function()
    policy.reset()
    policy.set("poll.first", 0.05)
    policy.set("retry.base", 0.01)
  end)

  -- A context whose looks give these, one after the other: a machine's fields, an error's, or false.
  local function context(looks)
    local count = 0
    return {
      ui = silent.open(), pace = { call = function(_, _, fn, ...) return fn(...) end },
      machines = { find = function(id, is_single)
        assert.same({ "1d", true }, { id, is_single })
        count = count + 1
        local found = looks[math.min(count, #looks)]
        if found and found.kind then err.raise(err.new(found)) end
        return found or nil
      end },
    }, function() return count end
  end

  local function machine(state, fields)
    local made = { id = "1d", name = "m", state = state }
    for key, value in pairs(fields or {}) do made[key] = value end
    return made
  end

  local away = { kind = "unavailable", op = "x", status = 503, message = "503 down" }

  it("takes a machine for gone when there is none, or it is destroyed", function()
    for _, last in ipairs{ false, machine("destroyed", { name = "DESTROYED_m_1" }) } do
      local ctx, count = context{ machine("destroying", { name = "DESTROYED_m_1" }), away, away,
        away, away, away, last }
      wait.gone(ctx, machine("started"), "hint")
      assert.equal(7, count())
    end
  end)

  it("says that a machine could not be deleted, under its own name", function()
    local ctx = context{ machine("destroying"), machine("error", { name = "DESTROYED_m_1",
      desired_state = "destroyed", error = "the runner is gone" }) }
    local _, failure = task.try(wait.gone, ctx, machine("started"), "hint")
    assert.equal("invalid", failure.kind)
    assert.equal("machine m did not become destroyed: the runner is gone", failure.message)
  end)

  it("is late with true numbers, and says what to do", function()
    policy.set("timeouts.machine_delete", 1)
    local ctx = context{ machine("destroying") }
    local _, failure = task.try(wait.gone, ctx, machine("started"), "hint")
    assert.same({ "timeout", "hint" }, { failure.kind, failure.hint })
    local waited = failure.message:match("^machine m is still destroying after ([%d.]+) s$")
    assert.is_true(tonumber(waited) >= 1, failure.message)
  end)

  it("looks again while the API is away", function()
    local ctx, count = context{ away, away, away, away, away, away, machine("started") }
    wait.state(ctx, machine("creating"), { wanted = "started", timeout = 60, hint = "hint" })
    assert.equal(7, count())
    local denied = { kind = "denied", op = "x", status = 403, message = "403 no" }
    ctx, count = context{ denied }
    local _, failure = task.try(wait.state, ctx, machine("creating"), {
      wanted = "started", timeout = 5, hint = "hint",
    })
    assert.equal("403 no", failure.message)
    assert.equal(1, count())
  end)
end)
