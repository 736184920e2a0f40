--- `os2 machine create` at the Daytona stand-in: what is made, refused, survived and undone.
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local machines = require("tests.lib.daytona_machines")

local SNAPSHOT <const> = machines.SNAPSHOT

describe("machine create", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local machine, patient, config, fault, sandboxes, creates, assert_ok, assert_refused, assert_late =
    shared.machine, shared.patient, shared.config, shared.fault, shared.sandboxes, shared.creates,
    shared.assert_ok, shared.assert_refused, shared.assert_late

  it("starts one from the newest snapshot and prints its name alone", function()
    local ran = assert_ok(machine{ "create" })
    local made = sandboxes()
    assert.equal(made[1].name .. "\n", ran.stdout)
    assert.equal(SNAPSHOT, made[1].snapshot)
    assert.equal("started", made[1].state)
    assert.is_false(made[1].public)
    assert.equal(60, made[1].autoStopInterval)
    assert.truthy(made[1].labels["os2-run"])
    assert.truthy(made[1].labels["os2-user"])
    assert.equal(1, creates())
  end)

  it("passes on name, labels, variables, auto-stop and public", function()
    world:write("more.env", "FILE=\"a b\"\n# comment\nTOKEN\nA=file\n")
    assert_ok(machine({
      "create", "--name", "mach_7", "--label", "team=x", "--env", "A=1=2", "--env", "SECRET",
      "--env-file", "more.env", "--auto-stop", "0", "--public", "--snapshot", SNAPSHOT,
    }, { SECRET = "hush", TOKEN = "t" }))
    local made = sandboxes()[1]
    assert.equal("mach_7", made.name)
    assert.equal("x", made.labels.team)
    assert.same({ A = "1=2", SECRET = "hush", FILE = "a b", TOKEN = "t" }, made.env)
    assert.equal(0, made.autoStopInterval)
    assert.is_true(made.public)
  end)

  it("never shows the values of variables", function()
    local ran = assert_ok(machine({ "create", "--name", "m", "--env", "SECRET", "--json" },
      { SECRET = "hush-hush" }))
    assert.is_nil((ran.stdout .. ran.stderr):find("hush-hush", 1, true))
    assert.same({ "SECRET" }, json.decode(ran.stdout).machines[1].env)
    for _, words in ipairs{ { "get", "m" }, { "get", "m", "--json" }, { "list", "--json" } } do
      ran = assert_ok(machine(words))
      assert.is_nil((ran.stdout .. ran.stderr):find("hush-hush", 1, true))
    end
  end)

  it("waits until a private one is healthy", function()
    config{ previews = { healthyAfter = 700 } }
    local ran = assert_ok(machine{ "create", "--wait-healthy", "--json" })
    local made = json.decode(ran.stdout).machines[1]
    assert.equal("started", made.state)
    assert.truthy(made.url:find("/preview/3000/" .. made.id, 1, true), made.url)
  end)

  it("asks whether it is healthy as its daemon is asked, or as a policy says", function()
    assert_ok(machine{ "create", "--wait-healthy" })
    assert.is_true(interrupt.saw(world, "GET", "^/preview/3000/[^/]+/api/health$")())
    world:write("policy.lua", 'policy.api(1)\npolicy.set("entry.health_path", "/up")\n')
    assert_ok(machine({ "create", "--wait-healthy" }, { OS2_POLICY = "policy.lua" }))
    assert.is_true(interrupt.saw(world, "GET", "^/preview/3000/[^/]+/up$")())
  end)

  it("makes many, each with a name of its own", function()
    local ran = assert_ok(machine{ "create", "--count", "12", "--limit", "5" })
    local names, count = {}, 0
    for name in ran.stdout:gmatch("[^\n]+") do
      assert.is_nil(names[name])
      names[name], count = true, count + 1
    end
    assert.equal(12, count)
    assert.equal(12, #sandboxes())
  end)

  it("wants --yes for very many", function()
    assert_refused(machine{ "create", "--count", "51" }, 2, "--yes")
    assert.equal(0, select(2, world:requests()))
  end)

  it("stays within its share of a rate limit, and says so", function()
    config{ rateLimits = { ["sandbox-create"] = { limit = 4, ttl = 2 } } }
    local ran = assert_ok(machine{ "create", "--count", "5", "--limit", "1" })
    assert.truthy(ran.stderr:find("rate limit sandbox-create: 4, of which at most 2", 1, true),
      ran.stderr)
    assert.equal(5, #sandboxes())
    for _, request in ipairs(world:control("GET", "requests").requests) do
      assert.not_equal(429, request.status)
    end
  end)

  describe("refuses", function()
    it("a variable that is not set, naming it", function()
      assert_refused(machine{ "create", "--env", "NOT_SET" }, 2, "NOT_SET")
    end)

    it("a name no platform takes", function()
      assert_refused(machine{ "create", "--name", "bad name!" }, 2, "bad name!")
    end)

    it("an unknown snapshot", function()
      assert_refused(machine{ "create", "--snapshot", "nope" }, 4, "nope", "--snapshot")
    end)

    it("a name that is taken, and leaves the other one alone", function()
      assert_ok(machine{ "create", "--name", "taken" })
      local ran = machine{ "create", "--name", "taken" }
      assert.equal(6, ran.code, ran.stderr)
      assert.equal(1, #sandboxes())
    end)

    it("a key without the permission, with one request", function()
      assert_refused(machine({ "create", "--snapshot", SNAPSHOT },
        { DAYTONA_API_KEY = "dtn_test_key_read" }), 7, "write:sandboxes")
      assert.equal(1, select(2, world:requests()))
    end)

    it("an unknown region, without looking for what was never made", function()
      local ran = machine{ "create", "--region", "mars", "--json" }
      assert.equal(3, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("no region mars; there are eu, us", 1, true), ran.stderr)
      assert.truthy(select(2, world:requests()) <= 3)
      assert.is_nil(ran.stderr:find("deleting", 1, true), ran.stderr)
    end)

    it("an unknown region of DAYTONA_TARGET, but for --region", function()
      world:control("POST", "snapshot", { name = SNAPSHOT, set = { regionIds = { "us", "eu" } } })
      local ran = machine({ "create" }, { DAYTONA_TARGET = "mars" })
      assert_refused(ran, 3, "no region mars", "with --region or DAYTONA_TARGET")
      ran = machine({ "create", "--snapshot", SNAPSHOT }, { DAYTONA_TARGET = "mars" })
      assert_refused(ran, 3, "Region not found; the region is mars, from --region or DAYTONA_TARGET",
        "there are eu, us")
      assert_ok(machine({ "create", "--region", "us" }, { DAYTONA_TARGET = "mars" }))
      assert_ok(machine({ "create" }, { DAYTONA_TARGET = "eu" }))
      assert.same({ "us", "eu" }, { sandboxes()[1].target, sandboxes()[2].target })
    end)

    it("what goes beyond the quota, saying what makes room", function()
      config{ sandboxQuota = { cpu = 0 } }
      assert_refused(machine{ "create" }, 8, "Total CPU limit exceeded",
        "stop or delete machines that are not needed: `os2 machine list` lists them")
      config{ sandboxQuota = { cpu = json.null, disk = 0 } }
      assert_refused(machine{ "create" }, 8, "disk limit exceeded", "archive or delete")
    end)

    it("an empty list of snapshots", function()
      world:control("POST", "snapshot", { name = SNAPSHOT, set = { state = "error" } })
      assert_refused(machine{ "create" }, 4, "no usable snapshot")
    end)
  end)

  describe("survives", function()
    for _, kind in ipairs{ "lost", "reset", "truncated" } do
      it("a create whose answer is cut off: " .. kind, function()
        fault({ method = "POST", path = "/sandbox$" }, { type = kind })
        assert_ok(machine{ "create", "--name", "m" })
        assert.equal(1, #sandboxes())
      end)
    end

    it("failures of what may be asked again", function()
      fault({ method = "GET", path = "/sandbox/" }, { type = "html", status = 502 })
      fault({ method = "GET", path = "/sandbox/" }, { type = "truncated" })
      fault({ method = "POST", path = "/sandbox$" }, { type = "status", status = 429,
        headers = { ["Retry-After-sandbox-create"] = "1" } })
      assert_ok(machine{ "create" })
      assert.equal(1, #sandboxes())
    end)

    it("an API that is away for longer than a request is tried", function()
      config{ createWait = 10, timetable = { creating = 100 } }
      for _, action in ipairs{ { type = "status", status = 503 }, { type = "reset" },
        { type = "status", status = 500 } } do
        fault({ method = "GET", path = "/sandbox/[0-9a-f]{8}-" }, action, 4)
      end
      local ran = assert_ok(patient{ "create" })
      assert.equal(1, select(2, ran.stderr:gsub("trying again", "")), ran.stderr)
    end)

    it("an answer from before the wait: reads it back", function()
      config{ createWait = 10, timetable = { creating = 700 } }
      local ran = assert_ok(machine{ "create", "--json" })
      assert.equal("started", json.decode(ran.stdout).machines[1].state)
    end)
  end)

  describe("leaves nothing when", function()
    it("the machine fails to start", function()
      config{ sandboxOutcomes = { { name = "^m$", errorReason = "no room left" } } }
      assert_refused(machine{ "create", "--name", "m" }, 1, "no room left")
    end)

    it("the reason of its failing start sounds like a refusal", function()
      for _, reason in ipairs{ "disk quota exceeded", "Snapshot " .. SNAPSHOT .. " not found" } do
        config{ sandboxOutcomes = { { name = "^m$", errorReason = reason } } }
        assert_refused(machine{ "create", "--name", "m" }, 1, reason)
      end
    end)

    it("it fails while it is waited for", function()
      config{ createWait = 10, timetable = { creating = 300 },
        sandboxOutcomes = { { name = "^m$", errorReason = "no room left" } } }
      assert_refused(machine{ "create", "--name", "m" }, 1, "no room left")
    end)

    it("one of several fails", function()
      config{ sandboxOutcomes = { { name = "-3$", errorReason = "no room left" } } }
      assert_refused(machine{ "create", "--name", "m", "--count", "5" }, 1, "no room left")
    end)

    -- What counts is that it is deleted, however long that takes.
    local function late()
      world:write("policy.lua", 'policy.api(1)\npolicy.set("timeouts.machine_cleanup", 60)\n')
      return machine({ "create", "--timeout", "3" }, { OS2_POLICY = "policy.lua" })
    end

    it("it does not start in time", function()
      config{ createWait = 10, timetable = { creating = 4500 } }
      assert_late(late(), "still creating after", 3)
    end)

    it("the request for it blocks for longer than there is time", function()
      config{ timetable = { creating = 4500 } }
      assert_late(late(), "still without an answer after", 3)
    end)

    it("not even the snapshot is found in time", function()
      fault({ method = "GET", path = "/snapshots" }, { type = "slow", ms = 20000 }, 0)
      assert_refused(machine{ "create", "--timeout", "1" }, 5, "within 1 s")
      assert.equal(0, creates())
    end)

    it("it does not become healthy", function()
      config{ previews = { healthyAfter = json.null } }
      world:write("policy.lua", 'policy.api(1)\npolicy.set("timeouts.machine_healthy", 2)\n')
      assert_refused(machine({ "create", "--wait-healthy" }, { OS2_POLICY = "policy.lua" }), 5,
        "not healthy", "502")
    end)

    it("looking at it fails for good", function()
      fault({ method = "GET", path = "/sandbox/[0-9a-f]{8}-" }, { type = "status", status = 500 }, 0)
      assert_late(late(), "after", 3)
    end)

    it("the delete's answer is lost", function()
      config{ sandboxOutcomes = { { name = "^m$", errorReason = "no room left" } } }
      fault({ method = "DELETE", path = "/sandbox/" }, { type = "lost" })
      fault({ method = "DELETE", path = "/sandbox/" }, { type = "html", status = 502 })
      assert_refused(machine{ "create", "--name", "m" }, 1, "no room left")
    end)

    it("no answer ever comes to its create", function()
      fault({ method = "POST", path = "/sandbox$" }, { type = "lost" }, 0)
      fault({ method = "GET", path = "/sandbox/m$" }, { type = "status", status = 500 }, 1)
      assert_refused(machine{ "create", "--name", "m" }, 75)
    end)
  end)

  it("keeps the good ones where a policy says so, and fails all the same", function()
    config{ sandboxOutcomes = { { name = "-3$", errorReason = "no room left" } } }
    world:write("policy.lua", 'policy.api(1)\npolicy.set("machine.on_failure", "keep")\n')
    local ran = machine({ "create", "--name", "m", "--count", "5" }, { OS2_POLICY = "policy.lua" })
    assert.equal(1, ran.code, ran.stderr)
    assert.equal("m-1\nm-2\nm-4\nm-5\n", ran.stdout)
    assert.equal(4, #sandboxes())
  end)
end)
