--- The run key: which runs have one, what it depends on, and which snapshot stays.
local env = require("os2.env")
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local policy = require("os2.policy")
local run_key = require("os2.flows.snapshot.run_key")

local PREFIX <const> = "dev--"
local KEY <const> = "0123456789ab"

describe("os2.flows.snapshot.run_key", function()
  before_each(function() policy.set_facts{ prefix = PREFIX } end)
  after_each(policy.reset)

  local function key_of(args, more)
    local ctx = { prefix = PREFIX, platform = "linux/amd64", args = args, provider = {} }
    for name, value in pairs(more or {}) do ctx[name] = value end
    run_key.settle(ctx)
    return ctx.run_key
  end

  local BASE <const> = { run_key = "k", dockerfile = "Dockerfile", context = "." }

  local function with(changes)
    local args = {}
    for _, list in ipairs{ BASE, changes } do
      for name, value in pairs(list) do args[name] = value end
    end
    return args
  end

  it("depends on the run and on what is made", function()
    local own = key_of(BASE)
    assert.matches("^%x+$", own)
    assert.equal(12, #own)
    assert.equal(own, key_of(with{ timeout = 5, is_if_changed = true }))
    for _, changes in ipairs{ { run_key = "l" }, { dockerfile = "D" }, { context = "c" },
      { target = "t" }, { region = "eu" }, { cpu = 7 }, { build_args = { A = "1" } } } do
      assert.not_equal(own, key_of(with(changes)))
    end
    assert.not_equal(own, key_of(BASE, { platform = "linux/arm64" }))
    assert.not_equal(own, key_of(BASE, { prefix = "stg--" }))
  end)

  it("depends on the values of build arguments, which nobody can find out by it", function()
    local function with_values(values) return key_of(with{ build_args = values }) end
    local own = with_values{ A = "1", B = "2" }
    assert.equal(own, with_values{ B = "2", A = "1" })
    for _, values in ipairs{ { A = "2", B = "2" }, { A = "2", B = "1" }, { A = "1" },
      { A = '1"}, {"B", "2' }, { A = "1", B = "2", C = "" } } do
      assert.not_equal(own, with_values(values))
    end
    assert.equal(key_of(BASE), with_values{})
    -- who has no API key cannot try which values give the key
    local before = os.getenv("DAYTONA_API_KEY")
    env.set("DAYTONA_API_KEY", "dtn_another_key_of_somebody")
    local others = with_values{ A = "1", B = "2" }
    local without_values = key_of(BASE)
    env.set("DAYTONA_API_KEY", before or "")
    assert.not_equal(own, others)
    assert.equal(key_of(BASE), without_values)
  end)

  it("is none with a name, on the local engine, and where none is wanted", function()
    assert.is_nil(key_of(with{ name = "dev--20260111-193045" }))
    assert.is_nil(key_of(BASE, { provider = { is_local = true } }))
    assert.is_nil(key_of(with{ run_key = "" }))
    assert.is_nil(key_of(with{ is_unkeyed = true }))
    policy.override("snapshot.run_key", function() return "" end)
    assert.is_nil(key_of{ dockerfile = "Dockerfile", context = "." })
    policy.override("snapshot.run_key", function() return "always" end)
    assert.is_string(key_of{ dockerfile = "Dockerfile", context = "." })
  end)

  it("is that of a CI's run and job", function()
    local function asked(variables) return policy.ask("snapshot.run_key", { variables = variables }) end
    assert.is_nil(asked{})
    assert.is_nil(asked{ GITHUB_RUN_ID = "1" })
    assert.equal("GITHUB_RUN_ID=1 GITHUB_JOB=b", asked{ GITHUB_RUN_ID = "1", GITHUB_JOB = "b" })
    assert.equal("CI_PIPELINE_ID=1 CI_JOB_NAME=b", asked{ CI_PIPELINE_ID = "1", CI_JOB_NAME = "b" })
    assert.equal("BUILDKITE_BUILD_ID=1 BUILDKITE_STEP_KEY=b",
      asked{ BUILDKITE_BUILD_ID = "1", BUILDKITE_STEP_KEY = "b" })
    assert.equal("CIRCLE_WORKFLOW_ID=1 CIRCLE_JOB=b", asked{ CIRCLE_WORKFLOW_ID = "1", CIRCLE_JOB = "b" })
    assert.equal("JOB_NAME=b BUILD_NUMBER=1", asked{ JOB_NAME = "b", BUILD_NUMBER = "1" })
  end)

  local function record(id, state, second, changes)
    local made = {
      id = id, name = PREFIX .. "20260111-1930" .. second, state = state, general = false,
      createdAt = "2026-01-11T19:30:" .. second .. "Z",
      imageName = ("r:5000/p/os2:20260111-193045-k%s-0000000%s"):format(KEY, id),
    }
    for name, value in pairs(changes or {}) do made[name] = value end
    return made
  end

  it("lets the one stay that was created first of those that are not lost", function()
    local ctx = { run_key = KEY, args = {} }
    local function winner(...)
      local found = run_key.winner(ctx, { ... })
      return found and found.id
    end
    local late, early = record("2", "active", "46"), record("1", "pending", "45")
    assert.equal("1", winner(late, early))
    assert.equal("2", winner(late, record("1", "error", "45")))
    assert.equal("2", winner(late, record("1", "removing", "45"), record("3", "active", "46")))
    assert.equal("2", winner(late, record("1", "active", "45", { general = true })))
    assert.equal("2", winner(late, record("1", "active", "45", { imageName = "r:5000/p/os2:1" })))
    assert.equal("2", winner(late, record("1", "active", "45", { name = "dev-candidate--20260111-193045" })))
    assert.is_nil(winner())
    ctx.run_key = nil
    assert.is_nil(winner(late, early))
  end)

  it("deletes nothing but the run's own", function()
    local deleted = {}
    local first, own = record("1", "active", "45"), record("2", "pending", "46")
    local ctx = { run_key = KEY, args = {}, snapshot = own, ref = own.imageName, listed = { own, first },
      provider = { delete_snapshot = function(id) deleted[#deleted + 1] = id end } }
    assert.is_true(run_key.give_way(ctx))
    assert.same({ "2" }, deleted)
    assert.is_nil(ctx.snapshot)
    ctx.snapshot, ctx.listed = own, { own }
    assert.is_false(run_key.give_way(ctx))
    ctx.listed = { own, record("3", "active", "47") }
    assert.is_false(run_key.give_way(ctx))
    ctx.snapshot, ctx.ref, ctx.listed = first, "another image", { own, record("0", "active", "44") }
    assert.is_false(run_key.give_way(ctx))
    assert.same({ "2" }, deleted)
  end)

  it("names a second registration that cannot be deleted", function()
    local own = record("2", "pending", "46")
    local failure = failure_of(function()
      run_key.give_way{ run_key = KEY, args = {}, name = own.name, snapshot = own, ref = own.imageName,
        listed = { own, record("1", "active", "45") },
        provider = { delete_snapshot = function()
          err.raise(err.new{ kind = "denied", op = "x", message = "may not delete" })
        end } }
    end)
    assert.equal("denied", failure.kind)
    assert.matches("os2 snapshot delete --force " .. own.name, failure.hint, 1, true)
  end)
end)
