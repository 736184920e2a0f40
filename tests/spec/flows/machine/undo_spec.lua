--- What a failed run deletes, and what it does not.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local undo = require("os2.flows.machine.undo")

describe("os2.flows.machine.undo", function()
  local there, deleted, warnings, failures, looks

  before_each(function()
    policy.reset()
    policy.set("machine.settle", 0.5)
    policy.set("poll.first", 0.05)
    policy.set("retry.base", 0.05)
    there, deleted, warnings, failures, looks = {}, {}, {}, {}, 0
  end)

  local machines = {
    find = function(name)
      looks = looks + 1
      return there[name]
    end,
    delete = function(machine)
      local failure = table.remove(failures, 1)
      if failure then err.raise(err.new{ kind = failure, op = "x", message = failure }) end
      deleted[#deleted + 1] = machine.id
    end,
  }

  local function run(entry)
    entry.name, entry.is_asked = "m", true
    undo.run({
      machines = machines, run = "r1", provider = { is_local = false },
      pace = { call = function(_, _, fn, ...) return fn(...) end },
      ui = { warn = function(_, words) warnings[#warnings + 1] = words end },
    }, { entry })
    return entry
  end

  local function machine(id, own_run)
    return { id = id, name = "m", labels = { ["os2-run"] = own_run } }
  end

  it("deletes what an answer named", function()
    run{ id = "1" }
    assert.same({ "1" }, deleted)
  end)

  it("finds what no answer named, by its name and its run", function()
    there.m = machine("2", "r1")
    run{}
    assert.same({ "2" }, deleted)
  end)

  it("leaves alone what another run made under the name", function()
    there.m = machine("2", "r2")
    run{}
    assert.same({ deleted = {}, warnings = {} }, { deleted = deleted, warnings = warnings })
  end)

  it("looks once where an answer said that nothing was made", function()
    run{}
    assert.equal(1, looks)
  end)

  it("waits for what may still come of a create without an answer", function()
    local started = clock.monotonic()
    run{ is_flying = true }
    assert.truthy(clock.monotonic() - started >= 0.5)
    assert.truthy(looks > 1)
    assert.same({}, warnings)
  end)

  it("goes on after what passes, and takes gone for deleted", function()
    failures = { "conflict", "unavailable", "not_found" }
    assert.is_true(run{ id = "1" }.is_gone)
    assert.same({}, warnings)
  end)

  it("says what stays, with the way to delete it", function()
    policy.set("timeouts.machine_undo", 0.4)
    failures = { "conflict", "conflict", "conflict", "conflict", "conflict" }
    run{ id = "1" }
    assert.truthy(warnings[1]:find("os2 machine delete 1", 1, true))
    failures, warnings = { "denied" }, {}
    run{ id = "1" }
    assert.equal(1, #warnings)
  end)
end)
