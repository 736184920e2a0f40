--- Which snapshot is the newest usable one.
local policy = require("os2.policy")

local function snapshot(name, fields)
  local made = { name = name, state = "active", general = false, createdAt = "2026-01-01T00:00:00Z" }
  for field, value in pairs(fields or {}) do made[field] = value end
  return made
end

local function pick(...)
  return policy.ask("resolution.pick", { snapshots = { ... }, prefix = "dev--", env = {}, now = 0 })
end

describe("os2.policies.resolution", function()
  before_each(policy.reset)

  describe("pin", function()
    local rows = {
      { {}, nil },
      { { DAYTONA_SNAPSHOT_PIN = "" }, nil },
      { { DAYTONA_SNAPSHOT_PIN = "dev--20260111-193045" }, "dev--20260111-193045" },
    }
    for _, row in ipairs(rows) do
      it("is " .. tostring(row[2]), function()
        assert.are.equal(row[2], (policy.ask("resolution.pin", { env = row[1] })))
      end)
    end

    it("can be set for everybody", function()
      policy.set("resolution.pin", "dev--20260111-193045")
      assert.are.equal("dev--20260111-193045", policy.ask("resolution.pin", { env = {} }))
    end)
  end)

  it("looks under the run's prefix", function()
    assert.are.same({ "dev--" }, policy.ask("resolution.prefixes", { prefix = "dev--" }))
  end)

  describe("query", function()
    it("asks newest first, by the field that the API takes", function()
      assert.are.same({ name = "d\\_v--", sort = "createdAt", order = "desc", limit = 100 },
        policy.ask("resolution.query", { prefix = "d_v--" }))
    end)

    it("follows what is set", function()
      policy.set("resolution.sort", "name")
      policy.set("resolution.limit", 10)
      local query = policy.ask("resolution.query", { prefix = "dev--" })
      assert.are.equal("name", query.sort)
      assert.are.equal(10, query.limit)
    end)

    it("keeps to the API's bounds", function()
      assert.is_false((pcall(policy.set, "resolution.limit", 0)))
      assert.is_false((pcall(policy.set, "resolution.limit", 201)))
      assert.is_false((pcall(policy.set, "resolution.order", "DESC")))
    end)
  end)

  describe("usable", function()
    local function usable(fields, facts)
      facts = facts or {}
      facts.snapshot = snapshot("dev--20260111-193045", fields)
      return policy.ask("resolution.usable", facts)
    end

    it("is what is active, in the region where one is named", function()
      assert.is_true((usable({})))
      assert.is_true((usable({ regionIds = { "us", "eu" } }, { region = "eu" })))
      assert.is_true((usable({ regionIds = { "us" } })))
      for _, regions in ipairs{ {}, false, "eu" } do
        assert.is_true((usable({ regionIds = regions }, { region = "eu" })))
      end
    end)

    it("says why not", function()
      local rows = {
        { { state = "error" }, {}, "state error" },
        { { regionIds = { "us" } }, { region = "eu" }, "not in region eu" },
        { { state = "error", regionIds = { "us" } }, { region = "eu" }, "state error" },
        { {}, { refused = { ["dev--20260111-193045"] = "no" } }, "refused by the API" },
      }
      for _, row in ipairs(rows) do
        local is_usable, why = usable(row[1], row[2])
        assert.same({ false, row[3] }, { is_usable, why })
      end
    end)
  end)

  it("passes over what this clock calls the future, on this machine only", function()
    local facts = { snapshots = { snapshot("dev--20260111-193145"), snapshot("dev--20260111-193045") },
      prefix = "dev--", env = {}, now = 1768159845 }
    facts.is_local = true
    assert.equal("dev--20260111-193145", policy.ask("resolution.pick", facts).name)
    policy.set("naming.ahead", 59)
    local found, details = policy.ask("resolution.pick", facts)
    assert.equal("dev--20260111-193045", found.name)
    assert.same({ ["of the future"] = 1 }, details.passed)
    facts.is_local = false
    assert.equal("dev--20260111-193145", policy.ask("resolution.pick", facts).name)
  end)

  it("tells of newer ones that were turned off, and of those on their way back", function()
    local _, details = policy.ask("resolution.pick", { prefix = "dev--", env = {}, now = 0, region = "us",
      snapshots = {
        snapshot("dev--20260111-193050", { state = "pending" }),
        snapshot("dev--20260111-193049", { state = "pending", lastUsedAt = "2026-01-01T00:00:00Z" }),
        snapshot("dev--20260111-193048", { state = "inactive" }),
        snapshot("dev--20260111-193047", { state = "inactive", regionIds = { "eu" } }),
        snapshot("dev--20260111-193046", { state = "error", lastUsedAt = "2026-01-01T00:00:00Z" }),
        snapshot("dev--20260111-193045"),
        snapshot("dev--20260111-193044", { state = "inactive" }),
      } })
    assert.same({ "dev--20260111-193049", "dev--20260111-193048" }, details.newer_inactive)
  end)

  describe("pick", function()
    local GOOD <const> = "dev--20260110-000000"
    local passed_over = {
      { "shared", snapshot("dev--20260111-000000", { general = true }) },
      { "another prefix", snapshot("my-dev--20260111-000000") },
      { "another prefix", snapshot("DEV--20260111-000000") },
      { "no timestamp", snapshot("dev--latest") },
      { "no timestamp", snapshot("dev--x--20260111-000000") },
      { "not a real time", snapshot("dev--20260231-000000") },
      { "state error", snapshot("dev--20260111-000000", { state = "error" }) },
      { "state pending", snapshot("dev--20260111-000000", { state = "pending" }) },
      { "state pulling", snapshot("dev--20260111-000000", { state = "pulling" }) },
      { "state building", snapshot("dev--20260111-000000", { state = "building" }) },
      { "state inactive", snapshot("dev--20260111-000000", { state = "inactive" }) },
      { "state removing", snapshot("dev--20260111-000000", { state = "removing" }) },
      { "state thawing", snapshot("dev--20260111-000000", { state = "thawing" }) },
    }
    for _, row in ipairs(passed_over) do
      it(("passes over %s (%s)"):format(row[2].name, row[1]), function()
        local good = snapshot(GOOD)
        local picked, details = pick(row[2], good)
        assert.are.equal(good, picked)
        assert.are.same({ [row[1]] = 1 }, details.passed)
        assert.is_nil(details.warning)
      end)
    end

    it("takes the first usable one, in the order given", function()
      local first = snapshot("dev--20260112-000000", { createdAt = "2026-01-12T00:01:00Z" })
      local second = snapshot("dev--20260111-000000", { createdAt = "2026-01-11T00:01:00Z" })
      local picked, details = pick(first, second)
      assert.are.equal(first, picked)
      assert.are.same({ passed = {}, newer_inactive = {} }, details)
    end)

    it("names the newer ones that are inactive, not those that are older or another's", function()
      local function inactive(name, fields)
        local made = snapshot(name, fields)
        made.state = "inactive"
        return made
      end
      local _, details = pick(inactive("dev--20260113-000000"), inactive("other"),
        inactive("dev--20260113-000001", { general = true }), snapshot("dev--20260112-000000"),
        inactive("dev--20260111-000000"))
      assert.are.same({ "dev--20260113-000000" }, details.newer_inactive)
      _, details = pick(inactive("dev--20260113-000000"), inactive("dev--20260112-000000"))
      assert.are.same({ "dev--20260113-000000", "dev--20260112-000000" }, details.newer_inactive)
    end)

    it("counts what it passed over when nothing is left", function()
      local picked, details = pick(snapshot("dev--20260111-000000", { state = "error" }),
        snapshot("dev--20260110-000000", { state = "error" }), snapshot("other"))
      assert.is_nil(picked)
      assert.are.same({ ["state error"] = 2, ["another prefix"] = 1 }, details.passed)
    end)

    it("answers nil to an empty list", function()
      assert.is_nil((pick()))
    end)

    it("takes the later createdAt of two with the same second", function()
      local name = "dev--20260111-000000"
      local earlier = snapshot(name, { createdAt = "2026-01-11T00:01:00.000Z" })
      local later = snapshot(name, { createdAt = "2026-01-11T00:02:00.000Z" })
      assert.are.equal(later, (pick(earlier, later)))
      assert.are.equal(later, (pick(later, earlier)))
    end)

    it("warns when the order of names and of creation disagree", function()
      local older_name = snapshot("dev--20260110-000000", { createdAt = "2026-01-12T00:00:00Z" })
      local newer_name = snapshot("dev--20260111-000000", { createdAt = "2026-01-11T00:00:00Z" })
      local picked, details = pick(older_name, newer_name)
      assert.are.equal(older_name, picked)
      assert.are.equal("dev--20260110-000000 was created later (2026-01-12T00:00:00Z), but the name "
        .. "dev--20260111-000000 (created 2026-01-11T00:00:00Z) is the newer one; took the one "
        .. "created later", details.warning)
    end)

    it("asks the naming and usable policies in force", function()
      policy.override("resolution.usable", function(base, facts)
        return facts.snapshot.state == "inactive" or base()
      end)
      policy.override("naming.parse", function(_, facts)
        return tonumber(facts.name:match("^" .. "v(%d+)$"))
      end)
      assert.are.equal("v7", pick(snapshot("v7", { state = "inactive" })).name)
    end)

    it("can be wrapped to skip canaries", function()
      policy.override("resolution.pick", function(base, facts)
        local kept = {}
        for _, one in ipairs(facts.snapshots) do
          if not one.canary then kept[#kept + 1] = one end
        end
        return base{ snapshots = kept, prefix = facts.prefix }
      end)
      local canary = snapshot("dev--20260112-000000", { canary = true })
      local good = snapshot("dev--20260111-000000")
      assert.are.equal(good, (pick(canary, good)))
    end)
  end)
end)
