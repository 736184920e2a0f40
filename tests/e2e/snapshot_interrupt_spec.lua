--- `os2 snapshot` that is interrupted, and what it leaves.
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local interrupt = require("tests.lib.interrupt")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX

describe("snapshot", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)
  after_each(shared.clean)

  local own_references, snapshots, fault, one_line =
    shared.own_references, shared.snapshots, shared.fault, shared.one_line

  describe("interrupted", function()
    local function interrupted(is_reached, words, changes)
      return interrupt.run(world, { "snapshot", table.unpack(words or {}) }, is_reached, { environment = changes })
    end

    local function saw_request(method, pattern) return interrupt.saw(world, method, pattern) end

    local function assert_ended(ended)
      assert.equal(130, ended.code, ended.stderr)
      assert.truthy(ended.seconds < 50, ("it took %.1f s"):format(ended.seconds))
      one_line(ended.stderr)
    end

    it("in the preflight", function()
      fault({ path = "api-keys" }, { type = "slow", ms = 60000 })
      local ended = interrupted(saw_request("GET", "api%-keys"))
      assert_ended(ended)
      assert.truthy(ended.stderr:find("left: nothing at Daytona", 1, true), ended.stderr)
    end)

    it("in the build: the engine stops it", function()
      -- a step of its own, because the engine runs that of two builds once
      world:write("sandbox/Dockerfile", ("FROM %s\nENV OWN=%s\nRUN sleep 97\n"):format(
        worlds.base_image(), PREFIX))
      -- the plain display shows a step when it begins
      assert_ended(interrupted(function(stderr) return stderr:find("sleep 97", 1, true) end,
        { "--progress", "plain" }))
      assert.same({}, snapshots())
    end)

    it("in the push", function()
      fault({ path = "push-access" }, { type = "slow", ms = 60000 })
      assert_ended(interrupted(saw_request("GET", "push%-access")))
    end)

    it("in the middle of the push", function()
      local file <close> = io.open(world.directory .. "/registry/registry.pid")
      local registry = file:read("n")
      local _ <close> = task.defer(function()
        proc.run({ "kill", "-CONT", tostring(registry) }, { timeout = 5 })
      end)
      local reached = saw_request("GET", "push%-access")
      local ended = interrupted(function()
        -- The registry holds its breath before the first byte reaches it.
        proc.run({ "kill", "-STOP", tostring(registry) }, { timeout = 5 })
        if not reached() then return false end
        task.sleep(0.5)
        return true
      end)
      assert_ended(ended)
      assert.truthy(ended.stderr:find("push +stopped"), ended.stderr)
    end)

    it("while registering: says that it may be there", function()
      fault({ method = "POST", path = "/snapshots$" }, { type = "slow", ms = 60000 })
      local ended = interrupted(saw_request("POST", "/snapshots$"))
      assert_ended(ended)
      assert.truthy(ended.stderr:find("may have been registered", 1, true), ended.stderr)
      assert.truthy(ended.stderr:find("--name " .. PREFIX, 1, true))
    end)

    it("with an engine that hangs: says what is left all the same", function()
      local socket = world.directory .. "/hanging.sock"
      local engine <close> = proc.spawn({ "node", "tests/lib/hanging-engine.js", socket,
        fixture.socket() }, { stdin = "null", timeout = 60 })
      assert.truthy(engine().data:find("LISTENING", 1, true))
      fault({ method = "POST", path = "/snapshots$" }, { type = "slow", ms = 60000 })
      local ended = interrupted(saw_request("POST", "/snapshots$"),
        nil, { DOCKER_HOST = "unix://" .. socket })
      assert_ended(ended)
      assert.truthy(ended.stderr:find("may have been registered", 1, true), ended.stderr)
      local stay = own_references()
      assert.equal(3, #stay)
      for _, ref in ipairs(stay) do
        assert.truthy(ended.stderr:find("docker rmi " .. ref, 1, true), ended.stderr)
        docker.untag(ref)
      end
    end)

    it("while waiting: says that it goes on, and how to follow it", function()
      world:control("POST", "config", { timetable = { pending = 60000 } })
      local ended = interrupted(function(stderr) return stderr:find("\n  register", 1, true) end)
      assert_ended(ended)
      assert.truthy(ended.stderr:find("goes on at Daytona", 1, true), ended.stderr)
      assert.truthy(ended.stderr:find("state pending", 1, true))
    end)
  end)
end)
