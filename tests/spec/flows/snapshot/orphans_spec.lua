--- What earlier runs have left: what is reported, and what is not.
local clock = require("os2.clock")
local orphans = require("os2.flows.snapshot.orphans")
local policy = require("os2.policy")
local silent = require("tests.lib.silent")

local KEY <const> = "0123456789ab"

describe("os2.flows.snapshot.orphans", function()
  before_each(function() policy.set_facts{ prefix = "dev--" } end)
  after_each(policy.reset)

  local function record(second, state, changes)
    local made = {
      id = "id" .. second, name = "dev--20260111-1930" .. second, state = state, general = false,
      createdAt = clock.iso(clock.now() - 5),
      imageName = "r:5000/p/os2:20260111-193045-00000001",
    }
    for name, value in pairs(changes or {}) do made[name] = value end
    return made
  end

  local function told(list, key)
    local ctx = { ui = silent.open(), listed = list, run_key = key, args = {} }
    orphans.tell(ctx)
    assert.truthy(#ctx.ui.told <= 1)
    return ctx.ui.told[1]
  end

  it("are those that failed, and those that are under way for too long", function()
    assert.equal("warn: 2 snapshots left by earlier runs: dev--20260111-193045 (too big), "
      .. "dev--20260111-193046 (still pending); delete them: "
      .. "os2 snapshot delete dev--20260111-193045 dev--20260111-193046", told{
        record("45", "error", { errorReason = "too big" }),
        record("46", "pending", { createdAt = "2026-01-11T19:30:46Z" }),
        record("47", "pending"), record("48", "active"), record("49", "inactive"),
        record("50", "removing"),
      })
  end)

  it("are none that os2 has not made, and none of another prefix", function()
    assert.is_nil(told{
      record("45", "error", { imageName = "r/app:1" }), record("46", "error", { imageName = "" }),
      record("47", "error", { name = "stg--20260111-193047" }),
      record("48", "error", { general = true }),
    })
    assert.is_nil(told(nil))
  end)

  it("are counted where they are many", function()
    local list = {}
    for second = 40, 45 do list[#list + 1] = record(tostring(second), "error") end
    assert.matches("^warn: 6 snapshots left .* and 3 more; delete them", told(list))
  end)

  it("are second ones of this run, too", function()
    local image = ("r:5000/p/os2:20260111-193045-k%s-0000000"):format(KEY)
    local list = {
      record("45", "active", { imageName = image .. "1" }),
      record("46", "active", { imageName = image .. "0", createdAt = clock.iso(clock.now()) }),
    }
    assert.matches("dev--20260111-193046 (a second one of this run)", told(list, KEY), 1, true)
    assert.is_nil(told(list))
  end)

  it("are what the policy says", function()
    policy.override("snapshot.orphan", function() return false end)
    assert.is_nil(told{ record("45", "error") })
  end)
end)
