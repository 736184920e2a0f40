--- Names of snapshots.
local clock = require("os2.clock")
local policy = require("os2.policy")

local function at(year, month, day, hour, min, sec)
  return clock.time{ year = year, month = month, day = day, hour = hour, min = min, sec = sec }
end

describe("os2.policies.naming", function()
  before_each(policy.reset)

  describe("format", function()
    local rows = {
      { "dev--", at(2026, 1, 11, 19, 30, 45), "dev--20260111-193045" },
      { "dev--", at(2026, 1, 11, 19, 30, 45) + 0.999, "dev--20260111-193045" },
      { "iterate-sandbox-dev--", at(2024, 2, 29, 0, 0, 0), "iterate-sandbox-dev--20240229-000000" },
      { "team/x_y:z--", at(1970, 1, 1, 0, 0, 0), "team/x_y:z--19700101-000000" },
      { "a--b--", at(2099, 12, 31, 23, 59, 59), "a--b--20991231-235959" },
    }
    for _, row in ipairs(rows) do
      it("gives " .. row[3], function()
        assert.are.equal(row[3], policy.ask("naming.format", { prefix = row[1], now = row[2] }))
      end)
    end

    it("is undone by parse", function()
      for _, row in ipairs(rows) do
        local parsed = policy.ask("naming.parse", { name = row[3], prefix = row[1] })
        assert.are.equal(row[2] // 1, parsed)
        assert.are.equal(row[3], policy.ask("naming.format", { prefix = row[1], now = parsed }))
      end
    end)
  end)

  describe("parse", function()
    local rows = {
      { "dev--20260231-120000", "not a real time" },
      { "dev--20250229-120000", "not a real time" },
      { "dev--20261301-120000", "not a real time" },
      { "dev--20260100-120000", "not a real time" },
      { "dev--20260111-240000", "not a real time" },
      { "dev--20260111-236000", "not a real time" },
      { "dev--20260111-235960", "not a real time" },
      { "dev--20260111-19304", "no timestamp" },
      { "dev--20260111-1930455", "no timestamp" },
      { "dev--20260111T193045", "no timestamp" },
      { "dev--x--20260111-193045", "no timestamp" },
      { "dev--20260111-193045-canary", "no timestamp" },
      { "dev--20260111-193045\n", "no timestamp" },
      { "dev--", "no timestamp" },
      { "DEV--20260111-193045", "another prefix" },
      { "my-dev--20260111-193045", "another prefix" },
      { "", "another prefix" },
    }
    for _, row in ipairs(rows) do
      it(("refuses %q: %s"):format(row[1], row[2]), function()
        local time, why = policy.ask("naming.parse", { name = row[1], prefix = "dev--" })
        assert.is_nil(time)
        assert.are.equal(row[2], why)
      end)
    end

    it("takes a pattern's magic characters as they are", function()
      assert.is_nil((policy.ask("naming.parse", { name = "dxv--20260111-193045", prefix = "d.v--" })))
    end)
  end)

  describe("check_prefix", function()
    for _, prefix in ipairs{ "dev--", "dev-jonas--", "iterate-sandbox-dev--", "a/b_c.d:e--",
      "dev---" } do
      it("takes " .. prefix, function()
        assert.is_true(policy.ask("naming.check_prefix", { prefix = prefix }))
      end)
    end

    local refused = {
      { nil, "no snapshot prefix is set; set DAYTONA_SNAPSHOT_PREFIX or pass --prefix" },
      { "", "no snapshot prefix is set" },
      { "dev", 'prefix "dev" does not end with "--"; write it as "dev--"' },
      { "dev-", 'write it as "dev--"' },
      { "--", "has nothing before" },
      { "d%v--", "it holds '%'; allowed are letters, digits, dots" },
      { "has space--", "it holds ' '" },
      { "hé--", "it holds 'é'" },
      { "h\xff--", "it is not UTF-8" },
      { "a\nb--", "it holds a line break" },
      { "dev--\n", "it holds a line break" },
      { "dev-- ", "it holds ' '" },
      { "a@b--", "it holds '@'" },
      { "/lead--", "its slashes are not single ones" },
      { "a//b--", "its slashes are not single ones" },
      { "<b>--", "it holds '<'" },
    }
    for _, row in ipairs(refused) do
      it(("refuses %q"):format(tostring(row[1])), function()
        local ok, err = policy.ask("naming.check_prefix", { prefix = row[1] })
        assert.is_nil(ok)
        assert.are.equal("invalid", err.kind)
        assert.are.equal("config", err.exit)
        assert.is_truthy(err.message:find(row[2], 1, true), err.message)
      end)
    end
  end)

  describe("check", function()
    it("takes a name of the prefix", function()
      assert.is_true(policy.ask("naming.check", { name = "dev--20260111-193045", prefix = "dev--" }))
    end)

    local refused = {
      { "dev--20260231-120000", "is no name of prefix \"dev--\": not a real time; names are" },
      { "stg--20260111-193045", "another prefix" },
      { "dev--latest", "no timestamp" },
      { "dev--a b", "is refused by the Daytona API: it holds ' '" },
    }
    for _, row in ipairs(refused) do
      it("refuses " .. row[1], function()
        local ok, err = policy.ask("naming.check", { name = row[1], prefix = "dev--" })
        assert.is_nil(ok)
        assert.are.equal("config", err.exit)
        assert.is_truthy(err.message:find(row[2], 1, true), err.message)
      end)
    end
  end)

  describe("next", function()
    for name, later in pairs{
      ["dev--20260111-193045"] = "dev--20260111-193046",
      ["dev--20261231-235959"] = "dev--20270101-000000",
      ["dev--20240228-235959"] = "dev--20240229-000000",
    } do
      it(("follows %s with %s"):format(name, later), function()
        assert.are.equal(later, policy.ask("naming.next", { name = name, prefix = "dev--" }))
      end)
    end
  end)

  describe("filter", function()
    for prefix, filter in pairs{
      ["dev--"] = "dev--", ["a_b--"] = "a\\_b--", ["50%--"] = "50\\%--", ["a\\b--"] = "a\\\\b--",
      ["a.b--"] = "a.b--",
    } do
      it("escapes " .. prefix, function()
        assert.are.equal(filter, policy.ask("naming.filter", { prefix = prefix }))
      end)
    end
  end)
end)
