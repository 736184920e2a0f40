--- `os2 machine create` that is interrupted, at the Daytona stand-in.
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local machines = require("tests.lib.daytona_machines")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")

local SNAPSHOT <const> = machines.SNAPSHOT

describe("machine create,", function()
  local shared, world = machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)

  local config, fault, sandboxes = shared.config, shared.fault, shared.sandboxes

  describe("interrupted", function()
    local function interrupted(words, is_reached, options)
      local ended = interrupt.run(world, { "machine", "create", table.unpack(words or {}) },
        is_reached, options)
      assert.equal(130, ended.code, ended.stderr)
      assert.equal("", ended.stdout)
      return ended
    end

    -- Nothing is there, nor does it come.
    local function assert_nothing_left()
      assert.same({}, sandboxes())
      task.sleep(0.5)
      assert.same({}, sandboxes())
    end

    -- A start that takes so long is over only when the test says so: no signal comes too late.
    local HELD_MS <const> = 3600000

    -- Ends the starts that are held, once os2 has tried to delete one of the machines.
    local function let_go(is_over)
      local has_tried = interrupt.saw(world, "DELETE", "/sandbox/")
      while not is_over() do
        for _, sandbox in ipairs(has_tried() and sandboxes() or {}) do
          if sandbox.state == "creating" then -- it may be started and deleted by now
            pcall(world.control, world, "POST", "sandbox",
              { name = sandbox.name, set = { state = "started" } })
          end
        end
        task.sleep(0.02)
      end
    end

    it("while the snapshot is looked for", function()
      fault({ path = "/snapshots" }, { type = "slow", ms = 60000 })
      local ended = interrupted({}, interrupt.saw(world, "GET", "/snapshots"))
      assert.truthy(ended.seconds < 50, ("it took %.1f s"):format(ended.seconds))
      assert_nothing_left()
    end)

    it("while an aged-out snapshot is activated", function()
      world:control("POST", "age-out", { name = SNAPSHOT })
      config{ timetable = { pending = 20000 } }
      interrupted({}, interrupt.saw(world, "POST", "/activate$"))
      assert_nothing_left()
    end)

    it("while the create is under way", function()
      config{ timetable = { creating = HELD_MS } }
      local ended = interrupted({}, interrupt.saw(world, "POST", "/sandbox$"), { after = let_go })
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
      config{ timetable = { creating = HELD_MS } }
      interrupted({}, function() return #sandboxes() > 0 end, { after = let_go })
      assert_nothing_left()
    end)

    it("while the start is waited for", function()
      config{ createWait = 10, timetable = { creating = HELD_MS } }
      interrupted({}, interrupt.saw(world, "GET", "/sandbox/"), { after = let_go })
      assert_nothing_left()
    end)

    it("while it is to become healthy", function()
      config{ previews = { healthyAfter = json.null } }
      interrupted({ "--wait-healthy" }, interrupt.saw(world, "GET", "^/preview/"))
      assert_nothing_left()
    end)

    it("among many", function()
      config{ sandboxOutcomes = { { name = "-(1[6-9]|2\\d|30)$", delay = HELD_MS } } }
      interrupted({ "--count", "30", "--limit", "10" }, function() return #sandboxes() > 15 end,
        { after = let_go })
      assert_nothing_left()
    end)

    it("by one signal that arrives twice deletes what was made", function()
      config{ timetable = { creating = HELD_MS } }
      interrupted({ "--count", "3" }, function() return #sandboxes() == 3 end,
        { times = 3, after = let_go })
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
