--- --env: secrets from Doppler, whose one operation a stand-in has (tests/lib/doppler.js).
local json = require("os2.json")
local node_server = require("tests.lib.node_server")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local KEY <const> = "dtn_test_key_full"
local DEV <const>, PRD <const>, PERSON <const> = "dp.st.dev.aaaa1111", "dp.st.prd.bbbb2222", "dp.ct.cccc3333"
local SECRET <const> = "only-Doppler-knows-this"

describe("--env", function()
  local world, doppler

  local function secrets(changes)
    local all = {
      DAYTONA_API_KEY = KEY, DAYTONA_SNAPSHOT_PREFIX = PREFIX, NPM_PASS = SECRET, PLAIN = "plain-" .. SECRET,
      PATH = "/nowhere", LD_PRELOAD = "/nowhere.so", SHARED = "of-doppler",
    }
    for name, value in pairs(changes or {}) do all[name] = value end
    return all
  end

  setup(function()
    world = worlds.start()
    doppler = node_server.start("doppler.js", json.encode{
      tokens = {
        [DEV] = { project = "os2", config = "dev" }, [PRD] = { project = "os2", config = "prd" },
        [PERSON] = {}, ["dp.st.bad"] = { project = "os2", config = "bad" },
        ["dp.st.lying"] = { project = "os2", config = "prd_lying" },
        ["dp.st.list"] = { project = "os2", config = "list" },
        ["dp.st.mute"] = { project = "os2", config = "mute" },
      },
      configs = {
        ["os2/dev"] = { environment = "dev", secrets = secrets() },
        ["os2/dev_jonas"] = { environment = "dev", secrets = secrets{ SHARED = "of-jonas" } },
        ["os2/prd"] = { environment = "prd", secrets = secrets{ DAYTONA_SNAPSHOT_PREFIX = "iterate-sandbox-stg--" } },
        ["os2/prd_lying"] = { environment = "stg", secrets = secrets() },
        ["os2/bad"] = { environment = "dev", secrets = { ["A B"] = SECRET } },
        ["os2/list"] = { raw = '["' .. SECRET .. '"]' },
        ["os2/mute"] = { raw = json.encode(secrets()) },
      },
    })
  end)
  teardown(function()
    if doppler then doppler:stop() end
    if world then world:stop() end
  end)
  before_each(function()
    world:reset()
    world:control("POST", "seed", { name = PREFIX .. "20260111-193045" })
  end)

  local function run(words, changes)
    local all = {
      DAYTONA_API_KEY = false, DAYTONA_SNAPSHOT_PREFIX = false, DOPPLER_PROJECT = false,
      DOPPLER_TOKEN = DEV, DOPPLER_API_HOST = doppler.address, GITHUB_ACTIONS = false,
    }
    for name, value in pairs(changes or {}) do all[name] = value end
    local ran = world:run(words, all)
    for _, text in ipairs{ SECRET, KEY } do
      assert.is_nil((ran.stdout .. ran.stderr):gsub("::add%-mask::[^\n]*\n", ""):find(text, 1, true))
    end
    return ran
  end

  local function resolve(name, changes)
    return run({ "resolve", "--env", name }, changes)
  end

  -- What a run sees of the environment, by a policy.
  local function seen(changes, words, policy)
    world:write("policy.lua", ('policy.api(1)\n%s\npolicy.override("resolution.pick", function(base, facts)\n'
      .. '  error("SHARED is " .. tostring(facts.env.SHARED) .. ", PATH is " .. tostring(facts.env.PATH)'
      .. ' .. ", LD is " .. tostring(facts.env.LD_PRELOAD), 0)\nend)'):format(policy or ""))
    return run({ "resolve", "--policy", "policy.lua", "--env", "dev", table.unpack(words or {}) }, changes).stderr
  end

  it("loads what a run needs, with a service token alone", function()
    local ran = resolve("dev")
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(PREFIX .. "20260111-193045\n", ran.stdout)
    local asked = doppler:get("/seen")
    local last = asked[#asked]
    assert.equal("/v3/configs/config/secrets/download", last.path)
    assert.equal("json", last.query.format)
    assert.is_nil(last.query.config)
  end)

  it("names project and config for another token, and a branch config", function()
    local ran = resolve("dev", { DOPPLER_TOKEN = PERSON, DOPPLER_PROJECT = "os2", DOPPLER_CONFIG = "dev_jonas" })
    assert.equal(0, ran.code, ran.stderr)
    local asked = doppler:get("/seen")
    assert.same({ "os2", "dev_jonas" }, { asked[#asked].query.project, asked[#asked].query.config })
    ran = resolve("dev", { DOPPLER_TOKEN = PERSON })
    assert.equal(3, ran.code)
    assert.matches("DOPPLER_PROJECT is not set", ran.stderr)
  end)

  it("ends with 3 where anything belongs to another environment", function()
    local rows = {
      { "prd", {}, 'DOPPLER_ENVIRONMENT is "dev"' }, { "dev", { DOPPLER_TOKEN = PRD }, 'is "prd"' },
      { "prd", { DOPPLER_TOKEN = "dp.st.lying" }, 'is "stg"' },
      { "prd", { DOPPLER_TOKEN = "dp.st.mute" }, "DOPPLER_ENVIRONMENT is not set" },
      { "prd", { DOPPLER_TOKEN = PRD }, 'prefix "iterate%-sandbox%-stg%-%-" belongs to stg' },
      { "dev", { DOPPLER_CONFIG = "stg" }, 'DOPPLER_CONFIG is "stg"' },
      { "dev", { DOPPLER_TOKEN = false }, "needs DOPPLER_TOKEN" },
      { "dev", { DOPPLER_API_HOST = "http://doppler.example" }, "no address of https" },
    }
    for _, row in ipairs(rows) do
      local ran = resolve(row[1], row[2])
      assert.equal(3, ran.code, ran.stderr)
      assert.matches(row[3], ran.stderr)
    end
    local _, total = world:requests()
    assert.equal(0, total)
  end)

  it("loads nothing under doppler run, and checks it", function()
    local before = #doppler:get("/seen")
    local under = { DAYTONA_API_KEY = KEY, DAYTONA_SNAPSHOT_PREFIX = PREFIX, DOPPLER_TOKEN = false,
      DOPPLER_ENVIRONMENT = "prd", DOPPLER_CONFIG = "prd", DOPPLER_PROJECT = "os2" }
    assert.equal(0, resolve("prd", under).code)
    assert.equal(3, resolve("dev", under).code)
    under.DOPPLER_CONFIG = "dev"
    assert.equal(3, resolve("prd", under).code)
    assert.equal(before, #doppler:get("/seen"))
  end)

  it("sets variables as doppler run does, with the exceptions of policies", function()
    local words = seen{ SHARED = "of-environment" }
    assert.is_truthy(words:find("SHARED is ***, PATH is ", 1, true), words)
    assert.is_nil(words:find("/nowhere", 1, true))
    assert.is_truthy(words:find("LD is nil", 1, true))
    words = seen({ SHARED = "of-environment" }, {}, 'policy.set("doppler.preserved", {"SHARED"})')
    assert.is_truthy(words:find("SHARED is of-environment", 1, true), words)
    words = seen({ SHARED = "of-environment" }, {}, 'policy.set("doppler.variables", {"DAYTONA_*"})')
    assert.is_truthy(words:find("SHARED is of-environment", 1, true), words)
    words = seen({}, {}, 'policy.set("doppler.shown", {"SHARED", "DAYTONA_SNAPSHOT_PREFIX"})')
    assert.is_truthy(words:find("SHARED is of-doppler", 1, true), words)
  end)

  it("masks for GitHub what it has loaded", function()
    local ran = resolve("dev", { GITHUB_ACTIONS = "true" })
    assert.is_truthy(ran.stderr:find("::add-mask::plain-" .. SECRET .. "\n", 1, true))
    assert.is_nil(ran.stderr:find("::add-mask::" .. PREFIX, 1, true))
  end)

  it("tries again what is temporary, and names what is not", function()
    doppler:get("/fail?count=2&status=503")
    assert.equal(0, resolve("dev").code)
    doppler:get("/fail?count=9&status=429")
    local policy = { "resolve", "--policy", "once.lua", "--env", "dev" }
    world:write("once.lua", 'policy.api(1)\npolicy.set("retry.attempts", 1)')
    assert.equal(75, run(policy).code)
    doppler:get("/fail?count=0&status=503")
    local away = run(policy, { DOPPLER_API_HOST = "http://127.0.0.1:1" })
    assert.equal(75, away.code, away.stderr)
    assert.matches("doppler: Doppler was not reached: ", away.stderr, 1, true)
    local rows = {
      { "dp.st.unknown", 7, "Invalid Auth token" }, { "dp.st.bad", 1, "cannot be a variable" },
      { "dp.st.list", 1, "a secret that is no text" }, { "a b", 3, "a space or a line break" },
    }
    for _, row in ipairs(rows) do
      local ran = resolve("dev", { DOPPLER_TOKEN = row[1] })
      assert.equal(row[2], ran.code, ran.stderr)
      assert.is_truthy(ran.stderr:find(row[3], 1, true), ran.stderr)
    end
    local gone = resolve("dev", { DOPPLER_TOKEN = PERSON, DOPPLER_PROJECT = "other" })
    assert.equal(3, gone.code)
  end)

  it("works for every command that has --provider, and knows the environments", function()
    local ran = run{ "machine", "list", "--environment", "dev" }
    assert.equal(0, ran.code, ran.stderr)
    ran = run{ "snapshot", "--env", "dev", "--provider", "docker", "--dry-run" }
    assert.equal(0, ran.code, ran.stderr)
    ran = resolve("dve")
    assert.equal(2, ran.code)
    assert.matches("did you mean dev", ran.stderr)
  end)

  it("gives a build the secrets that it mounts", function()
    world:write("sandbox/Dockerfile", ("FROM %s\nENV OF=%s\n"
      .. "RUN --mount=type=secret,id=NPM_PASS,required=true test \"$(cat /run/secrets/NPM_PASS)\" = %s\n")
      :format(worlds.base_image(), PREFIX, SECRET))
    local ran = run{
      "snapshot", "--env", "dev", "--provider", "docker", "--secret", "id=NPM_PASS", "--no-cache",
    }
    assert.equal(0, ran.code, ran.stderr)
    world:untag_images()
  end)
end)
