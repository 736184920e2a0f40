--- scripts/snapshot.lua from the Dockerfile to the active snapshot, on real parts.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local json = require("os2.json")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local CREATE <const> = "POST /api/snapshots"
local NAME <const> = PREFIX .. "20260111-193045"
-- A fixed time, so that the test knows the name before the run; a later second stays later.
local FIXED <const> = [[
policy.api(1)
policy.override("naming.format", function(base, facts)
  return base{ prefix = facts.prefix, now = 1768159845 + (facts.now < 1768159900 and 1 or 0) }
end, {why = "a name that the test knows"})
]]

describe("snapshot", function()
  local world

  setup(function() world = worlds.start{ registry = "password" } end)
  teardown(function() if world then world:stop() end end)
  before_each(function() world:reset() end)

  -- What this spec could leave with the engine: its own references.
  local function own_references()
    local found = {}
    for _, image in ipairs(docker.images()) do
      for _, ref in ipairs(type(image.RepoTags) == "table" and image.RepoTags or {}) do
        if ref:find(PREFIX, 1, true) or ref:find(world.registry.REGISTRY, 1, true) then
          found[#found + 1] = ref
        end
      end
    end
    return found
  end

  after_each(function()
    local left = own_references()
    for _, ref in ipairs(left) do docker.untag(ref) end
    assert.same({}, left)
  end)

  local function snapshot(words, changes)
    return world:run({ "snapshot", table.unpack(words or {}) }, changes)
  end

  local function fixed(words, changes)
    world:write("policy.lua", FIXED)
    changes = changes or {}
    changes.OS2_POLICY = "policy.lua"
    return snapshot(words, changes)
  end

  local function snapshots()
    return world:control("GET", "state").snapshots
  end

  local function creates()
    return (world:requests())[CREATE] or 0
  end

  local function fault(match, action, times)
    world:control("POST", "faults", { match = match, times = times or 1, action = action })
  end

  local function one_line(text)
    local lines = {}
    for line in text:gmatch("[^\n]+") do
      if line:find("^os2: ") and not line:find("^os2: warning") then lines[#lines + 1] = line end
    end
    assert.equal(1, #lines, text)
    return lines[1]
  end

  local function assert_refused(ran, code, ...)
    assert.equal(code, ran.code, ran.stderr)
    assert.equal("", ran.stdout)
    local line = one_line(ran.stderr)
    for _, words in ipairs{ ... } do assert.truthy(line:find(words, 1, true), words .. ": " .. line) end
    return line
  end

  it("prints the name of an active snapshot, and the next resolve knows it", function()
    local ran = snapshot{ "--cpu", "3", "--memory", "5", "--disk", "7" }
    assert.equal(0, ran.code, ran.stderr)
    local name = ran.stdout:match("^(" .. PREFIX:gsub("%-", "%%-") .. "%d+%-%d+)\n$")
    assert.truthy(name, ran.stdout)
    assert.equal(name, ran.stderr:match("^(%S+)   from %./sandbox/Dockerfile"))
    for _, phase in ipairs{ "preflight", "context", "build", "push", "register", "activate" } do
      assert.truthy(ran.stderr:find("\n  " .. phase, 1, true), phase)
    end
    local made = snapshots()[1]
    assert.equal(name, made.name)
    assert.equal("active", made.state)
    assert.same({ 3, 5, 7 }, { made.cpu, made.mem, made.disk })
    assert.equal(1, creates())
    world:control("DELETE", "requests")
    assert.equal(name .. "\n", world:run{ "resolve" }.stdout)
    assert.equal(0, select(2, world:requests()))
  end)

  it("writes one document with --json, also when it fails", function()
    local document = json.decode(snapshot{ "--json" }.stdout)
    assert.is_true(document.ok)
    assert.equal(1, document.schema)
    assert.equal("active", document.state)
    assert.equal(PREFIX, document.prefix)
    document = json.decode(snapshot({ "--json", "--dockerfile", "none" }).stdout)
    assert.is_false(document.ok)
    assert.equal(3, document.error.exit)
  end)

  it("passes build arguments and takes Dockerfile and context from elsewhere", function()
    world:write("image/Containerfile", "FROM scratch\nARG ONE\nLABEL one=$ONE\nCOPY in /in\n")
    world:write("files/in", "in\n")
    local ran = snapshot({ "--dockerfile", "image/Containerfile", "--context", "files",
      "--build-arg", "ONE=1", "--provider", "docker" })
    assert.equal(0, ran.code, ran.stderr)
    local ref = ran.stdout:gsub("\n", "") .. ":snapshot"
    assert.equal("1", docker.image(ref).Config.Labels.one)
    docker.untag(ref)
  end)

  it("registers in the region that is named, and says which one is unknown", function()
    assert.equal(0, snapshot{ "--region", "eu" }.code)
    assert.same({ "eu" }, snapshots()[1].regionIds)
    local ran = snapshot{ "--region", "mars" }
    assert_refused(ran, 3, "no region mars; there are eu, us")
    assert.is_nil(ran.stderr:find("  build", 1, true), ran.stderr)
    world:reset()
    assert.equal(0, snapshot({}, { DAYTONA_TARGET = "eu" }).code)
    assert.same({ "eu" }, snapshots()[1].regionIds)
    assert_refused(snapshot({}, { DAYTONA_TARGET = "mars" }), 3, "no region mars")
  end)

  it("lists the context without key, prefix or engine", function()
    world:write(".dockerignore", "sandbox\n*.log\n")
    world:write("a.log", "")
    world:write("src/main.js", "")
    local ran = snapshot({ "--list-context" }, {
      DAYTONA_API_KEY = false, DAYTONA_SNAPSHOT_PREFIX = false, DOCKER_HOST = "unix:///nowhere",
    })
    assert.equal(0, ran.code, ran.stderr)
    assert.equal("", ran.stderr)
    assert.truthy(("\n" .. ran.stdout):find("\nsrc/main.js\n", 1, true), ran.stdout)
    assert.truthy(("\n" .. ran.stdout):find("\nhello\n", 1, true))
    assert.is_nil(ran.stdout:find("a.log", 1, true))
  end)

  it("changes nothing with --dry-run", function()
    local ran = fixed{ "--dry-run" }
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(NAME .. "\n", ran.stdout)
    assert.truthy(ran.stderr:find("nothing was changed", 1, true), ran.stderr)
    assert.same({}, snapshots())
    assert.equal(0, creates())
  end)

  it("makes a local snapshot without a key, and resolves it", function()
    local keyless = { DAYTONA_API_KEY = false, DAYTONA_API_URL = "http://127.0.0.1:1/api" }
    local ran = snapshot({ "--provider", "docker" }, keyless)
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("LOCAL ONLY, nothing was sent to Daytona", 1, true))
    local again = world:run({ "resolve", "--provider", "docker" }, keyless)
    assert.equal(ran.stdout, again.stdout)
    again = snapshot({ "--provider", "docker", "--name", (ran.stdout:gsub("\n", "")) }, keyless)
    assert.equal(ran.stdout, again.stdout)
    assert.is_nil(again.stderr:find("  build", 1, true))
    docker.untag(ran.stdout:gsub("\n", "") .. ":snapshot")
  end)

  local function with_policy(text, words)
    world:write("policy.lua", "policy.api(1)\n" .. text .. "\n")
    return snapshot(words, { OS2_POLICY = "policy.lua" })
  end

  it("is made without the preflight, where somebody drops that", function()
    local ran = with_policy('policy.drop("snapshot.steps", "preflight")')
    assert.equal(0, ran.code, ran.stderr)
    assert.equal("active", snapshots()[1].state)
  end)

  it("is built for a platform with a variant", function()
    local platform = ("linux/%s/v2"):format(docker.ping().arch)
    local ran = with_policy(('policy.set("snapshot.platform", %q)'):format(platform))
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("· " .. platform, 1, true), ran.stderr)
  end)

  it("names policy and file where a policy answers wrongly", function()
    for entry, text in pairs{
      ["naming.check"] = "function() return false end",
      ["environment.guard"] = "function() return { environment = {} } end",
      ["snapshot.labels"] = "function() return { a = 5 } end",
    } do
      local ran = with_policy(("policy.override(%q, %s)"):format(entry, text),
        { "--provider", "docker" })
      assert_refused(ran, 3, entry .. " (policy.lua:2)")
    end
  end)

  it("names the step that is missing, and the file that dropped it", function()
    for step, needed in pairs{ context = "ctx.context", build = "ctx.image", push = "ctx.ref",
      register = "ctx.snapshot" } do
      local ran = with_policy(('policy.drop("snapshot.steps", %q)'):format(step))
      assert_refused(ran, 3, "snapshot.steps (policy.lua:2)", needed, "keep the step " .. step)
    end
  end)

  it("on this machine leaves no snapshot when a step behind the build fails", function()
    world:write("policy.lua", [[
policy.api(1)
policy.insert_after("snapshot.steps", "build", {name = "scan", run = function()
  error("the scan found something", 0)
end})
]])
    local ran = snapshot({ "--provider", "docker" }, { OS2_POLICY = "policy.lua" })
    assert.not_equal(0, ran.code)
    assert.truthy(ran.stderr:find("the scan found something", 1, true), ran.stderr)
    assert.same({}, own_references())
    assert.equal(4, world:run({ "resolve", "--provider", "docker", "--fresh" }).code)
  end)

  it("on this machine is not what somebody builds from it", function()
    local ran = snapshot{ "--provider", "docker" }
    assert.equal(0, ran.code, ran.stderr)
    local name = ran.stdout:match("%S+")
    world:write("other/Dockerfile", ("FROM %s:snapshot\nLABEL a=b\n"):format(name))
    local other = PREFIX .. "other:1"
    docker.build{ context = docker.context{ path = world.project .. "/other" }, tags = { other },
      on_progress = function() end }
    docker.untag(name .. ":snapshot")
    local resolved = world:run{ "resolve", "--provider", "docker", "--fresh" }
    docker.untag(other)
    assert.equal(4, resolved.code, resolved.stderr)
  end)

  it("on this machine takes a name that is no reference", function()
    for _, prefix in ipairs{ PREFIX .. "Team/--", PREFIX .. "a___b..c--",
      PREFIX .. ("x"):rep(250) .. "--" } do
      local ran = snapshot{ "--provider", "docker", "--prefix", prefix }
      assert.equal(0, ran.code, ran.stderr)
      local again = world:run{ "resolve", "--provider", "docker", "--prefix", prefix, "--fresh" }
      assert.equal(ran.stdout, again.stdout)
      docker.untag(docker_provider.snapshot_reference(ran.stdout:match("%S+")))
    end
  end)

  describe("goes on with --name", function()
    it("from an active snapshot: prints, and does nothing twice", function()
      world:control("POST", "seed", { name = NAME })
      local ran = snapshot({ "--name", NAME }, { DOCKER_HOST = "unix:///nowhere" })
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(NAME .. "\n", ran.stdout)
      assert.equal(0, creates())
    end)

    it("past a shared snapshot of the same name", function()
      world:control("POST", "seed", { name = NAME, organization = "other",
        set = { general = true } })
      local ran = snapshot{ "--name", NAME }
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(1, creates())
    end)

    it("from one that is under way: waits", function()
      world:control("POST", "seed", { name = NAME, set = { state = "pulling" } })
      local outcomes = task.map({ 1, 2 }, function(index)
        if index == 1 then return snapshot({ "--name", NAME }) end
        task.sleep(0.7)
        world:control("POST", "snapshot", { name = NAME, set = { state = "active" } })
      end)
      local ran = outcomes[1].value
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(NAME .. "\n", ran.stdout)
      assert.truthy(ran.stderr:find("pulling → active", 1, true), ran.stderr)
      assert.equal(0, creates())
    end)

    it("not from one that failed: says why and the way on", function()
      world:control("POST", "seed", { name = NAME,
        set = { state = "error", errorReason = "Snapshot size too big" } })
      assert_refused(snapshot{ "--name", NAME }, 1, NAME, "Snapshot size too big",
        "delete_snapshot")
    end)

    it("not from one that was deactivated", function()
      world:control("POST", "seed", { name = NAME, set = { state = "inactive" } })
      assert_refused(snapshot{ "--name", NAME }, 6, NAME, "inactive", "activate_snapshot")
    end)

    it("from an image that is here already: builds nothing", function()
      local ran = snapshot{ "--provider", "docker", "--name", NAME }
      assert.equal(0, ran.code, ran.stderr)
      ran = snapshot{ "--name", NAME }
      assert.equal(0, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("not built again", 1, true), ran.stderr)
      docker.untag(NAME .. ":snapshot")
    end)

    it("after a run that was killed: its image is there, the rest is made up for", function()
      fault({ path = "push-access" }, { type = "slow", ms = 20000 })
      world:write("policy.lua", FIXED)
      local process <close> = world:spawn({ "snapshot" }, { OS2_POLICY = "policy.lua" })
      while not world:requests()["GET /api/docker-registry/registry-push-access"] do
        task.sleep(0.05)
      end
      process:kill(proc.signals.KILL)
      for _ in process do end -- luacheck: ignore 542
      world:control("DELETE", "faults")
      local ran = snapshot{ "--name", NAME }
      assert.equal(0, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("not built again", 1, true), ran.stderr)
      assert.equal(1, creates())
    end)

    describe("and --pushed", function()
      local function stopped_after_push()
        world:control("POST", "config", { quota = 0 })
        local ran = fixed()
        assert.equal(8, ran.code, ran.stderr)
        world:control("POST", "config", { quota = 100 })
        return assert(ran.stderr:match("left: the pushed image (%S+) stays"), ran.stderr)
      end

      it("from what was pushed: builds and pushes nothing", function()
        local ref = stopped_after_push()
        local ran = snapshot{ "--name", NAME, "--pushed", ref }
        assert.equal(0, ran.code, ran.stderr)
        assert.equal(NAME .. "\n", ran.stdout)
        assert.equal(ref, snapshots()[1].imageName)
        for _, phase in ipairs{ "context", "build", "push" } do
          assert.is_nil(ran.stderr:find("\n  " .. phase, 1, true), ran.stderr)
        end
      end)

      it("builds and pushes again what is gone", function()
        local ran = snapshot{ "--name", NAME, "--pushed", stopped_after_push() .. "-gone" }
        assert.equal(0, ran.code, ran.stderr)
        assert.truthy(ran.stderr:find("not in the registry any more", 1, true), ran.stderr)
        assert.equal("active", snapshots()[1].state)
      end)

      it("not from another registry, and not without a name", function()
        assert_refused(snapshot{ "--name", NAME, "--pushed", "elsewhere/app:1" }, 3,
          "elsewhere/app:1", "--pushed")
        assert_refused(snapshot{ "--pushed", "elsewhere/app:1" }, 2, "--name")
      end)
    end)

    it("only with a name of the prefix", function()
      assert_refused(snapshot{ "--name", "other--20260111-193045" }, 3, "other--")
    end)
  end)

  describe("survives", function()
    it("a name that is taken: the next second is taken instead", function()
      world:control("POST", "seed", { name = NAME, createdAt = "2026-01-11T19:30:45Z" })
      local ran = fixed()
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(PREFIX .. "20260111-193046\n", ran.stdout)
    end)

    it("a name that is taken between look and create", function()
      fault({ method = "POST", path = "/snapshots$" }, {
        type = "status", status = 409,
        body = { message = ("Snapshot with name %q already exists"):format(NAME) },
      })
      local ran = fixed()
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(1, #snapshots())
    end)

    it("a lost answer to the create: one GET, no second snapshot", function()
      fault({ method = "POST", path = "/snapshots$" }, { type = "lost" })
      local ran = fixed()
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(NAME .. "\n", ran.stdout)
      assert.equal(1, creates())
      assert.equal(1, #snapshots())
    end)

    it("failures of what may be asked again", function()
      fault({ method = "GET", path = "api-keys" }, { type = "html", status = 502 })
      fault({ method = "GET", path = "push-access" }, { type = "reset" })
      fault({ method = "GET", path = "/snapshots/[0-9a-f]{8}-" }, { type = "truncated" })
      local ran = snapshot()
      assert.equal(0, ran.code, ran.stderr)
    end)
  end)

  describe("of one image registered twice at once", function()
    -- Two runs in one second push the same image: it is pulled by its digest.
    local SAME <const> = 'policy.override("snapshot.labels", function() return {} end)\n'

    local function wait_for_registration()
      task.timeout(60, function()
        while #snapshots() == 0 do task.sleep(0.05) end
      end)
    end

    -- Makes two; returns the runs, the one whose registration came later last. That one begins when the
    -- other is registered, which is pulled for seconds then: docker-registry 2.8 answers 500 now and
    -- then where one image is pushed twice at the very same time.
    local function two(more)
      world:control("POST", "config", { timetable = { pulling = 6000 } })
      world:write("policy.lua", "policy.api(1)\n" .. SAME .. (more or ""))
      local outcomes = task.map({ false, wait_for_registration }, function(wait)
        if wait then wait() end
        return snapshot({}, { OS2_POLICY = "policy.lua" })
      end)
      return outcomes[1].value, outcomes[2].value
    end

    it("makes the later one again when the other is done", function()
      local first, later = two()
      assert.same({ 0, 0 }, { first.code, later.code }, first.stderr .. later.stderr)
      assert.truthy(later.stderr:find("still registering the same image", 1, true), later.stderr)
      assert.not_equal(first.stdout, later.stdout)
      local made = snapshots()
      assert.equal(2, #made)
      for _, found in ipairs(made) do assert.equal("active", found.state) end
    end)

    it("takes the next name where the key may not delete, and says what stays", function()
      world:control("POST", "config", { permissions = { full = { "write:snapshots" } } })
      local first, later = two()
      assert.same({ 0, 0 }, { first.code, later.code }, first.stderr .. later.stderr)
      assert.truthy(later.stderr:find("stays in state error; delete it", 1, true), later.stderr)
      assert.equal(3, #snapshots())
    end)

    it("is given up where a policy says so, with Daytona's reason", function()
      local first, later = two('policy.set("snapshot.registrations", 1)\n')
      assert.equal(0, first.code, first.stderr)
      assert_refused(later, 1, "An operation is already in progress")
    end)
  end)

  describe("a time that has not come", function()
    it("is refused before the build, by the server's clock", function()
      local ran = snapshot{ "--name", PREFIX .. "29990101-000000" }
      assert_refused(ran, 3, PREFIX .. "29990101-000000 is of the future", "ahead of Daytona")
      assert.is_nil(ran.stderr:find("  build", 1, true), ran.stderr)
      ran = with_policy([[policy.override("naming.format", function(base, facts)
        facts.now = facts.now + 3600
        return base(facts)
      end)]])
      assert_refused(ran, 3, "1 h 00 min ahead of Daytona", "set this machine's clock")
      assert.equal(0, creates())
    end)

    it("may lie a minute ahead", function()
      assert.equal(0, with_policy([[policy.override("naming.format", function(base, facts)
        facts.now = facts.now + 50
        return base(facts)
      end)]]).code)
    end)

    it("is refused on this machine, too, and passed over where it is there", function()
      local future = PREFIX .. "29990101-000000"
      assert_refused(snapshot{ "--provider", "docker", "--name", future }, 3, "this machine's clock")
      local ran = snapshot{ "--provider", "docker" }
      assert.equal(0, ran.code, ran.stderr)
      local name = ran.stdout:match("%S+")
      world:write("future/Dockerfile", "FROM scratch\nLABEL a=b\n")
      docker.build{ context = docker.context{ path = world.project .. "/future" },
        tags = { docker_provider.snapshot_reference(future) }, on_progress = function() end,
        labels = docker_provider.labels(future) }
      local resolved = world:run{ "resolve", "--provider", "docker", "--fresh", "--json" }
      docker.untag(name .. ":snapshot")
      docker.untag(docker_provider.snapshot_reference(future))
      local document = json.decode(resolved.stdout)
      assert.equal(name, document.name, resolved.stderr)
      assert.same({ ["of the future"] = 1 }, document.passed)
    end)

    it("in the name of another snapshot holds nothing up", function()
      world:control("POST", "seed", { name = PREFIX .. "29990101-000000",
        createdAt = "2026-01-01T00:00:00Z" })
      assert.equal(0, snapshot().code)
    end)
  end)

  describe("what the organization does not allow", function()
    it("is found before the build where a policy knows it", function()
      for text, words in pairs{
        ['policy.set("snapshot.largest", { cpu = 4 })'] = { "cpu 8 is more", "4 (snapshot.largest)",
          "at most 4 with --cpu" },
        ['policy.set("snapshot.quota", 1)'] = { "1 snapshot in use", "(snapshot.quota)" },
      } do
        world:reset()
        world:control("POST", "seed", { name = "other", createdAt = "2026-01-01T00:00:00Z" })
        local ran = with_policy(text, { "--cpu", "8" })
        assert_refused(ran, 8, table.unpack(words))
        assert.is_nil(ran.stderr:find("  build", 1, true), ran.stderr)
      end
    end)

    it("is answered with what it does allow, and a way on that asks for that", function()
      world:control("POST", "config", { limits = { cpu = 4 } })
      local ran = fixed{ "--cpu", "8" }
      assert_refused(ran, 8, "CPU request 8 exceeds", "at most 4 with --cpu")
      assert.is_nil(ran.stderr:find("--cpu 8", 1, true), ran.stderr)
      local ref = ran.stderr:match("%-%-pushed (%S+)")
      ran = snapshot{ "--name", NAME, "--cpu", "4", "--pushed", ref }
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(4, snapshots()[1].cpu)
    end)
  end)

  it("waits once where the rate limit turns a registration away, and says so", function()
    fault({ method = "POST", path = "/snapshots$" }, { type = "throttled", seconds = 1 })
    local ran = fixed()
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("registering again in 1.0 s", 1, true), ran.stderr)
    assert.equal(2, creates())
    local looks = 0
    for _, request in ipairs(world:control("GET", "requests").requests) do
      if request.path:find(NAME, 1, true) then looks = looks + 1 end
    end
    assert.equal(1, looks) -- whether the name is free, before the build
  end)

  it("finds out before the build that a newer one is there", function()
    world:control("POST", "seed", { name = PREFIX .. "20260112-000000" })
    local ran = snapshot{ "--name", NAME }
    assert_refused(ran, 6, "20260112-000000", "--allow-older")
    assert.is_nil(ran.stderr:find("  build", 1, true), ran.stderr)
  end)

  it("waits for the snapshot while the API is away", function()
    world:write("policy.lua", FIXED .. 'policy.set("retry.base", 0.01)\n')
    for _, action in ipairs{ { type = "status", status = 503 }, { type = "reset" },
      { type = "status", status = 500 } } do
      fault({ method = "GET", path = "/snapshots/[0-9a-f]{8}-" }, action, 3)
    end
    local ran = snapshot({}, { OS2_POLICY = "policy.lua" })
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(NAME .. "\n", ran.stdout)
    assert.truthy(ran.stderr:find("503", 1, true), ran.stderr)
  end)

  describe("refuses", function()
    it("no prefix", function()
      assert_refused(snapshot({}, { DAYTONA_SNAPSHOT_PREFIX = false }), 3,
        "DAYTONA_SNAPSHOT_PREFIX", "--prefix")
    end)

    it("a prefix without --", function()
      assert_refused(snapshot{ "--prefix", "dev" }, 3, '"dev"', '"dev--"')
    end)

    it("illegal characters", function()
      assert_refused(snapshot{ "--prefix", "dev sand--" }, 3, '"dev sand--"', "allowed are")
    end)

    it("no key, naming both ways on", function()
      assert_refused(snapshot({}, { DAYTONA_API_KEY = false }), 3, "DAYTONA_API_KEY",
        "--provider docker")
    end)

    it("a missing Dockerfile", function()
      assert_refused(snapshot{ "--dockerfile", "none/Dockerfile" }, 3, "none/Dockerfile",
        "--dockerfile")
      assert.equal(0, select(2, world:requests()))
    end)

    it("a syntax error", function()
      world:write("sandbox/Dockerfile", "FROM scratch\nCOPYY hello /hello\n")
      assert_refused(snapshot(), 1, "COPYY")
    end)

    it("a failing RUN, with its last lines", function()
      world:write("sandbox/Dockerfile",
        ("FROM %s\nRUN echo so far so good; echo then this >&2; exit 7\n"):format(worlds.base_image()))
      local ran = snapshot()
      assert_refused(ran, 1, "exit code 7")
      assert.truthy(ran.stderr:find("| then this", 1, true), ran.stderr)
      assert.same({}, snapshots())
    end)

    it("to publish what stands on a stand-in for its base image", function()
      world:write("sandbox/Dockerfile",
        ("FROM %s\nLABEL one=%s\n"):format(worlds.base_image(), PREFIX))
      local ran = snapshot()
      assert_refused(ran, 1, "os2.stand-in", "--provider docker")
      assert.same({}, snapshots())
    end)

    it("a wrong key", function()
      assert_refused(snapshot({}, { DAYTONA_API_KEY = "wrong" }), 7, "Invalid credentials",
        "DAYTONA_API_KEY")
      -- Repeated 401s throttle the whole address: one is enough.
      assert.equal(1, select(2, world:requests()))
    end)

    it("a key without the permission, before anything is built", function()
      local ran = snapshot({}, { DAYTONA_API_KEY = "dtn_test_key_read" })
      assert_refused(ran, 7, "write:snapshots", "key")
      assert.is_nil(ran.stderr:find("  build", 1, true))
    end)

    it("a full quota", function()
      world:control("POST", "config", { quota = 0 })
      assert_refused(snapshot(), 8, "uota")
      assert.same({}, snapshots())
    end)

    it("a name taken by what an other run registers meanwhile, when it was given", function()
      fault({ method = "POST", path = "/snapshots$" }, {
        type = "status", status = 409, body = { message = "Snapshot with name already exists" },
      }, 0)
      assert_refused(snapshot{ "--name", NAME }, 6, "exists")
    end)

    it("an engine that is down", function()
      assert_refused(snapshot({}, { DOCKER_HOST = "unix:///nowhere/docker.sock" }), 75,
        "/nowhere/docker.sock", "start the engine")
    end)

    it("a registry that refuses the push", function()
      world:control("POST", "config", { registry = { password = "wrong" } })
      assert_refused(snapshot(), 7, "docker.push")
      assert.same({}, snapshots())
    end)

    it("a registry that is not there", function()
      world:control("POST", "config", { registry = { url = "http://127.0.0.1:1" } })
      assert_refused(snapshot(), 75, "127.0.0.1:1")
    end)

    it("to overtake a newer snapshot unasked", function()
      world:control("POST", "seed", { name = PREFIX .. "20270101-000000" })
      assert_refused(fixed(), 6, "20270101-000000", "--allow-older")
      assert.equal(0, fixed({ "--allow-older" }).code)
    end)

    it("a key and a prefix of different environments", function()
      assert_refused(snapshot({ "--prefix", "iterate-sandbox-prd--" }, { DOPPLER_CONFIG = "dev" }), 3,
        "iterate-sandbox-prd--", "dev")
    end)
  end)

  it("says what ended in error, with Daytona's reason", function()
    world:control("POST", "config", { outcomes = { { name = PREFIX, errorReason = "too big" } } })
    local ran = snapshot()
    assert_refused(ran, 1, "too big", "delete_snapshot")
  end)

  it("stops waiting at --timeout when Daytona does not answer, too", function()
    fault({ method = "GET", path = "/snapshots/[0-9a-f]{8}-" }, { type = "slow", ms = 20000 }, 0)
    assert_refused(fixed{ "--timeout", "2" }, 5, NAME, "after 2 s", "--name " .. NAME)
  end)

  it("stops waiting at --timeout with code 5, and says how to go on", function()
    world:control("POST", "config", { timetable = { pending = 60000 } })
    local ran = fixed{ "--timeout", "0.5" }
    assert_refused(ran, 5, NAME, "pending", "--name " .. NAME)
  end)

  describe("interrupted", function()
    -- Starts a run, interrupts it once `is_reached`, and returns how it ended.
    local function interrupt(is_reached, words, changes)
      local process <close> = world:spawn({ "snapshot", table.unpack(words or {}) }, changes)
      local stderr, sent_at = {}, nil
      task.group(function(group)
        group:spawn(function()
          for event in process do
            if event.stream == "stderr" then stderr[#stderr + 1] = event.data end
          end
        end)
        local due = clock.monotonic() + 20
        while not is_reached(table.concat(stderr)) do
          assert(clock.monotonic() < due, table.concat(stderr))
          task.sleep(0.02)
        end
        sent_at = clock.monotonic()
        process:kill(proc.signals.INT)
      end)
      local status = process:result()
      return {
        code = status.code, stderr = table.concat(stderr), seconds = clock.monotonic() - sent_at,
      }
    end

    local function saw_request(method, pattern)
      return function()
        for _, request in ipairs(world:control("GET", "requests").requests) do
          if request.method == method and request.path:find(pattern) then return true end
        end
      end
    end

    local function assert_ended(ended)
      assert.equal(130, ended.code, ended.stderr)
      assert.truthy(ended.seconds < 3, ("it took %.1f s"):format(ended.seconds))
      one_line(ended.stderr)
    end

    it("in the preflight", function()
      fault({ path = "api-keys" }, { type = "slow", ms = 20000 })
      local ended = interrupt(saw_request("GET", "api%-keys"))
      assert_ended(ended)
      assert.truthy(ended.stderr:find("left: nothing at Daytona", 1, true), ended.stderr)
    end)

    it("in the build: the engine stops it", function()
      world:write("sandbox/Dockerfile", ("FROM %s\nRUN sleep 97\n"):format(worlds.base_image()))
      assert_ended(interrupt(function(stderr) return stderr:find("sleep 97", 1, true) end))
      assert.same({}, snapshots())
    end)

    it("in the push", function()
      fault({ path = "push-access" }, { type = "slow", ms = 20000 })
      assert_ended(interrupt(saw_request("GET", "push%-access")))
    end)

    it("in the middle of the push", function()
      local file <close> = io.open(world.directory .. "/registry/registry.pid")
      local registry = file:read("n")
      local reached = saw_request("GET", "push%-access")
      local ended = interrupt(function()
        -- The registry holds its breath before the first byte reaches it.
        proc.run({ "kill", "-STOP", tostring(registry) }, { timeout = 5 })
        if not reached() then return false end
        task.sleep(0.5)
        return true
      end)
      proc.run({ "kill", "-CONT", tostring(registry) }, { timeout = 5 })
      assert_ended(ended)
      assert.truthy(ended.stderr:find("push +stopped"), ended.stderr)
    end)

    it("while registering: says that it may be there", function()
      fault({ method = "POST", path = "/snapshots$" }, { type = "slow", ms = 20000 })
      local ended = interrupt(saw_request("POST", "/snapshots$"))
      assert_ended(ended)
      assert.truthy(ended.stderr:find("may have been registered", 1, true), ended.stderr)
      assert.truthy(ended.stderr:find("--name " .. PREFIX, 1, true))
    end)

    it("with an engine that hangs: says what is left all the same", function()
      local socket = world.directory .. "/hanging.sock"
      local engine <close> = proc.spawn({ "node", "tests/lib/hanging-engine.js", socket,
        client.connect().place.route.unix_socket }, { stdin = "null", timeout = 60 })
      assert.truthy(engine().data:find("LISTENING", 1, true))
      fault({ method = "POST", path = "/snapshots$" }, { type = "slow", ms = 20000 })
      local ended = interrupt(saw_request("POST", "/snapshots$"),
        nil, { DOCKER_HOST = "unix://" .. socket })
      assert_ended(ended)
      assert.truthy(ended.stderr:find("may have been registered", 1, true), ended.stderr)
      local stay = own_references()
      assert.equal(2, #stay)
      for _, ref in ipairs(stay) do
        assert.truthy(ended.stderr:find("docker rmi " .. ref, 1, true), ended.stderr)
        docker.untag(ref)
      end
    end)

    it("while waiting: says that it goes on, and how to follow it", function()
      world:control("POST", "config", { timetable = { pending = 60000 } })
      local ended = interrupt(function(stderr) return stderr:find("\n  register", 1, true) end)
      assert_ended(ended)
      assert.truthy(ended.stderr:find("goes on at Daytona", 1, true), ended.stderr)
      assert.truthy(ended.stderr:find("state pending", 1, true))
    end)
  end)

  it("shows the key and the registry's password nowhere", function()
    local secrets = { "dtn_test_key_full", world.registry.REGISTRY_PASSWORD, "hush%-hush" }
    local process <close> = proc.spawn({ world:command("snapshot")[1], "-v",
      table.unpack(world:command("snapshot", "--build-arg", "QUIET"), 2) }, {
      stdin = "null", cwd = world.project, timeout = 60,
      env = world:environment{ QUIET = "hush-hush" },
    })
    local seen = {}
    for event in process do
      seen[#seen + 1] = event.data
      local file = io.open(("/proc/%d/cmdline"):format(process:pid()))
      if file then
        seen[#seen + 1] = file:read("a")
        file:close()
      end
    end
    assert.equal(0, process:result().code, table.concat(seen))
    local kept = proc.run({ "grep", "-rl", "-e", secrets[1], "-e", secrets[2],
      world.directory .. "/cache", world.project }, { timeout = 20 })
    assert.equal(1, kept.code, kept.stdout)
    local text = table.concat(seen)
    for _, secret in ipairs(secrets) do assert.is_nil(text:find(secret), secret) end
    local wrong = snapshot({}, { DAYTONA_API_KEY = "wrong-but-secret" })
    assert.is_nil((wrong.stdout .. wrong.stderr):find("wrong%-but%-secret"))
  end)

  it("shows no secret that a build argument brings into a step", function()
    world:write("sandbox/Dockerfile", ("FROM %s\nARG SOME_TOKEN\nARG OTHER_TOKEN\n%s"):format(worlds.base_image(),
      'RUN echo "one $SOME_TOKEN two $OTHER_TOKEN"; exit 3\n'))
    local ran = snapshot({ "--provider", "docker", "--json", "--build-arg", "SOME_TOKEN", "--build-arg",
      "OTHER_TOKEN=given-by-hand" }, { SOME_TOKEN = "of-the-environment" })
    assert.equal(1, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find('one *** two ***', 1, true), ran.stderr)
    for _, secret in ipairs{ "of%-the%-environment", "given%-by%-hand" } do
      assert.is_nil((ran.stdout .. ran.stderr):find(secret), secret)
    end
  end)

  it("puts the key into no image", function()
    local ran = snapshot{ "--provider", "docker" }
    assert.equal(0, ran.code, ran.stderr)
    local ref = ran.stdout:match("%S+") .. ":snapshot"
    local archive = docker.request("GET", "/images/" .. ref .. "/get")
    docker.untag(ref)
    local file <close> = assert(io.open(world.project .. "/hello"))
    assert.truthy(archive:find(file:read("a"), 1, true)) -- layers stand in it as they are
    for _, secret in ipairs{ "dtn_test_key_full", world.registry.REGISTRY_PASSWORD } do
      assert.is_nil(archive:find(secret, 1, true))
    end
  end)
end)
