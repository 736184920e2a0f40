--- `os2 resolve` in a region, with a pin, and with settings and policies that are wrong.
local http = require("os2.http")
local json = require("os2.json")
local resolving = require("tests.lib.resolving")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX

describe("resolve", function()
  local shared, world = resolving.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local seed, resolve, resolve_json, asked, fault =
    shared.seed, shared.resolve, shared.resolve_json, shared.asked, shared.fault

  describe("in a region", function()
    before_each(function()
      seed(PREFIX .. "20260111-193045", { createdAt = "2026-01-11T19:30:45Z",
        set = { regionIds = { "us", "eu" } } })
      seed(PREFIX .. "20260112-193045", { createdAt = "2026-01-12T19:30:45Z" })
    end)

    it("passes over what is not there, and counts it under its reason", function()
      local document = resolve_json("--region", "eu")
      assert.equal(PREFIX .. "20260111-193045", document.name)
      assert.same({ ["not in region eu"] = 1 }, document.passed)
      assert.equal(PREFIX .. "20260112-193045\n", resolve("--region", "us").stdout)
    end)

    it("keeps an answer for that region alone, however it was named", function()
      assert.equal(PREFIX .. "20260111-193045\n", resolve("--region", "eu").stdout)
      assert.equal(PREFIX .. "20260112-193045\n", resolve().stdout)
      local ran = world:run({ "resolve" }, { DAYTONA_TARGET = "eu" })
      assert.equal(PREFIX .. "20260111-193045\n", ran.stdout)
      ran = world:run({ "resolve", "--region", "us" }, { DAYTONA_TARGET = "eu" })
      assert.equal(PREFIX .. "20260112-193045\n", ran.stdout)
      assert.equal(3, asked())
    end)

    it("refuses one that is unknown, and names those that there are", function()
      local ran = resolve("--region", "ue")
      assert.equal(3, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("no region ue; there are eu, us", 1, true), ran.stderr)
    end)

    it("knows the organization's own by its name", function()
      local made = http.request{
        method = "POST", url = world.api_url .. "/regions", body = json.encode{ name = "berlin" },
        headers = { Authorization = "Bearer dtn_test_key_full", ["content-type"] = "application/json" },
      }
      local id = json.decode(made.body).id
      assert.not_equal("berlin", id)
      seed(PREFIX .. "20260110-193045", { createdAt = "2026-01-10T19:30:45Z",
        set = { regionIds = { id } } })
      assert.equal(PREFIX .. "20260110-193045\n", resolve("--region", "berlin").stdout)
    end)
  end)

  describe("with a pin", function()
    local PIN <const> = PREFIX .. "20260111-193045"

    local function pinned(changes, ...)
      local all = { DAYTONA_SNAPSHOT_PIN = PIN }
      for name, value in pairs(changes or {}) do all[name] = value end
      return world:run({ "resolve", ... }, all)
    end

    it("looks at it once, answers with it before all else, and says so every time", function()
      seed(PIN, { createdAt = "2026-01-11T19:30:45Z" })
      seed(PREFIX .. "20260112-193045", { createdAt = "2026-01-12T19:30:45Z" })
      for _ = 1, 3 do
        local ran = pinned{ DAYTONA_SNAPSHOT_PREFIX = false }
        assert.equal(0, ran.code, ran.stderr)
        assert.equal(PIN .. "\n", ran.stdout)
        assert.truthy(ran.stderr:find("pinned to " .. PIN, 1, true))
      end
      assert.same({ ["GET /api/snapshots/{id}"] = 1 }, (world:requests()))
      local document = json.decode(pinned({}, "--json", "--refresh").stdout)
      assert.same({ true, "active" }, { document.pinned, document.state })
    end)

    it("refuses one that does not exist, naming the nearest", function()
      seed(PREFIX .. "20260111-193054")
      local ran = pinned()
      assert.equal(4, ran.code, ran.stderr)
      assert.equal("", ran.stdout)
      for _, words in ipairs{ PIN .. " does not exist", "DAYTONA_SNAPSHOT_PIN",
        "did you mean " .. PREFIX .. "20260111-193054" } do
        assert.truthy(ran.stderr:find(words, 1, true), ran.stderr)
      end
      assert.equal(4, pinned{ DAYTONA_SNAPSHOT_PIN = "nonexist" }.code)
    end)

    it("refuses one that cannot be used, and says why", function()
      seed(PIN, { set = { state = "error" } })
      local ran = pinned()
      assert.equal(6, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("state error", 1, true), ran.stderr)
      world:control("POST", "snapshot", { name = PIN, set = { state = "inactive" } })
      ran = pinned({}, "--fresh")
      assert.equal(6, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("os2 snapshot activate " .. PIN, 1, true), ran.stderr)
      world:control("POST", "snapshot", { name = PIN, set = { state = "active" } })
      ran = pinned({}, "--fresh", "--region", "eu")
      assert.equal(6, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("not in region eu", 1, true), ran.stderr)
    end)

    it("holds it, with a warning, while the API is away; not with --fresh", function()
      fault{ type = "html", status = 503 }
      local ran = pinned()
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(PIN .. "\n", ran.stdout)
      assert.truthy(ran.stderr:find("could not be checked", 1, true), ran.stderr)
      assert.equal(75, pinned({}, "--fresh").code)
      fault{ type = "reset" }
      assert.equal(0, pinned({ XDG_CACHE_HOME = world.directory .. "/other" }).code)
      ran = pinned{ DAYTONA_API_KEY = false }
      assert.equal(0, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("DAYTONA_API_KEY is not set", 1, true), ran.stderr)
    end)

    it("does not hold it against an API that says no", function()
      assert.equal(7, pinned{ DAYTONA_API_KEY = "wrong" }.code)
    end)

    it("asks nothing with --no-check", function()
      for _, key in ipairs{ "dtn_test_key_full", false } do
        local ran = pinned({ DAYTONA_API_KEY = key }, "--no-check")
        assert.equal(0, ran.code, ran.stderr)
        assert.equal(PIN .. "\n", ran.stdout)
        assert.truthy(ran.stderr:find("it was not checked", 1, true), ran.stderr)
      end
      assert.equal(0, select(2, world:requests()))
    end)

    it("loads no libcurl for one that was looked at", function()
      seed(PIN)
      pinned()
      local ran = pinned{ LD_DEBUG = "files" }
      assert.equal(0, ran.code)
      assert.is_nil(ran.stderr:find("libcurl", 1, true))
    end)
  end)

  describe("refuses", function()
    local function refused(code, words, changes, ...)
      local ran = world:run({ "resolve", ... }, changes)
      assert.equal(code, ran.code, ran.stderr)
      assert.equal("", ran.stdout)
      assert.equal(1, select(2, ran.stderr:gsub("\n", "")), ran.stderr)
      for _, word in ipairs(words) do
        assert.truthy(ran.stderr:find(word, 1, true), word .. " in " .. ran.stderr)
      end
    end

    it("no prefix", function()
      refused(3, { "DAYTONA_SNAPSHOT_PREFIX", "--prefix" }, { DAYTONA_SNAPSHOT_PREFIX = false })
    end)

    it("a prefix without --", function()
      refused(3, { "dev", "--" }, { DAYTONA_SNAPSHOT_PREFIX = "dev" })
    end)

    it("illegal characters", function()
      refused(3, { "dev grüße" }, {}, "--prefix", "dev grüße--")
    end)

    it("a run without a key, naming both ways on", function()
      refused(3, { "DAYTONA_API_KEY", "--provider docker" }, { DAYTONA_API_KEY = false })
    end)

    it("a wrong key", function()
      refused(7, { "Invalid credentials", "DAYTONA_API_KEY" }, { DAYTONA_API_KEY = "wrong" })
    end)

    it("prefix and Doppler environment that do not belong together", function()
      refused(3, { "iterate-sandbox-prd--", "dev" }, { DOPPLER_CONFIG = "dev" }, "--prefix",
        "iterate-sandbox-prd--")
    end)
  end)

  describe("names policy, answer and file where a policy answers wrongly:", function()
    local rows = {
      { [[policy.override("resolution.pick", function() return {} end)]],
        "resolution.pick", "facts.snapshots" },
      { [[policy.override("resolution.pick", function(_, facts) return facts.snapshots end)]],
        "resolution.pick", "facts.snapshots" },
      { [[policy.override("resolution.pick", function(_, facts)
            return { name = facts.snapshots[1].name }
          end)]], "resolution.pick", "facts.snapshots" },
      { [[policy.override("resolution.pick", function(_, facts)
            return facts.snapshots[1], { passed = 3 }
          end)]], "resolution.pick", "passed" },
      { [[policy.override("resolution.pick", function(_, facts)
            return facts.snapshots[1], { passed = { old = "many" } }
          end)]], "resolution.pick", "passed" },
      { [[policy.override("resolution.pin", function() return "" end)]], "resolution.pin", "empty" },
      { [[policy.override("resolution.pin", function() return "a\nb" end)]], "resolution.pin",
        "line break" },
      { [[policy.override("resolution.prefixes", function() return {} end)]],
        "resolution.prefixes", "at least one" },
      { [[policy.drop("resolution.steps", "answer")]], "resolution.steps", "without an answer" },
      { [[policy.insert_before("resolution.steps", "answer", {name = "mine", run = function(ctx)
            ctx.is_finished = true
          end})]], "resolution.steps", "without an answer" },
      { [[policy.insert_before("resolution.steps", "answer", {name = "mine", run = function(ctx)
            ctx.answer = { name = 5 }
          end})]], "resolution.steps", "name = 5" },
    }
    for index, row in ipairs(rows) do
      it(("%d. %s"):format(index, row[3]), function()
        seed(PREFIX .. "20260111-193045")
        world:write("policy.lua", "policy.api(1)\n" .. row[1] .. "\n")
        local ran = world:run({ "resolve" }, { OS2_POLICY = "policy.lua" })
        assert.equal(3, ran.code, ran.stderr)
        assert.equal("", ran.stdout)
        assert.equal(1, select(2, ran.stderr:gsub("\n", "")), ran.stderr)
        assert.truthy(ran.stderr:find(row[2] .. " (policy.lua:2)", 1, true), ran.stderr)
        assert.truthy(ran.stderr:find(row[3], 1, true), ran.stderr)
      end)
    end
  end)
end)
