--- `os2 snapshot` that meets itself: a name that is made already, an answer that is lost, two at once.
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")
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

  local snapshot, fixed, snapshots, creates, fault, assert_refused, with_policy =
    shared.snapshot, shared.fixed, shared.snapshots, shared.creates, shared.fault,
    shared.assert_refused, shared.with_policy

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
      local ran = interrupt.at(world, { "snapshot", "--name", NAME }, function(stderr)
        return stderr:find("state pulling), going on from there", 1, true)
      end, function()
        world:control("POST", "snapshot", { name = NAME, set = { state = "active" } })
      end)
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(NAME .. "\n", ran.stdout)
      assert.truthy(ran.stderr:find("pulling → active", 1, true), ran.stderr)
      assert.equal(0, creates())
    end)

    it("not from one that failed: says why and the way on", function()
      world:control("POST", "seed", { name = NAME,
        set = { state = "error", errorReason = "Snapshot size too big" } })
      assert_refused(snapshot{ "--name", NAME }, 1, NAME, "Snapshot size too big",
        "os2 snapshot delete")
    end)

    it("not from one that was deactivated", function()
      world:control("POST", "seed", { name = NAME, set = { state = "inactive" } })
      assert_refused(snapshot{ "--name", NAME }, 6, NAME, "inactive", "os2 snapshot activate")
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
      interrupt.run(world, { "snapshot" }, interrupt.saw(world, "GET", "push%-access"),
        { signal = proc.signals.KILL, environment = { OS2_POLICY = "policy.lua" } })
      world:control("DELETE", "faults")
      local ran = snapshot{ "--name", NAME }
      assert.equal(0, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("not built again", 1, true), ran.stderr)
      assert.equal(1, creates())
    end)

    it("builds again what another run has removed before the push", function()
      local ran = with_policy([[policy.insert_after("snapshot.steps", "compare", { name = "lose",
        run = function(ctx)
          require("os2.docker").api.image_delete{ name = ctx.image.Id, force = true }
        end })]])
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("another run removed the image meanwhile: building again", ran.stderr, 1, true)
      assert.equal("active", snapshots()[1].state)
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

    local function wait_for_registrations(count)
      interrupt.wait_until(function() return #snapshots() >= count end)
    end

    -- The first one's pull ends when the later registration has met it.
    local function end_first_pull()
      wait_for_registrations(2)
      local first, later = snapshots()[1], snapshots()[2]
      if first.state ~= "pulling" then first, later = later, first end
      interrupt.wait_until(function()
        for _, found in ipairs(snapshots()) do
          if found.id == later.id then return found.state ~= "pending" end
        end
        return true
      end)
      world:control("POST", "config", { timetable = { pulling = 5 } })
      world:control("POST", "snapshot", { name = first.name, set = { state = "active" } })
    end

    local QUICK <const> = 'policy.set("poll.first", 0.1)\npolicy.set("poll.longest", 0.2)\n'

    -- Makes two; returns the runs, the one whose registration came later last. That one begins when
    -- the other is registered: docker-registry 2.8 answers 500 now and then where one image is pushed
    -- twice at the very same time.
    local function two(more)
      world:control("POST", "config", { timetable = { pulling = 600000 } })
      world:write("policy.lua", "policy.api(1)\n" .. SAME .. QUICK .. (more or ""))
      local outcomes = task.map({ 1, 2, 3 }, function(index)
        if index == 3 then return end_first_pull() end
        if index == 2 then wait_for_registrations(1) end
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
      assert_refused(ran, 3, PREFIX .. "29990101-000000 has a time in the future", "ahead of Daytona")
      assert.is_nil(ran.stderr:find("  build", 1, true), ran.stderr)
      ran = with_policy([[policy.override("naming.format", function(base, facts)
        facts.now = facts.now + 3630 -- the server is asked some time after the name is chosen
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
      -- Other runs on this engine have snapshots of other prefixes.
      assert.equal(1, document.passed["of the future"])
    end)

    it("in the name of another snapshot holds nothing up", function()
      world:control("POST", "seed", { name = PREFIX .. "29990101-000000",
        createdAt = "2026-01-01T00:00:00Z" })
      assert.equal(0, snapshot().code)
    end)
  end)
end)
