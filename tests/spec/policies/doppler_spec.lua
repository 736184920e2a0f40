--- Which Doppler config --env loads, and when the environment is the one that was asked for.
local err = require("os2.err")
local policy = require("os2.policy")

describe("os2.policies.doppler", function()
  before_each(policy.reset)
  teardown(policy.reset)

  local function check(asked, env)
    return policy.ask("doppler.check", { asked = asked, doppler = asked, env = env })
  end

  it("takes the environment's own config, or the one that is named", function()
    local function config(env)
      return policy.ask("doppler.config", { asked = "dev", doppler = "dev", env = env })
    end
    assert.equal("dev", config{})
    assert.equal("dev_jonas", config{ DOPPLER_CONFIG = "dev_jonas" })
  end)

  it("wants each that tells the environment to tell the same", function()
    local rows = {
      { "dev", {}, true }, { "stg", {}, true }, { "prd", {}, false },
      { "dev", { DOPPLER_ENVIRONMENT = "dev" }, true }, { "dev", { DOPPLER_ENVIRONMENT = "prd" }, false },
      { "dev", { DOPPLER_CONFIG = "dev_jonas" }, true }, { "dev", { DOPPLER_CONFIG = "prd" }, false },
      { "dev", { DOPPLER_CONFIG = "devel" }, false }, { "dev", { DOPPLER_CONFIG = "" }, false },
      { "prd", { DOPPLER_CONFIG = "prd" }, false }, { "prd", { DOPPLER_ENVIRONMENT = "prd" }, true },
      { "prd", { DOPPLER_ENVIRONMENT = "prd", DOPPLER_CONFIG = "prd_eu" }, true },
      { "prd", { DOPPLER_ENVIRONMENT = "prd", DOPPLER_CONFIG = "dev" }, false },
      { "prd", { DOPPLER_ENVIRONMENT = "" }, false }, { "prd", { DOPPLER_ENVIRONMENT = "PRD" }, false },
    }
    for _, row in ipairs(rows) do
      local ok, failure = check(row[1], row[2])
      local words = ("%s %s %s"):format(row[1], row[2].DOPPLER_ENVIRONMENT, row[2].DOPPLER_CONFIG)
      assert.equal(row[3] or nil, ok, words)
      if not row[3] then assert.equal(3, err.exit_code(failure), words) end
    end
  end)

  it("asks for a positive match where a policy wants one", function()
    policy.set("doppler.strict", { "stg" })
    assert.is_nil((check("stg", {})))
    assert.is_true(check("prd", {}))
  end)

  it("masks all but settings, and lets Doppler win over the environment", function()
    assert.same({ "*" }, policy.ask("doppler.variables"))
    assert.same({}, policy.ask("doppler.preserved"))
    local ignored = table.concat(policy.ask("doppler.ignored"), " ")
    for _, name in ipairs{ "PATH", "PS1", "HOME" } do assert.is_truthy(ignored:find(name, 1, true)) end
    for _, name in ipairs(policy.ask("doppler.shown")) do assert.is_nil(name:find("KEY")) end
  end)

  it("lets --env decide which environment a run is for", function()
    local facts = { prefix = "iterate-sandbox-dev--", asked = "dev", env = {} }
    assert.equal("dev", policy.ask("environment.guard", facts).environment)
    facts.asked = "stg"
    local guard, failure = policy.ask("environment.guard", facts)
    assert.is_nil(guard)
    assert.equal(3, err.exit_code(failure))
    assert.matches('%-%-env "stg" belongs to stg, prefix "iterate%-sandbox%-dev%-%-" belongs to dev',
      failure.message)
  end)
end)
