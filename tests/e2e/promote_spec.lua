--- `os2 snapshot promote`: one image through the environments, at the stand-in with a real registry.
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local json = require("os2.json")
local proc = require("os2.proc")
local promoting = require("tests.lib.promoting")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local PREFIX <const>, STG <const>, PRD <const> = promoting.DEV, promoting.STG, promoting.PRD
local ENVIRONMENTS <const> = promoting.ENVIRONMENTS
local TIME <const> = "20260111-193045"
local NAME <const> = PREFIX .. TIME
local IMAGE <const> = "r/p/os2:20260111-193045-g1a2b3c4d5e-c0123456789ab-19999999"
local DIRTY <const> = "r/p/os2:20260111-193045-g1a2b3c4d5e-dirty-c0123456789ab-19999999"
local OTHER <const> = "r/p/os2:20260112-000000-cba9876543210-19999999"
local DIGESTS <const> = { [IMAGE] = ("1"):rep(64), [DIRTY] = ("1"):rep(64), [OTHER] = ("2"):rep(64) }

describe("snapshot promote", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(function()
    shared.reset()
    world:write("policy.lua", ENVIRONMENTS)
  end)

  local function run(words, changes)
    changes = changes or {}
    changes.OS2_POLICY = changes.OS2_POLICY or "policy.lua"
    return world:run({ "snapshot", table.unpack(words) }, changes)
  end

  local function promote(name, to, words, changes)
    return run({ "promote", name, "--to", to, table.unpack(words or {}) }, changes)
  end

  local function document(ran)
    return json.decode(ran.stdout)
  end

  local function by_name()
    local found = {}
    for _, snapshot in ipairs(shared.snapshots()) do found[snapshot.name] = snapshot end
    return found
  end

  local function seed(name, set, createdAt)
    set = set or {}
    set.imageName = set.imageName or IMAGE
    set.ref = set.ref or ("h/p/daytona-%s:daytona"):format(DIGESTS[set.imageName] or ("0"):rep(64))
    world:control("POST", "seed", { name = name, set = set,
      createdAt = createdAt or "2026-01-11T19:30:45Z" })
  end

  -- Without the registry, for tests that need no image.
  local function without_registry()
    world:control("POST", "config", { registry = { url = json.null }, imageDigests = DIGESTS })
  end

  -- A configuration of Docker's with the password of the registry.
  local function docker_config()
    local words = world.registry.REGISTRY_USER .. ":" .. world.registry.REGISTRY_PASSWORD
    local coded = proc.run({ "sh", "-c", "printf %s \"$WORDS\" | base64 -w0" }, {
      timeout = 10, env = { WORDS = words },
    }).stdout
    world:write("docker/config.json", json.encode{
      auths = { [world.registry.REGISTRY] = { auth = coded } },
    })
    return world.project .. "/docker"
  end

  local function requests(pattern)
    local count = 0
    for route, times in pairs((world:requests())) do
      if route:find(pattern) then count = count + times end
    end
    return count
  end

  it("takes one image from dev to stg to prd: one digest, no build, no push", function()
    world:write("policy.lua", ENVIRONMENTS .. snapshot_worlds.FIXED:gsub("policy.api%(1%)", ""))
    local made = run{ "--cpu", "3" }
    assert.equal(0, made.code, made.stderr)
    shared.clean()
    world:write("policy.lua", ENVIRONMENTS)
    world:control("DELETE", "requests")
    local nowhere = { DOCKER_HOST = "unix:///nowhere" } -- an engine is not needed
    local stg = promote(NAME, "stg", {}, nowhere)
    assert.equal(0, stg.code, stg.stderr)
    assert.equal(STG .. TIME .. "\n", stg.stdout)
    local prd = promote(STG .. TIME, "prd", { "--json" },
      { DOCKER_HOST = "unix:///nowhere" })
    assert.equal(0, prd.code, prd.stderr)
    assert.equal(PRD .. TIME, document(prd).name)
    assert.equal("prd", document(prd).environment)
    assert.equal(0, requests("push%-access"))
    assert.equal(2, requests("^POST /api/snapshots$"))
    local found = by_name()
    local first = found[NAME]
    assert.truthy(first.ref:find("daytona%-%x+:daytona$"))
    for _, name in ipairs{ STG .. TIME, PRD .. TIME } do
      assert.equal(first.ref, found[name].ref)
      assert.equal(first.imageName, found[name].imageName)
      assert.equal("active", found[name].state)
      assert.equal(3, found[name].cpu)
    end
    assert.equal("sha256:" .. first.ref:match("daytona%-(%x+):daytona$"), document(prd).digest)
  end)

  describe("takes over from the source", function()
    before_each(without_registry)

    it("sizes, entrypoint and region, unless they are given", function()
      seed(NAME, { cpu = 3, mem = 6, disk = 9, entrypoint = { "/run", "it" }, regionIds = { "eu" } })
      assert.equal(0, promote(NAME, "stg").code)
      local made = by_name()[STG .. TIME]
      assert.same({ 3, 6, 9, "eu" }, { made.cpu, made.mem, made.disk, made.regionIds[1] })
      assert.same({ "/run", "it" }, made.entrypoint)
      assert.equal(0, promote(NAME, "prd", { "--memory", "7", "--region", "us" }).code)
      made = by_name()[PRD .. TIME]
      assert.same({ 3, 7, 9, "us" }, { made.cpu, made.mem, made.disk, made.regionIds[1] })
    end)

    it("what Daytona has built", function()
      seed(NAME, { imageName = "", ref = "h/p/daytona-" .. ("0"):rep(64) .. ":daytona", buildInfo = {
        dockerfileContent = "FROM scratch\n", contextHashes = json.array{} } })
      local ran = promote(NAME, "stg")
      -- the stand-in names a build by its Dockerfile: this one is another image
      assert.equal(6, ran.code, ran.stderr)
      seed(PREFIX .. "20260112-000000", { imageName = "", ref = json.null, buildInfo = {
        dockerfileContent = "FROM scratch\n" } })
      ran = promote(PREFIX .. "20260112-000000", "stg")
      assert.equal(0, ran.code, ran.stderr)
      assert.equal("FROM scratch\n",
        by_name()[STG .. "20260112-000000"].buildInfo.dockerfileContent)
    end)
  end)

  describe("names", function()
    before_each(without_registry)

    it("by the time of now where the target has a newer one", function()
      seed(NAME)
      seed(STG .. "20260112-000000", { imageName = OTHER }, "2026-01-12T00:00:00Z")
      local ran = promote(NAME, "stg", { "--json" })
      assert.equal(0, ran.code, ran.stderr)
      local name = document(ran).name
      assert.is_true(name > STG .. "20260112-000000", name)
      local resolved = world:run({ "resolve", "--prefix", STG, "--fresh" })
      assert.equal(name .. "\n", resolved.stdout)
      assert.is_nil(resolved.stderr:find("created later", 1, true))
    end)

    it("as --on-newer says", function()
      seed(NAME)
      seed(STG .. "20260112-000000", { imageName = OTHER }, "2026-01-12T00:00:00Z")
      shared.assert_refused(promote(NAME, "stg", { "--on-newer", "fail" }), 6, "is superseded")
      local ran = promote(NAME, "stg", { "--on-newer", "skip" })
      assert.equal(STG .. "20260112-000000\n", ran.stdout, ran.stderr)
      assert.equal(0, shared.creates())
    end)

    it("nothing twice: the newest has the image already", function()
      seed(NAME)
      assert.equal(0, promote(NAME, "stg").code)
      local ran = promote(NAME, "stg", { "--json" })
      assert.equal(0, ran.code, ran.stderr)
      assert.is_true(document(ran).reused)
      assert.equal(STG .. TIME, document(ran).name)
      assert.equal(1, shared.creates())
    end)

    it("anew what was promoted before and is not the newest any more", function()
      seed(NAME)
      assert.equal(0, promote(NAME, "stg").code)
      seed(STG .. "20260112-000000", { imageName = OTHER }, "2099-01-12T00:00:00Z")
      world:control("POST", "snapshot", { name = STG .. "20260112-000000",
        set = { createdAt = "2026-11-01T00:00:00Z" } })
      world:control("POST", "snapshot", { name = STG .. TIME,
        set = { createdAt = "2026-10-01T00:00:00Z" } })
      local ran = promote(NAME, "stg")
      assert.equal(0, ran.code, ran.stderr)
      assert.not_equal(STG .. TIME .. "\n", ran.stdout)
      assert.equal(2, shared.creates())
    end)

    it("in a region where it is not, whatever is under way in another one", function()
      seed(NAME, { regionIds = { "us", "eu" } })
      seed(STG .. TIME, { state = "pulling", regionIds = { "us" } })
      local ran = promote(NAME, "stg", { "--region", "eu" })
      assert.equal(0, ran.code, ran.stderr)
      local made = by_name()[ran.stdout:match("%S+")]
      assert.same({ "active", "eu" }, { made.state, made.regionIds[1] })
    end)
  end)

  describe("refuses", function()
    before_each(without_registry)

    it("what is not there, never was active, or was made from a machine", function()
      shared.assert_refused(promote(NAME, "stg"), 4, NAME)
      seed(NAME, { state = "error", errorReason = "too big" })
      shared.assert_refused(promote(NAME, "stg"), 6, "never was active")
      seed(PREFIX .. "20260112-000000", { imageName = "" })
      shared.assert_refused(promote(PREFIX .. "20260112-000000", "stg"), 1, "from a machine")
      assert.equal(0, shared.creates())
    end)

    it("a target that is none, and one of another environment than the run's", function()
      seed(NAME)
      shared.assert_refused(promote(NAME, "sgt"), 2, "sgt", "did you mean stg?")
      shared.assert_refused(promote(NAME, "prd", {}, { DOPPLER_CONFIG = "dev" }), 3, "belongs to prd",
        "belongs to dev")
      shared.assert_refused(run{ "promote", NAME }, 2, "--to")
      assert.equal(0, shared.creates())
    end)

    it("for prd an image of uncommitted changes, unless that is allowed", function()
      seed(NAME, { imageName = DIRTY })
      shared.assert_refused(promote(NAME, "prd"), 3, "uncommitted changes", "--allow-dirty")
      assert.equal(0, promote(NAME, "prd", { "--allow-dirty" }).code)
    end)

    it("a key that may not register", function()
      seed(NAME)
      shared.assert_refused(promote(NAME, "stg", {}, { DAYTONA_API_KEY = "dtn_test_key_read" }), 7,
        "write:snapshots")
    end)

    it("a tag that is another image now, and leaves nothing registered", function()
      seed(NAME, { ref = "h/p/daytona-" .. ("3"):rep(64) .. ":daytona" })
      shared.assert_refused(promote(NAME, "stg"), 6, "has another image now")
      task.timeout(20, function()
        while by_name()[STG .. TIME] do task.sleep(0.05) end
      end)
    end)
  end)

  it("changes nothing with --dry-run, and says what it would do", function()
    without_registry()
    seed(NAME)
    local ran = promote(NAME, "stg", { "--dry-run" })
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(STG .. TIME .. "\n", ran.stdout)
    assert.truthy(ran.stderr:find("would register the image of " .. NAME, 1, true), ran.stderr)
    assert.equal(0, shared.creates())
  end)

  it("pushes again what the registry does not have any more, from one of one's own", function()
    local own = world.registry.REGISTRY .. "/own/app"
    local made = run({ "--also", own }, { DOCKER_CONFIG = docker_config() })
    assert.equal(0, made.code, made.stderr)
    shared.clean()
    local name = made.stdout:match("%S+")
    local source = by_name()[name]
    local tag = source.imageName:match("[^:]+$")
    world:control("POST", "snapshot", { name = name, set = {
      imageName = world.registry.REGISTRY .. "/daytona/gone:" .. tag } })
    shared.assert_refused(promote(name, "stg"), 4, "is gone", "--also")
    shared.assert_refused(promote(name, "stg", { "--also", "NO good" }), 2, "NO good")
    world:control("DELETE", "requests")
    world:write("policy.lua", ENVIRONMENTS .. ("policy.set('snapshot.also', {'%s'})\n"):format(own))
    local ran = promote(name, "stg", { "--json" }, { DOCKER_CONFIG = docker_config() })
    assert.equal(0, ran.code, ran.stderr)
    assert.is_true(document(ran).restored)
    assert.equal(source.ref, by_name()[document(ran).name].ref)
    assert.equal(1, requests("push%-access"))
    shared.clean()
    -- a tag of that name is the user's, and stays where it was
    local ref = ("%s:%s"):format(own, tag)
    docker.tag(worlds.base_image(), ref)
    local id = docker.image(ref).Id
    ran = promote(name, "prd", { "--json" }, { DOCKER_CONFIG = docker_config() })
    assert.equal(0, ran.code, ran.stderr)
    assert.is_true(document(ran).restored)
    assert.equal(id, docker.image(ref).Id)
    docker.untag(ref)
    shared.clean()
  end)

  describe("tries the image with --verify", function()
    before_each(function()
      without_registry()
      world:control("POST", "config", {
        proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
      })
      seed(NAME)
    end)

    local function verify(check)
      world:write("policy.lua", ENVIRONMENTS .. ("policy.set('snapshot.checks', {'%s'})\n"):format(check))
      return promote(NAME, "stg", { "--verify", "--json" })
    end

    local function names()
      local list = {}
      for name, snapshot in pairs(by_name()) do
        if snapshot.state ~= "removing" then list[#list + 1] = name end
      end
      table.sort(list)
      return list
    end

    it("and registers it when it works", function()
      local ran = verify("true")
      assert.equal(0, ran.code, ran.stderr)
      local candidate = document(ran).candidate
      assert.is_true(candidate.passed and candidate.removed)
      assert.matches("%-stg%-candidate%-%-", candidate.name)
      assert.same({ NAME, STG .. TIME }, names())
    end)

    it("also one that Daytona has built", function()
      local name = PREFIX .. "20260113-000000"
      seed(name, { imageName = "", ref = "h/p/daytona-x:daytona", buildInfo = {
        dockerfileContent = "FROM scratch\n" } })
      world:write("policy.lua", ENVIRONMENTS .. "policy.set('snapshot.checks', {'true'})\n")
      local ran = promote(name, "stg", { "--verify", "--json" })
      assert.equal(0, ran.code, ran.stderr)
      assert.is_true(document(ran).candidate.passed)
      assert.equal("FROM scratch\n", by_name()[document(ran).name].buildInfo.dockerfileContent)
      -- run again, nothing is made again
      assert.is_true(document(promote(name, "stg", { "--json" })).reused)
    end)

    it("and leaves nothing when it does not", function()
      local ran = verify("exit 3")
      assert.equal(1, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("ended with 3", 1, true), ran.stderr)
      assert.same({ NAME }, names())
    end)

    it("on the local engine, too", function()
      local words = { "--provider", "docker" }
      assert.equal(0, run(words).code)
      local name = world:run({ "resolve", "--provider", "docker", "--fresh" }).stdout:match("%S+")
      local ran = promote(name, "stg", { "--provider", "docker", "--verify" })
      assert.equal(1, ran.code, ran.stderr) -- the image runs nothing
      assert.truthy(ran.stderr:find("candidate", 1, true), ran.stderr)
      docker.untag(docker_provider.snapshot_reference(name))
      shared.clean()
    end)
  end)

  it("goes on where a run was killed", function()
    without_registry()
    seed(NAME)
    for _, step in ipairs{ "look", "plan", "gate", "register", "wait", "refresh" } do
      world:write("killed.lua", ENVIRONMENTS .. ([[
policy.insert_after("snapshot.promote_steps", "%s", { name = "die", run = function()
  require("os2.proc").run({ "sh", "-c", "kill -KILL $PPID; sleep 5" }, { timeout = 10 })
end })
]]):format(step))
      assert.equal(proc.signals.KILL, promote(NAME, "stg", {}, { OS2_POLICY = "killed.lua" }).signal,
        step)
      local ran = promote(NAME, "stg")
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(STG .. TIME .. "\n", ran.stdout)
    end
    assert.equal(1, shared.creates())
  end)
end)
