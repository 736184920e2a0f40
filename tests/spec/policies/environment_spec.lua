--- Which environment a run is for, and what stops it.
local policy = require("os2.policy")

local DEV <const>, PRD <const> = "iterate-sandbox-dev--", "iterate-sandbox-prd--"

local function guard(prefix, variables, key_name)
  return policy.ask("environment.guard", { prefix = prefix, env = variables, key_name = key_name })
end

describe("os2.policies.environment", function()
  before_each(policy.reset)

  describe("prefix", function()
    local rows = {
      { nil, { DAYTONA_SNAPSHOT_PREFIX = "dev-jonas--" }, "dev-jonas--" },
      { "mine--", { DAYTONA_SNAPSHOT_PREFIX = "dev-jonas--" }, "mine--" },
      { "", { DAYTONA_SNAPSHOT_PREFIX = "dev-jonas--" }, "dev-jonas--" },
    }
    for _, row in ipairs(rows) do
      it("is " .. row[3], function()
        assert.are.equal(row[3], policy.ask("environment.prefix", { prefix = row[1], env = row[2] }))
      end)
    end

    it("says what is missing when there is none", function()
      local prefix, err = policy.ask("environment.prefix", { env = {} })
      assert.is_nil(prefix)
      assert.are.equal("config", err.exit)
      assert.is_truthy(err.message:find("set DAYTONA_SNAPSHOT_PREFIX or pass --prefix", 1, true))
    end)

    it("says which policy refuses one without an error of its own", function()
      policy.override("naming.check_prefix", function() return false, "frozen" end)
      local ok, err = pcall(policy.ask, "environment.prefix", { prefix = "dev--", env = {} })
      assert.is_false(ok)
      assert.are.equal("config", err.exit)
      assert.is_truthy(err.message:find("^naming.check_prefix %(.*:%d+%)"), err.message)
      assert.is_truthy(err.message:find('"dev--" is refused: frozen', 1, true), err.message)
    end)

    it("refuses one that breaks the rule", function()
      local prefix, err = policy.ask("environment.prefix", { prefix = "dev", env = {} })
      assert.is_nil(prefix)
      assert.is_truthy(err.message:find('does not end with "--"', 1, true))
    end)
  end)

  it("is the one whose prefix fits the most of a prefix", function()
    policy.set("environment.table", {
      dev = { doppler = "dev", prefix = "iterate--" },
      prd = { doppler = "prd", prefix = "iterate--prd--" },
      stg = { doppler = "stg", prefix = "iterate--stg--" },
    })
    for prefix, name in pairs{ ["iterate--"] = "dev", ["iterate--prd--"] = "prd",
      ["iterate--stg--x--"] = "stg", ["iterate--x--"] = "dev" } do
      assert.are.equal(name, (policy.ask("environment.name", { prefix = prefix, env = {} })))
    end
    assert.is_nil((guard("iterate--prd--", { DOPPLER_CONFIG = "dev" })))
  end)

  describe("guard", function()
    local fine = {
      { "nothing but the prefix", DEV, {}, nil, "dev" },
      { "prefix and Doppler environment agree", PRD, { DOPPLER_ENVIRONMENT = "prd" }, nil, "prd" },
      { "prefix and Doppler config agree", DEV, { DOPPLER_CONFIG = "dev_jonas" }, nil, "dev" },
      { "both Doppler variables agree", DEV,
        { DOPPLER_CONFIG = "dev_ci", DOPPLER_ENVIRONMENT = "dev" }, nil, "dev" },
      { "a prefix of one's own", "dev-jonas--", { DOPPLER_CONFIG = "dev" }, nil, "dev" },
      { "a prefix of one's own and nothing else", "dev-jonas--", {}, nil, nil },
      { "a Doppler environment that is not in the table", DEV, { DOPPLER_CONFIG = "ci" }, nil, "dev" },
      { "empty variables", DEV, { DOPPLER_CONFIG = "", DOPPLER_ENVIRONMENT = "" }, nil, "dev" },
      { "a key that belongs nowhere", DEV, { DOPPLER_CONFIG = "dev" }, "jonas", "dev" },
      { "no prefix yet", nil, { DOPPLER_CONFIG = "stg" }, nil, "stg" },
    }
    for _, row in ipairs(fine) do
      it("lets pass: " .. row[1], function()
        local decision, err = guard(row[2], row[3], row[4])
        assert.is_nil(err)
        assert.are.equal(row[5], decision.environment)
        assert.are.equal(row[5], (policy.ask("environment.name",
          { prefix = row[2], env = row[3], key_name = row[4] })))
        assert.is_nil(decision.warning)
      end)
    end

    local stopped = {
      { "prefix and Doppler environment", PRD, { DOPPLER_ENVIRONMENT = "dev" }, nil,
        'prefix "iterate-sandbox-prd--" belongs to prd, DOPPLER_ENVIRONMENT "dev" belongs to dev; '
        .. "use one environment for all of them: DAYTONA_SNAPSHOT_PREFIX=iterate-sandbox-dev-- "
        .. "(or a prefix of your own) for dev; for prd: doppler run --config prd -- os2 …" },
      { "prefix and Doppler config", DEV, { DOPPLER_CONFIG = "prd_blue" }, nil,
        'prefix "iterate-sandbox-dev--" belongs to dev, DOPPLER_CONFIG "prd_blue" belongs to prd; ' },
      { "a prefix below another environment's", PRD .. "blue--", { DOPPLER_CONFIG = "dev" }, nil,
        'prefix "iterate-sandbox-prd--blue--" belongs to prd' },
      { "the two Doppler variables", "mine--",
        { DOPPLER_CONFIG = "dev_x", DOPPLER_ENVIRONMENT = "prd" }, nil,
        'DOPPLER_ENVIRONMENT "prd" belongs to prd, DOPPLER_CONFIG "dev_x" belongs to dev; ' },
      { "key and prefix", DEV, {}, "os2-prd",
        'prefix "iterate-sandbox-dev--" belongs to dev, API key "os2-prd" belongs to prd; '
        .. "use one environment for all of them, or a prefix of your own such as dev-jonas--" },
      { "key and Doppler environment", "mine--", { DOPPLER_CONFIG = "dev" }, "os2-prd",
        'API key "os2-prd" belongs to prd, DOPPLER_CONFIG "dev" belongs to dev; ' },
    }
    for _, row in ipairs(stopped) do
      it("stops the run: " .. row[1], function()
        policy.set("environment.table", {
          dev = { doppler = "dev", prefix = DEV },
          prd = { doppler = "prd", prefix = PRD, key = "os2-prd" },
        })
        local decision, err = guard(row[2], row[3], row[4])
        assert.is_nil(decision)
        assert.are.equal("invalid", err.kind)
        assert.are.equal("config", err.exit)
        assert.are.equal(row[5], err.message:sub(1, #row[5]))
      end)
    end

    it("warns when a prefix of one's own names another environment", function()
      local decision = guard("dev-jonas--", { DOPPLER_CONFIG = "prd" })
      assert.are.equal("prd", decision.environment)
      assert.are.equal('prefix "dev-jonas--" names dev, but this run is for prd', decision.warning)
    end)
  end)

  describe("table", function()
    local refused = {
      { { dev = "dev" }, "dev is not a table" },
      { { dev = { doppler = "dev" } }, "dev lacks doppler or prefix" },
      { { dev = { doppler = "dev", prefix = "dev" } }, 'dev.prefix does not end with "--"' },
      { { dev = { doppler = "dev", prefix = "dev--", color = "red" } }, "dev.color is unknown" },
      { { dev = { doppler = "dev", prefix = "dev--", key = 7 } }, "dev.key is 7" },
    }
    for _, row in ipairs(refused) do
      it("refuses: " .. row[2], function()
        local ok, message = pcall(policy.set, "environment.table", row[1])
        assert.is_false(ok)
        assert.is_truthy(message:find(row[2], 1, true), message)
      end)
    end
  end)
end)
