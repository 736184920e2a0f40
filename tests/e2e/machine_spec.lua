--- scripts/machine.lua at the Daytona stand-in: made, looked at, changed, spoken to, cleaned up.
local clock = require("os2.clock")
local fs = require("os2.fs")
local http = require("os2.http")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local SNAPSHOT <const> = PREFIX .. "20261101-100000"
local CREATE <const> = "POST /api/sandbox"

describe("machine", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)

  before_each(function()
    world:reset()
    world:control("POST", "config", {
      proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
    })
    world:control("POST", "seed", { name = SNAPSHOT, createdAt = "2026-11-01T10:00:00Z" })
  end)

  local function machine(words, changes)
    return world:run({ "machine", table.unpack(words) }, changes)
  end

  -- With short pauses: what counts is how often, not how long.
  local function patient(words, more)
    world:write("policy.lua", 'policy.api(1)\npolicy.set("retry.base", 0.01)\n'
      .. 'policy.set("poll.longest", 0.05)\n' .. (more or ""))
    return machine(words, { OS2_POLICY = "policy.lua" })
  end

  local function config(change) world:control("POST", "config", change) end

  local function fault(match, action, times)
    world:control("POST", "faults", { match = match, times = times or 1, action = action })
  end

  -- Those that stay: what the service is about to remove is none of them.
  local function sandboxes()
    local staying = {}
    for _, sandbox in ipairs(world:control("GET", "state").sandboxes) do
      if sandbox.state ~= "destroying" then staying[#staying + 1] = sandbox end
    end
    return staying
  end

  local function creates() return (world:requests())[CREATE] or 0 end

  local function assert_ok(ran)
    assert.equal(0, ran.code, ran.stderr)
    return ran
  end

  -- Refused, with these words on stderr, and nothing left.
  local function assert_refused(ran, code, ...)
    assert.equal(code, ran.code, ran.stderr)
    assert.equal("", ran.stdout)
    for _, words in ipairs{ ... } do
      assert.truthy(ran.stderr:find(words, 1, true), ran.stderr)
    end
    assert.same({}, sandboxes())
  end

  describe("create", function()
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
        assert_refused(ran, 3, "no region mars", "by DAYTONA_TARGET")
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

      it("it does not start in time", function()
        config{ createWait = 10, timetable = { creating = 1500 } }
        assert_refused(machine{ "create", "--timeout", "1" }, 5, "still creating after 1 s")
      end)

      it("the request for it blocks for longer than there is time", function()
        config{ timetable = { creating = 1500 } }
        assert_refused(machine{ "create", "--timeout", "1" }, 5,
          "still without an answer after 1 s")
      end)

      it("not even the snapshot is found in time", function()
        fault({ method = "GET", path = "/snapshots" }, { type = "slow", ms = 20000 }, 0)
        assert_refused(machine{ "create", "--timeout", "1" }, 5, "within 1 s")
        assert.equal(0, creates())
      end)

      it("it does not become healthy", function()
        config{ previews = { healthyAfter = json.null } }
        world:write("policy.lua", 'policy.api(1)\npolicy.set("timeouts.machine_healthy", 1)\n')
        assert_refused(machine({ "create", "--wait-healthy" }, { OS2_POLICY = "policy.lua" }), 5,
          "not healthy", "502")
      end)

      it("looking at it fails for good", function()
        fault({ method = "GET", path = "/sandbox/[0-9a-f]{8}-" }, { type = "status", status = 500 }, 0)
        assert_refused(machine{ "create", "--timeout", "2" }, 5, "after 2 s")
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

    describe("interrupted", function()
      local function interrupted(words, is_reached)
        local ended = interrupt.run(world, { "machine", "create", table.unpack(words or {}) },
          is_reached)
        assert.equal(130, ended.code, ended.stderr)
        assert.equal("", ended.stdout)
        assert.truthy(ended.seconds < 8, ("it took %.1f s"):format(ended.seconds))
        return ended
      end

      -- Nothing is there, nor does it come.
      local function assert_nothing_left()
        assert.same({}, sandboxes())
        task.sleep(0.5)
        assert.same({}, sandboxes())
      end

      it("while the snapshot is looked for", function()
        fault({ path = "/snapshots" }, { type = "slow", ms = 20000 })
        local ended = interrupted({}, interrupt.saw(world, "GET", "/snapshots"))
        assert.truthy(ended.seconds < 1, ("it took %.1f s"):format(ended.seconds))
        assert_nothing_left()
      end)

      it("while an aged-out snapshot is activated", function()
        world:control("POST", "age-out", { name = SNAPSHOT })
        config{ timetable = { pending = 20000 } }
        interrupted({}, interrupt.saw(world, "POST", "/activate$"))
        assert_nothing_left()
      end)

      it("while the create is under way", function()
        config{ timetable = { creating = 1500 } }
        local ended = interrupted({}, interrupt.saw(world, "POST", "/sandbox$"))
        assert.truthy(ended.stderr:find("deleting what was made (1 machine)", 1, true), ended.stderr)
        assert_nothing_left()
      end)

      it("before the server has acted on the create", function()
        fault({ method = "POST", path = "/sandbox$" }, { type = "slow", ms = 1000 })
        interrupted({}, interrupt.saw(world, "POST", "/sandbox$"))
        task.sleep(1)
        assert_nothing_left()
      end)

      it("while a machine that cannot be deleted yet is made", function()
        config{ timetable = { creating = 1500 } }
        interrupted({}, interrupt.saw(world, "POST", "/sandbox$"))
        assert_nothing_left()
      end)

      it("while the start is waited for", function()
        config{ createWait = 10, timetable = { creating = 1500 } }
        interrupted({}, interrupt.saw(world, "GET", "/sandbox/"))
        assert_nothing_left()
      end)

      it("while it is to become healthy", function()
        config{ previews = { healthyAfter = json.null } }
        interrupted({ "--wait-healthy" }, interrupt.saw(world, "GET", "^/preview/"))
        assert_nothing_left()
      end)

      it("among many", function()
        config{ timetable = { creating = 300 } }
        interrupted({ "--count", "30", "--limit", "10" }, function() return #sandboxes() > 15 end)
        assert_nothing_left()
      end)

      it("by one signal that arrives twice deletes what was made", function()
        local process <close> = world:spawn({ "machine", "create", "--count", "3" })
        while #sandboxes() < 3 do task.sleep(0.02) end
        for _ = 1, 3 do process:kill(proc.signals.INT) end
        assert.equal(130, program.finish(process).code)
        assert.same({}, sandboxes())
      end)

      it("twice: ends at once and says what is left", function()
        config{ timetable = { creating = 20000 } }
        local process <close> = world:spawn({ "machine", "create" })
        local saw = interrupt.saw(world, "POST", "/sandbox$")
        while not saw() do task.sleep(0.02) end
        process:kill(proc.signals.INT)
        saw = interrupt.saw(world, "DELETE", "/sandbox/")
        while not saw() do task.sleep(0.02) end
        local ended = program.insist(process, "INT")
        assert.equal(130, ended.code)
        local name = sandboxes()[1].name
        local line = ("os2: left: machine %s may be left; delete it: os2 machine delete "):format(name)
        assert.truthy(ended.stderr:find(line, 1, true), ended.stderr)
      end)

      it("where it cannot delete in time: says what is left", function()
        config{ timetable = { creating = 20000 } }
        world:write("policy.lua", 'policy.api(1)\npolicy.set("timeouts.machine_cleanup", 1)\n')
        local ended = interrupt.run(world, { "machine", "create", "--name", "m" },
          interrupt.saw(world, "POST", "/sandbox$"), { environment = { OS2_POLICY = "policy.lua" } })
        assert.equal(130, ended.code, ended.stderr)
        assert.truthy(ended.stderr:find("machine m may be left; delete it: os2 machine delete", 1,
          true), ended.stderr)
        -- Not as often as it can: the API is busy with it.
        assert.truthy((world:requests())["DELETE /api/sandbox/{sandboxIdOrName}"] <= 3)
      end)
    end)
  end)

  describe("create and the snapshot's age", function()
    local NEWER <const> = PREFIX .. "20261105-100000"

    before_each(function()
      world:control("POST", "seed", { name = NEWER, createdAt = "2026-11-05T10:00:00Z" })
    end)

    it("activates one that aged out", function()
      world:control("POST", "age-out", { name = NEWER })
      local ran = assert_ok(machine{ "create" })
      assert.equal(NEWER, sandboxes()[1].snapshot)
      assert.truthy(ran.stderr:find(NEWER .. " was deactivated for lack of use and is active again",
        1, true), ran.stderr)
    end)

    it("takes the next one where the API refuses, and says which", function()
      world:control("POST", "snapshot", { name = NEWER, set = {
        state = "inactive", lastUsedAt = "2026-10-01T00:00:00Z" } })
      local ran = assert_ok(machine{ "create" })
      assert.equal(SNAPSHOT, sandboxes()[1].snapshot)
      assert.truthy(ran.stderr:find("taking the next usable snapshot: " .. SNAPSHOT, 1, true),
        ran.stderr)
    end)

    it("leaves one alone that somebody deactivated", function()
      world:control("POST", "turn-off", { name = NEWER, ago = 3600000 })
      local ran = assert_ok(machine{ "create" })
      assert.equal(SNAPSHOT, sandboxes()[1].snapshot)
      assert.truthy(ran.stderr:find(NEWER .. " is not activated: somebody deactivated it", 1, true))
      assert.is_nil((world:requests())["POST /api/snapshots/{id}/activate"])
    end)

    it("notices that the kept answer is too old", function()
      assert_ok(world:run{ "resolve" })
      world:control("POST", "age-out", { name = NEWER })
      assert_ok(machine{ "create", "--count", "5" })
      for _, made in ipairs(sandboxes()) do assert.equal(NEWER, made.snapshot) end
      assert.equal(1, (world:requests())["POST /api/snapshots/{id}/activate"])
    end)

    it("activates none where all were deactivated", function()
      world:control("POST", "turn-off", { name = NEWER })
      world:control("POST", "turn-off", { name = SNAPSHOT })
      assert_refused(machine{ "create" }, 4, "no usable snapshot")
    end)

    it("says when the only one can be activated that aged out a moment ago", function()
      world:control("POST", "snapshot", { name = SNAPSHOT, set = { state = "error" } })
      world:control("POST", "age-out", { name = NEWER, ago = 60000 })
      local turned_off
      for _, found in ipairs(world:control("GET", "state").snapshots) do
        if found.name == NEWER then turned_off = clock.parse_iso(found.updatedAt) end
      end
      local from = clock.iso(math.ceil(turned_off + 600))
      assert_refused(machine{ "create" }, 75, NEWER, from)
      assert_refused(machine{ "create", "--snapshot", NEWER }, 75, NEWER, from)
    end)

    it("waits for what another run activates", function()
      config{ timetable = { pending = 1200 } }
      world:control("POST", "age-out", { name = NEWER })
      local outcomes = task.map({ 1, 2, 3 }, function(index)
        task.sleep(index * 0.3)
        return assert_ok(machine{ "create" })
      end)
      for _, outcome in ipairs(outcomes) do
        local title = outcome.value.stderr:match("from snapshot (%S+)")
        assert.equal(NEWER, title)
      end
      for _, made in ipairs(sandboxes()) do assert.equal(NEWER, made.snapshot) end
      assert.equal(3, #sandboxes())
    end)

    it("waits for one that is named and being activated, too", function()
      config{ timetable = { pending = 800 } }
      world:control("POST", "age-out", { name = NEWER })
      local outcomes = task.map({ 1, 2 }, function(index)
        task.sleep(index * 0.3)
        return assert_ok(machine{ "create", "--snapshot", NEWER })
      end)
      assert.equal(2, #outcomes)
      assert.equal(2, #sandboxes())
    end)

    it("does not wait for one that is registered for the first time", function()
      world:control("POST", "seed", { name = PREFIX .. "20261106-100000",
        createdAt = "2026-11-06T10:00:00Z", set = { state = "pulling" } })
      assert_ok(machine{ "create" })
      assert.equal(NEWER, sandboxes()[1].snapshot)
    end)

    describe("in a region", function()
      before_each(function()
        world:control("POST", "snapshot", { name = SNAPSHOT, set = { regionIds = { "us", "eu" } } })
      end)

      it("passes over what is not there", function()
        for _, row in ipairs{ { { "create", "--region", "eu" }, {} },
          { { "create" }, { DAYTONA_TARGET = "eu" } } } do
          assert_ok(machine(row[1], row[2]))
        end
        for _, made in ipairs(sandboxes()) do assert.same({ SNAPSHOT, "eu" }, { made.snapshot, made.target }) end
        assert.equal(2, creates())
      end)

      it("learns from a refusal which is the organization's own, and says what is used", function()
        config{ defaultRegion = "eu" }
        for day = 6, 12 do
          world:control("POST", "seed", { name = PREFIX .. ("202611%02d-100000"):format(day),
            createdAt = ("2026-11-%02dT10:00:00Z"):format(day) })
        end
        local ran = assert_ok(machine{ "create" })
        assert.equal(SNAPSHOT, sandboxes()[1].snapshot)
        assert.equal(2, creates())
        assert.truthy(ran.stderr:find("from snapshot " .. SNAPSHOT .. ", not " .. PREFIX, 1, true),
          ran.stderr)
      end)

      it("says where one is that is named, and puts nothing else in its place", function()
        assert_refused(machine{ "create", "--snapshot", NEWER, "--region", "eu" }, 6,
          "not available in region eu", "it is in us")
        assert_refused(machine({ "create", "--region", "eu" }, { DAYTONA_SNAPSHOT_PIN = NEWER }), 6,
          "it is in us", "DAYTONA_SNAPSHOT_PIN")
      end)

      it("does not activate what is not there", function()
        world:control("POST", "age-out", { name = NEWER })
        world:control("POST", "snapshot", { name = SNAPSHOT, set = { state = "error" } })
        assert_refused(machine{ "create", "--region", "eu" }, 4, "no usable snapshot")
        assert.is_nil((world:requests())["POST /api/snapshots/{id}/activate"])
      end)
    end)

    it("puts nothing else in the place of one that is named", function()
      world:control("POST", "turn-off", { name = NEWER })
      assert_refused(machine{ "create", "--snapshot", NEWER }, 6, NEWER, "activate")
      world:control("POST", "age-out", { name = NEWER })
      assert_ok(machine{ "create", "--snapshot", NEWER })
      assert.equal(NEWER, sandboxes()[1].snapshot)
    end)
  end)

  describe("looks and changes:", function()
    local function state_of(name)
      for _, sandbox in ipairs(sandboxes()) do
        if sandbox.name == name then return sandbox.state end
      end
    end

    it("list goes over all pages, filters by labels, and is whole or an error", function()
      world:control("POST", "seed-sandboxes", { count = 450, body = { labels = { k = "v" } } })
      world:control("POST", "seed-sandboxes", { count = 3, name = "other-{n}" })
      local ran = assert_ok(machine{ "list", "--label", "k=v", "--json" })
      assert.equal(450, #json.decode(ran.stdout).machines)
      fault({ method = "GET", path = "cursor=" }, { type = "html", status = 502 })
      ran = assert_ok(machine{ "list", "--label", "k=v", "--json" })
      assert.equal(450, #json.decode(ran.stdout).machines)
      fault({ method = "GET", path = "cursor=" }, { type = "html", status = 502 }, 0)
      ran = machine{ "list", "--label", "k=v" }
      assert.equal(75, ran.code)
      assert.equal("", ran.stdout)
    end)

    it("stop, start, archive, delete, each waited for", function()
      assert_ok(machine{ "create", "--name", "m" })
      assert_ok(machine{ "stop", "m" })
      assert.equal("stopped", state_of("m"))
      assert_ok(machine{ "stop", "m" })
      assert_ok(machine{ "start", "m" })
      assert.equal("started", state_of("m"))
      assert_ok(machine{ "archive", "m" })
      assert.equal("archived", state_of("m"))
      assert_ok(machine{ "start", "m" })
      assert.equal("started", state_of("m"))
      assert.equal("m\n", assert_ok(machine{ "delete", "m" }).stdout)
      assert.is_nil(state_of("m"))
    end)

    for _, kind in ipairs{ "lost", "reset" } do
      it("each change survives an answer that is cut off: " .. kind, function()
        world:control("POST", "seed-sandboxes", { count = 1 })
        for _, verb in ipairs{ "stop", "start", "archive", "delete" } do
          local method = verb == "delete" and "DELETE" or "POST"
          fault({ method = method, path = "/sandbox/" }, { type = kind })
          assert_ok(machine{ verb, "box-1" })
        end
        assert.same({}, sandboxes())
      end)
    end

    it("each change waits for an API that is away", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      for _, verb in ipairs{ "stop", "start", "archive", "delete" } do
        local method = verb == "delete" and "DELETE" or "POST"
        fault({ method = method, path = "/sandbox/" }, { type = "status", status = 503 }, 6)
        fault({ method = "GET", path = "/sandbox/[0-9a-f]{8}-" }, { type = "reset" }, 6)
        assert_ok(patient{ verb, "box-1" })
      end
      assert.same({}, sandboxes())
    end)

    it("a change that is never taken ends at its deadline", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      fault({ method = "POST", path = "/stop$" }, { type = "status", status = 503 }, 0)
      local ran = patient({ "stop", "box-1" }, 'policy.set("timeouts.machine_change", 1)\n')
      assert.equal(5, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("could not be asked to stop within 1 s: 503", 1, true),
        ran.stderr)
    end)

    it("waits for a change that is under way", function()
      config{ timetable = { starting = 1000 } }
      world:control("POST", "seed-sandboxes", { count = 1, set = { state = "stopped" } })
      local outcomes = task.map({ "start", "delete" }, function(verb)
        if verb == "delete" then task.sleep(0.3) end
        return machine{ verb, "box-1" }
      end)
      assert_ok(outcomes[2].value)
      assert.same({}, sandboxes())
    end)

    it("takes what is on the way already for done", function()
      config{ timetable = { stopping = 1500, starting = 1500 } }
      world:control("POST", "seed-sandboxes", { count = 1 })
      for _, verb in ipairs{ "stop", "start" } do
        local outcomes = task.map({ 1, 2 }, function(index)
          if index == 2 then task.sleep(0.4) end
          return machine{ verb, "box-1" }
        end)
        assert_ok(outcomes[1].value)
        assert_ok(outcomes[2].value)
        assert.equal(verb == "stop" and "stopped" or "started", state_of("box-1"))
      end
    end)

    it("delete waits until the machine is gone, whatever the API calls it meanwhile", function()
      config{ timetable = { destroying = 700 } }
      world:control("POST", "seed-sandboxes", { count = 1 })
      assert.equal("box-1\n", assert_ok(machine{ "delete", "box-1" }).stdout)
      assert.same({}, world:control("GET", "state").sandboxes)
    end)

    it("delete fails where the runner cannot, and says that the machine stays", function()
      config{ sandboxOutcomes = { { name = "box-1", deleteError = "the runner is gone" } } }
      world:control("POST", "seed-sandboxes", { count = 2 })
      local ran = machine{ "delete", "box-1", "box-2" }
      assert.equal(1, ran.code, ran.stderr)
      assert.equal("box-2\n", ran.stdout)
      assert.truthy(ran.stderr:find("box-1 did not become destroyed: the runner is gone", 1, true),
        ran.stderr)
      assert.equal("", assert_ok(machine{ "list" }).stdout)
      ran = assert_ok(machine{ "list", "--all" })
      assert.truthy(ran.stdout:find("^DESTROYED_box%-1_%d+ +error"), ran.stdout)
    end)

    it("list shows what is deleted and not gone yet only with --all", function()
      config{ timetable = { destroying = 20000 } }
      world:control("POST", "seed-sandboxes", { count = 2 })
      local ran = patient({ "delete", "box-1" }, 'policy.set("timeouts.machine_delete", 1)\n')
      assert.equal(5, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("box-1 is still destroying after 1 s", 1, true), ran.stderr)
      assert.truthy(assert_ok(machine{ "list" }).stdout:find("^box%-2 [^\n]*\n$"))
      assert.truthy(assert_ok(machine{ "list", "--all" }).stdout:find("DESTROYED_box-1_", 1, true))
    end)

    it("does what it can of several, and fails for the rest", function()
      world:control("POST", "seed-sandboxes", { count = 2 })
      local ran = machine{ "delete", "box-1", "nope", "box-2" }
      assert.equal(4, ran.code)
      assert.equal("box-1\nbox-2\n", ran.stdout)
    end)

    it("list shows what others have named as plain text", function()
      world:control("POST", "seed-sandboxes", { count = 1, name = "a\27[31mb",
        body = { labels = { k = "v\nw\27]0;x\7" } } })
      local ran = assert_ok(machine{ "list" })
      assert.is_nil(ran.stdout:find("[\27\7]"), ran.stdout)
      assert.equal(1, select(2, ran.stdout:gsub("\n", "")))
    end)

    it("get tells about one, by name and id", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      local id = sandboxes()[1].id
      assert.equal(id, json.decode(assert_ok(machine{ "get", "box-1", "--json" }).stdout).machine.id)
      assert.truthy(assert_ok(machine{ "get", id }).stdout:find("box-1", 1, true))
      assert.equal(4, machine{ "get", "nope" }.code)
    end)

    it("url gives the preview, signed where asked", function()
      world:control("POST", "seed-sandboxes", { count = 1 })
      local id = sandboxes()[1].id
      assert.equal(("%s/preview/3000/%s\n"):format(world.api_url:gsub("/api$", ""), id),
        assert_ok(machine{ "url", "box-1" }).stdout)
      local ran = assert_ok(machine{ "url", "box-1", "--json" })
      assert.truthy(ran.stderr:find("--signed SECONDS", 1, true), ran.stderr)
      local told = json.decode(ran.stdout)
      assert.equal(200, http.request{ url = told.url, timeout = 5,
        headers = { ["X-Daytona-Preview-Token"] = told.token } }.status)
      local signed = assert_ok(machine{ "url", "box-1", "--port", "8080", "--signed", "60" }).stdout
      assert.truthy(signed:find("/preview/8080/%x+\n$"), signed)
      assert.is_nil(signed:find(id, 1, true))
    end)
  end)

  describe("speaks to one:", function()
    before_each(function() world:control("POST", "seed-sandboxes", { count = 1 }) end)

    it("exec keeps the argv, both streams and the exit code", function()
      local ran = machine{ "exec", "box-1", "--", "sh", "-c",
        'printf "%s|" "$@"; echo err >&2; exit 3', "sh", "a  b", "it's", "$HOME", "*", "", "--x" }
      assert.equal(3, ran.code, ran.stderr)
      assert.equal("a  b|it's|$HOME|*||--x|", ran.stdout)
      assert.equal("err\n", ran.stderr)
    end)

    it("exec with --json, in a directory", function()
      local ran = machine{ "exec", "box-1", "--json", "--cwd", "/", "--", "pwd" }
      local document = json.decode(assert_ok(ran).stdout)
      assert.same({ "/\n", 0 }, { document.stdout, document.code })
    end)

    -- As a shell would start it, behind something on its stdin.
    local function fed(line, ...)
      local command = world:command("machine", ...)
      return proc.run({ "bash", "-c", line, "bash", table.unpack(command) }, {
        timeout = 60, cwd = world.project, env = world:environment(),
      })
    end

    it("refuses what stands on stdin before anything runs", function()
      world:write("list", "a\nb\n")
      local loop = 'while read -r _; do "$@"; done <list'
      for _, line in ipairs{ 'echo hi | { sleep 0.1; "$@"; }', '"$@" <<<hi', loop } do
        for _, verb in ipairs{ { "exec", "box-1" }, { "each", "--all" } } do
          local ran = fed(line, verb[1], verb[2], "--", "sh", "-c", "echo x >> ran")
          assert.matches("there is input on stdin, but .* gets no stdin; .*%-%-no%-stdin", ran.stderr)
          if line ~= loop then assert.equal(verb[1] == "exec" and 125 or 2, ran.code) end
        end
      end
      local ran = fed(loop, "exec", "--no-stdin", "box-1", "--", "echo", "x")
      assert.same({ 0, "x\nx\n", "" }, { ran.code, ran.stdout, ran.stderr })
    end)

    it("takes a stdin without data: closed, empty, open, a device", function()
      for _, line in ipairs{
        '"$@" <&-', '"$@" </dev/null', '"$@" </dev/zero',
        ': | { sleep 0.1; "$@"; }', 'mkfifo o && exec 3<>o && "$@" <&3',
      } do
        local ran = fed(line, "exec", "box-1", "--", "echo", "x")
        assert.same({ 0, "x\n" }, { ran.code, ran.stdout }, line .. ran.stderr)
        assert.is_nil(ran.stderr:find("stdin", 1, true))
      end
    end)

    it("warns of what comes on stdin while it runs", function()
      local ran = fed('mkfifo p && exec 3<>p && "$@" <&3', "exec", "box-1", "--", "sh", "-c",
        ("echo hi >'%s/p'"):format(world.project))
      assert.equal(0, ran.code)
      assert.matches("^os2: warning: input came on stdin, but .* gets no stdin; ", ran.stderr)
    end)

    it("exec gives 125 where os2 itself fails", function()
      assert.equal(125, machine{ "exec", "nope", "--", "true" }.code)
      assert.equal(125, machine{ "exec", "--bad" }.code)
      assert.equal(125, machine{ "--json", "--result", "exec.json", "exec", "nope", "--", "true" }.code)
      assert.equal(4, machine{ "get", "exec" }.code)
      local ran = machine{ "get", "exec", "--bad" }
      assert.equal(2, ran.code)
      assert.truthy(ran.stderr:find("`os2 machine get --help`", 1, true), ran.stderr)
      world:control("POST", "sandbox", { name = "box-1", set = { state = "stopped" } })
      ran = machine{ "exec", "box-1", "--", "true" }
      assert.equal(125, ran.code)
      assert.truthy(ran.stderr:find("os2 machine start box-1", 1, true), ran.stderr)
    end)

    it("exec and each refuse words that cannot be sent, naming them", function()
      for verb, code in pairs{ exec = 125, each = 2 } do
        local ran = machine{ verb, verb == "exec" and "box-1" or "--all", "--", "echo", "a\255" }
        assert.equal(code, ran.code, ran.stderr)
        assert.truthy(ran.stderr:find("word 2 of the command is not UTF-8: 'a?'", 1, true), ran.stderr)
      end
    end)

    it("exec runs once though the answer is lost", function()
      fault({ method = "POST", path = "/exec$" }, { type = "lost" })
      local ran = assert_ok(machine{ "exec", "box-1", "--", "sh", "-c", "echo x >> ran; cat ran" })
      assert.equal("x\n", ran.stdout)
    end)

    it("exec gives the command no input, also in a directory", function()
      for _, directory in ipairs{ ".", "/" } do
        local ran = assert_ok(machine{ "exec", "--timeout", "20", "--cwd", directory, "box-1", "--",
          "sh", "-c", "cat; echo read" })
        assert.equal("read\n", ran.stdout)
      end
      assert.equal("", assert_ok(machine{ "exec", "--timeout", "20", "box-1", "--", "cat" }).stdout)
    end)

    it("exec streams, and an interrupt ends the command", function()
      local ended = interrupt.run(world, { "machine", "exec", "box-1", "--", "sh", "-c",
        "echo begun >&2; sleep 30; echo never > ended" }, function(stderr)
        return stderr:find("begun", 1, true)
      end)
      assert.equal(130, ended.code, ended.stderr)
      assert.equal(1, machine{ "exec", "box-1", "--", "pgrep", "-f", "echo never > [e]nded" }.code)
    end)

    it("exec ends when nobody reads its output any more", function()
      local words = world:command("machine", "exec", "box-1", "--", "sh", "-c",
        "while sleep 0.1; do echo x; done")
      local ran = proc.run({ "sh", "-c", '"$@" | head -n 1', "sh", table.unpack(words) }, {
        timeout = 10, cwd = world.project, env = world:environment(),
      })
      assert.equal("x\n", ran.stdout)
    end)

    it("logs gives what was written, with --follow until the end", function()
      world:control("POST", "entrypoint", { name = "box-1", stdout = "one\n", stderr = "two\n" })
      local ran = assert_ok(machine{ "logs", "box-1" })
      assert.same({ "one\n", "two\n" }, { ran.stdout, ran.stderr })
      local outcomes = task.map({ 1, 2 }, function(index)
        if index == 1 then return machine{ "logs", "box-1", "--follow" } end
        task.sleep(0.5)
        world:control("POST", "entrypoint", { name = "box-1", stdout = "three\n", exitCode = 0 })
      end)
      assert.equal("one\nthree\n", outcomes[1].value.stdout)
    end)

    it("logs --follow ends with the machine", function()
      local outcomes = task.map({ 1, 2 }, function(index)
        if index == 1 then return machine{ "logs", "box-1", "--follow" } end
        task.sleep(0.5)
        world:control("POST", "sandbox", { name = "box-1", set = { state = "stopped" } })
      end)
      assert_ok(outcomes[1].value)
      local ran = machine{ "logs", "box-1" }
      assert.equal(6, ran.code, ran.stderr)
    end)

    it("cp takes files and directories there and back", function()
      world:write("tree/a b.txt", "one\n")
      world:write("tree/deep/c,&.bin", "\0\1\2")
      assert_ok(machine{ "cp", "tree", "box-1:copy" })
      assert_ok(machine{ "cp", "tree/a b.txt", "box-1:copy/deep" })
      assert_ok(machine{ "cp", "box-1:copy", "back" })
      assert_ok(machine{ "cp", "box-1:copy/deep/c,&.bin", "." })
      local found = proc.run({ "find", "back", "c,&.bin", "-type", "f" }, {
        cwd = world.project, timeout = 5,
      }).stdout
      local names = {}
      for name in found:gmatch("[^\n]+") do names[#names + 1] = name end
      table.sort(names)
      assert.same({ "back/a b.txt", "back/deep/a b.txt", "back/deep/c,&.bin", "c,&.bin" }, names)
      local same = proc.run({ "cmp", "tree/deep/c,&.bin", "back/deep/c,&.bin" }, {
        cwd = world.project, timeout = 5,
      })
      assert.equal(0, same.code)
      assert.equal("", assert_ok(machine{ "exec", "box-1", "--", "find", ".", "-name", ".os2-*" })
        .stdout)
    end)

    it("cp puts no file in a directory's place, nor a directory in a file's", function()
      world:write("file", "mine\n")
      world:write("dir/file/x", "kept\n")
      world:write("f/kept", "")
      assert_ok(machine{ "exec", "box-1", "--", "sh", "-c",
        "mkdir -p d/file; echo 1 > f; echo 2 > d/file/y" })
      for _, words in ipairs{ { "dir", "box-1:f" }, { "file", "box-1:d" }, { "box-1:d", "file" },
        { "box-1:f", "." } } do
        local ran = machine{ "cp", table.unpack(words) }
        assert.equal(6, ran.code, table.concat(words, " ") .. ran.stderr)
        assert.truthy(ran.stderr:find("neither takes the other's place", 1, true), ran.stderr)
      end
      assert.equal("1\n2\n", machine{ "exec", "box-1", "--", "cat", "f", "d/file/y" }.stdout)
      assert.equal("mine\n", fs.read(world.project .. "/file"))
      -- Also deep inside, both ways.
      world:write("in/f/deep", "x\n")
      assert_ok(machine{ "exec", "box-1", "--", "sh", "-c", "mkdir in; echo 3 > in/f; echo 4 > in/g" })
      local ran = machine{ "cp", "in", "box-1:." }
      assert.equal(1, ran.code)
      assert.truthy(ran.stderr:find("./in/f: neither of a file", 1, true), ran.stderr)
      assert.equal(6, machine{ "cp", "box-1:in", "." }.code)
      assert.equal("3\n", machine{ "exec", "box-1", "--", "cat", "in/f" }.stdout)
      assert.equal("x\n", fs.read(world.project .. "/in/f/deep"))
      assert.same({ "f" }, fs.list(world.project .. "/in"))
    end)

    it("cp copies a link as a link, and what it leads to with a slash behind it", function()
      world:write("tree/file", "x\n")
      assert(lfs.link("tree", world.project .. "/link", true))
      assert(lfs.link("tree/file", world.project .. "/short", true))
      assert_ok(machine{ "cp", "link", "box-1:link" })
      assert_ok(machine{ "cp", "short", "box-1:short" })
      assert_ok(machine{ "cp", "link/", "box-1:whole" })
      assert.equal("tree\ntree/file\nfile\n", assert_ok(machine{ "exec", "box-1", "--", "sh", "-c",
        "readlink link; readlink short; ls whole" }).stdout)
      assert_ok(machine{ "exec", "box-1", "--", "ln", "-s", "whole", "other" })
      assert_ok(machine{ "cp", "box-1:other", "one" })
      assert_ok(machine{ "cp", "box-1:other/", "two" })
      assert.equal("whole", lfs.symlinkattributes(world.project .. "/one", "target"))
      assert.equal("x\n", fs.read(world.project .. "/two/file"))
    end)

    it("holds neither output nor files whole", function()
      world:write("policy.lua", 'policy.api(1)\npolicy.set("http.response_limit", 65536)\n')
      local changes = { OS2_POLICY = "policy.lua" }
      local count = assert_ok(machine({ "exec", "box-1", "--", "sh", "-c",
        "head -c 1000000 /dev/zero | tr '\\0' x; head -c 500000 /dev/zero | tr '\\0' y >&2" }, changes))
      assert.same({ 1000000, 500000 }, { #count.stdout, #count.stderr })
      for _ = 1, 4 do
        world:control("POST", "entrypoint", { name = "box-1", stdout = ("z"):rep(50000) })
      end
      assert.equal(200000, #assert_ok(machine({ "logs", "box-1" }, changes)).stdout)
      world:write("tree/large.bin", ("\0\1\2\255"):rep(250000))
      for _, words in ipairs{ { "tree", "box-1:tree" }, { "tree/large.bin", "box-1:large.bin" },
        { "box-1:tree", "back" }, { "box-1:large.bin", "back/again.bin" } } do
        assert_ok(machine({ "cp", table.unpack(words) }, changes))
      end
      local sent = fs.read(world.project .. "/tree/large.bin")
      assert.is_true(sent == fs.read(world.project .. "/back/large.bin"))
      assert.is_true(sent == fs.read(world.project .. "/back/again.bin"))
    end)

    it("passes on what is written as it is, also a character in two pieces", function()
      local ran = assert_ok(machine{ "exec", "box-1", "--", "sh", "-c",
        "printf 'a\\342'; sleep 1; printf '\\202\\254b\\377'" })
      assert.equal("a€b\255", ran.stdout)
    end)

    it("cp that breaks off leaves what is there as it was", function()
      world:write("tree/a", ("x"):rep(100000))
      assert_ok(machine{ "cp", "tree", "box-1:tree" })
      world:write("back/tree/a", "old\n")
      for _, path in ipairs{ "tree", "tree/a" } do
        fault({ method = "GET", path = "/files/download" }, { type = "truncated" })
        assert.not_equal(0, machine{ "cp", "box-1:" .. path, path == "tree" and "back" or "back/tree" }.code)
        assert.equal("old\n", fs.read(world.project .. "/back/tree/a"))
        assert.same({ "tree" }, fs.list(world.project .. "/back"))
        assert.same({ "a" }, fs.list(world.project .. "/back/tree"))
      end
    end)

    it("cp says what is missing", function()
      assert.equal(4, machine{ "cp", "nope", "box-1:x" }.code)
      assert.equal(4, machine{ "cp", "box-1:nope", "x" }.code)
      assert.equal(2, machine{ "cp", "a", "b" }.code)
      assert.equal(2, machine{ "cp", "box-1:a", "box-1:b" }.code)
    end)
  end)
end)
