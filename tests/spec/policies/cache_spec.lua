--- How long an answer is kept.
local err = require("os2.err")
local policy = require("os2.policy")
local progress = require("os2.report.progress")

local NOW <const> = 1000000

describe("os2.policies.cache", function()
  before_each(policy.reset)

  describe("state", function()
    local rows = {
      { "nothing kept", nil, false, "miss" },
      { "just kept", NOW, false, "fresh" },
      { "299 s old", NOW - 299, false, "fresh" },
      { "300 s old", NOW - 300, false, "stale" },
      { "an hour old", NOW - 3600, false, "stale" },
      { "more than an hour old", NOW - 3601, false, "miss" },
      { "from the future (clock set back)", NOW + 1, false, "miss" },
      { "an error, 1 s old", NOW - 1, true, "fresh" },
      { "an error, 2 s old", NOW - 2, true, "miss" },
      { "an error from the future", NOW + 1, true, "miss" },
    }
    for _, row in ipairs(rows) do
      it(("calls %s a %s"):format(row[1], row[4]), function()
        local facts = { now = NOW, stored_at = row[2], failed = row[3] }
        assert.are.equal(row[4], policy.ask("cache.state", facts))
      end)
    end

    it("keeps nothing when the TTL is 0", function()
      policy.set("cache.ttl", 0)
      policy.set("cache.stale", 0)
      assert.are.equal("miss", policy.ask("cache.state", { now = NOW, stored_at = NOW - 0.1 }))
    end)

    it("takes the TTL under its deprecated name, with a warning that names place and new name", function()
      local warnings, warn = {}, progress.warn
      progress.warn = function(words) warnings[#warnings + 1] = words end
      local ok, why = pcall(policy.set, "resolution.ttl", 60, { why = "faster rollback" })
      policy.set("cache.stale", 3600)
      progress.warn = warn
      assert.is_true(ok, why)
      assert.are.equal(60, policy.ask("cache.ttl"))
      assert.are.equal(60, policy.ask("resolution.ttl"))
      assert.are.equal("stale", policy.ask("cache.state", { now = NOW, stored_at = NOW - 60 }))
      assert.are.equal(1, #warnings)
      assert.matches("the policy name resolution%.ttl is deprecated; use cache%.ttl$", warnings[1])
    end)
  end)

  describe("may_stand_in", function()
    local function failure(kind, status)
      return err.new{ kind = kind, status = status, op = "daytona.get_all_snapshots", message = "x" }
    end
    local rows = {
      { "no connection", { err = failure("network") }, true },
      { "a timeout", { err = failure("timeout") }, true },
      { "unavailable", { err = failure("unavailable") }, true },
      { "500", { err = failure("internal", 500) }, true },
      { "502", { err = failure("unavailable", 502) }, true },
      { "503 with HTML", { err = failure("protocol", 503) }, true },
      { "400", { err = failure("invalid", 400) }, false },
      { "401", { err = failure("denied", 401) }, false },
      { "403", { err = failure("denied", 403) }, false },
      { "404", { err = failure("not_found", 404) }, false },
      { "429", { err = failure("unavailable", 429) }, false },
      { "an interrupt", { err = failure("cancelled") }, false },
      { "nonsense with 200", { err = failure("protocol", 200) }, false },
      { "a publish", { err = failure("network"), publish = true }, false },
      { "--fresh", { err = failure("network"), fresh = true }, false },
      { "an answer 3600 s old", { err = failure("network"), stored_at = NOW - 3600 }, true },
      { "an answer 3601 s old", { err = failure("network"), stored_at = NOW - 3601 }, false },
      { "an answer from the future", { err = failure("network"), stored_at = NOW + 5 }, false },
    }
    for _, row in ipairs(rows) do
      it(("says %s for %s"):format(row[3] and "yes" or "no", row[1]), function()
        row[2].now = NOW
        local answer, why = policy.ask("cache.may_stand_in", row[2])
        assert.are.equal(row[3], answer)
        assert.are.equal(not row[3], why ~= nil)
      end)
    end
  end)
end)
