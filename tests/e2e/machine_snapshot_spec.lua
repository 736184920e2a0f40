--- `os2 machine create` and the age, state and region of the snapshot, at the Daytona stand-in.
local clock = require("os2.clock")
local machines = require("tests.lib.daytona_machines")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local SNAPSHOT <const> = machines.SNAPSHOT
local PREFIX <const> = worlds.PREFIX

describe("machine", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local machine, config, sandboxes, creates, assert_ok, assert_refused =
    shared.machine, shared.config, shared.sandboxes, shared.creates, shared.assert_ok,
    shared.assert_refused

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
end)
