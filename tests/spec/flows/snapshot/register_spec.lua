--- Registering: never twice, whatever the answer.
local err = require("os2.err")
local policy = require("os2.policy")
local register = require("os2.flows.snapshot.register")
local silent = require("tests.lib.silent")
local task = require("os2.task")

local NAME <const> = "dev--20260111-193045"

describe("os2.flows.snapshot.register", function()
  before_each(function()
    policy.set_facts{ prefix = "dev--" }
    policy.set("poll.first", 0.05)
    policy.set("retry.base", 0.01)
  end)
  after_each(policy.reset)

  local function record(name, ref, state)
    return { id = "1d", name = name, imageName = ref, state = state or "pending", cpu = 2, mem = 4,
      disk = 8 }
  end

  -- answers: what each create gives, an error or true; found: what each look finds, or false.
  local function context(answers, found, name)
    local calls, creates, looks = {}, 0, 0
    local ctx
    ctx = {
      ui = silent.open(), given = {}, name = NAME, ref = "r/p/os2:tag", args = { name = name }, calls = calls,
      provider = {
        pages = function() return function() return {} end end,
        create_snapshot = function(fields)
          creates = creates + 1
          calls[#calls + 1] = "create " .. fields.name
          local answer = answers[creates]
          if answer ~= true then err.raise(answer) end
          return record(fields.name, fields.imageName)
        end,
        find_snapshot = function(wanted)
          looks = looks + 1
          calls[#calls + 1] = "find " .. wanted
          return found[looks] or nil
        end,
      },
    }
    return ctx
  end

  local function failure(kind, status)
    return err.new{ kind = kind, op = "daytona.create_snapshot", message = kind, status = status }
  end

  it("registers once", function()
    local ctx = context({ true }, {})
    register.run(ctx)
    assert.same({ "create " .. NAME }, ctx.calls)
    assert.equal("1d", ctx.snapshot.id)
  end)

  it("takes its own snapshot after a lost answer", function()
    local ctx = context({ failure("network") }, { record(NAME, "r/p/os2:tag") })
    register.run(ctx)
    assert.same({ "create " .. NAME, "find " .. NAME }, ctx.calls)
  end)

  it("looks once where an answer is none of the API's", function()
    local ctx = context({ failure("protocol", 200) }, { record(NAME, "r/p/os2:tag") })
    register.run(ctx)
    assert.same({ "create " .. NAME, "find " .. NAME }, ctx.calls)
    assert.equal("1d", ctx.snapshot.id)
  end)

  it("says that nothing is registered only when a look has shown it", function()
    local ctx = context({ failure("protocol", 200) }, { false })
    ctx.is_pushed = true
    local _, raised = task.try(register.run, ctx)
    assert.equal("protocol", raised.kind)
    assert.is_false(ctx.is_create_sent)
    ctx = context({ failure("protocol", 200) }, {})
    ctx.provider.find_snapshot = function() err.raise(failure("network")) end
    assert.is_nil((task.try(register.run, ctx)))
    assert.is_true(ctx.is_create_sent)
  end)

  it("creates again when the lost request did nothing", function()
    local ctx = context({ failure("network"), true }, { false })
    register.run(ctx)
    assert.same({ "create " .. NAME, "find " .. NAME, "create " .. NAME }, ctx.calls)
  end)

  it("does not look for what was turned away or never sent, and waits once", function()
    local turned_away = failure("unavailable", 429)
    turned_away.retry_after = 0.02
    local unsent = failure("network")
    unsent.is_sent = false
    local ctx = context({ turned_away, unsent, true }, {})
    register.run(ctx)
    assert.same({ "create " .. NAME, "create " .. NAME, "create " .. NAME }, ctx.calls)
    assert.equal("note: unavailable; registering again in 0.0 s", ctx.ui.told[1])
    assert.same({ 2 }, { #ctx.ui.told }) -- the other line is the phase's
  end)

  it("says what is allowed, and how to go on with that", function()
    local refusal = failure("quota", 400)
    refusal.message = "400 Memory request 64GB exceeds maximum allowed per sandbox (16GB). Need more"
    local ctx = context({ refusal }, {})
    ctx.given = { memory = 64 }
    local _, raised = task.try(register.run, ctx)
    assert.truthy(raised.hint:find("at most 16 with --memory", 1, true), raised.hint)
    assert.truthy(raised.hint:find("--memory 16", 1, true), raised.hint)
    assert.is_nil(raised.hint:find("64", 1, true))
  end)

  it("moves on from a name that another run took", function()
    local ctx = context({ failure("exists", 409), true }, { record(NAME, "r/p/os2:other") })
    register.run(ctx)
    assert.same({ "create " .. NAME, "find " .. NAME, "create dev--20260111-193046" }, ctx.calls)
  end)

  it("waits for a name that is being removed, not for ever", function()
    policy.set("retry.attempts", 3)
    local no = failure("exists", 409)
    local ctx = context({ no, no, no }, {})
    local _, raised = task.try(register.run, ctx)
    assert.equal("conflict", raised.kind)
    assert.truthy(raised.hint:find("--name", 1, true))
    assert.equal(6, #ctx.calls)
  end)

  it("does not ask again after a clear no", function()
    local ctx = context({ failure("quota", 400) }, {})
    local _, raised = task.try(register.run, ctx)
    assert.equal("quota", raised.kind)
    assert.same({ "create " .. NAME }, ctx.calls)
    assert.is_false(ctx.is_create_sent)
  end)

  it("does not overtake a newer one", function()
    local ctx = context({ true }, {})
    local newer = record("dev--20270101-000000", "x", "active")
    newer.general = false
    ctx.provider.pages = function() return function() return { newer } end end
    local _, raised = task.try(register.run, ctx)
    assert.equal("conflict", raised.kind)
    assert.same({}, ctx.calls)
    ctx.args.is_older_allowed = true
    register.run(ctx)
    assert.same({ "create " .. NAME }, ctx.calls)
  end)
end)
