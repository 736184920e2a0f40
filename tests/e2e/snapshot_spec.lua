--- scripts/snapshot.lua from the Dockerfile to the active snapshot, on real parts.
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local json = require("os2.json")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local NAME <const> = snapshot_worlds.NAME
local FIXED <const> = snapshot_worlds.FIXED

describe("snapshot", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)
  after_each(shared.clean)

  local own_references, snapshot, fixed, snapshots, creates, fault, assert_refused, with_policy =
    shared.own_references, shared.snapshot, shared.fixed, shared.snapshots, shared.creates,
    shared.fault, shared.assert_refused, shared.with_policy

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
    world:write("sandbox/Dockerfile", "FROM scratch\nCOPY hello s* /\n")
    local bare = {
      DAYTONA_API_KEY = false, DAYTONA_SNAPSHOT_PREFIX = false, DOCKER_HOST = "unix:///nowhere",
    }
    local ran = snapshot({ "--list-context" }, bare)
    assert.equal(0, ran.code, ran.stderr)
    assert.equal("", ran.stderr)
    assert.equal("hello\nsrc/\nsrc/main.js\n", ran.stdout)
    world:write("other.js", "")
    assert.is_nil(snapshot({ "--list-context" }, bare).stdout:find("other.js", 1, true))
    world:write("sandbox/Dockerfile", "FROM scratch\nCOPY . /\n")
    ran = snapshot({ "--list-context" }, bare)
    assert.truthy(ran.stdout:find("other.js\n", 1, true), ran.stdout)
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
    assert.equal(0, looks) -- the list of the prefix tells that the name is free
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

  it("says what ended in error, with Daytona's reason", function()
    world:control("POST", "config", { outcomes = { { name = PREFIX, errorReason = "too big" } } })
    local ran = snapshot()
    assert_refused(ran, 1, "too big", "os2 snapshot delete")
  end)

  it("stops waiting at --timeout when Daytona does not answer, too", function()
    fault({ method = "GET", path = "/snapshots/[0-9a-f]{8}-" }, { type = "slow", ms = 20000 }, 0)
    local line = assert_refused(fixed{ "--timeout", "2" }, 5, NAME, "--name " .. NAME)
    assert.is_true(tonumber(line:match(" is still .- after ([%d.]+) s")) >= 2, line) -- 2.1 where much is to do
  end)

  it("stops waiting at --timeout with code 5, and says how to go on", function()
    world:control("POST", "config", { timetable = { pending = 60000 } })
    local ran = fixed{ "--timeout", "0.5" }
    assert_refused(ran, 5, NAME, "pending", "--name " .. NAME)
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
    world:write("sandbox/Dockerfile", ("FROM %s\nENV OWN=%s\nARG SOME_TOKEN\nARG OTHER_TOKEN\n%s"):format(
      worlds.base_image(), PREFIX, 'RUN echo "one $SOME_TOKEN two $OTHER_TOKEN"; exit 3\n'))
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
