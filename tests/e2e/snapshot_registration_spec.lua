--- `os2 snapshot` as it registers: what a machine is, several regions, and failures that pass.
local docker = require("os2.docker")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")

local NAME <const> = snapshot_worlds.NAME

local function of_year(year) return (NAME:gsub("%d%d%d%d(%d%d%d%d%-%d+)$", year .. "%1")) end

describe("snapshot registers", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)
  after_each(function()
    for _, ref in ipairs(shared.own_references()) do docker.untag(ref) end
  end)

  local snapshots = shared.snapshots

  -- Short pauses, because what counts is what is asked and not when.
  local function snapshot(words, changes, more)
    world:write("policy.lua", 'policy.api(1)\npolicy.set("poll.first", 0.05)\n' .. (more or ""))
    local all = { OS2_POLICY = "policy.lua" }
    for name, value in pairs(changes or {}) do all[name] = value end
    return shared.snapshot(words, all)
  end

  it("with the command and the kind of machine that are asked for", function()
    world:control("POST", "config", { limits = { gpu = 1 } })
    local ran = snapshot{ "--gpu", "1", "--gpu-type", "H100", "--sandbox-class", "container",
      "--entrypoint", '["/hello", "you"]' }
    assert.equal(0, ran.code, ran.stderr)
    local made = snapshots()[1]
    assert.same({ 1, "container", { "/hello", "you" } },
      { made.gpu, made.sandboxClass, made.entrypoint })
    for _, text in ipairs{ "[]", "[1]", "[" , "" } do
      assert.equal(2, snapshot{ "--entrypoint", text }.code, text)
    end
  end)

  it("in one region after the other", function()
    local ran = snapshot{ "--region", "us", "--region", "eu", "--json" }
    assert.equal(0, ran.code, ran.stderr)
    local made = json.decode(ran.stdout)
    assert.same({ "us", "active", "eu", "active" }, { made.regions[1].region,
      made.regions[1].state, made.regions[2].region, made.regions[2].state })
    assert.equal(made.name, made.regions[1].name)
    assert.not_equal(made.name, made.regions[2].name)
    for _, found in ipairs(snapshots()) do assert.equal("active", found.state) end
    assert.equal(2, #snapshots())
  end)

  it("where nothing is newer, of several regions", function()
    world:control("POST", "seed", { name = NAME:gsub("%d+%-%d+$", "29990101-000000"),
      createdAt = "2999-01-01T00:00:00Z", set = { regionIds = { "us" } } })
    local ran = snapshot{ "--region", "us", "--region", "eu" }
    shared.assert_refused(ran, 6, "is superseded in us")
    ran = snapshot{ "--region", "us", "--region", "eu", "--on-newer", "skip", "--json" }
    assert.equal(0, ran.code, ran.stderr)
    local made = json.decode(ran.stdout)
    assert.same({ false, "eu", false, "us", true }, { made.skipped, made.regions[1].region,
      made.regions[1].skipped, made.regions[2].region, made.regions[2].skipped })
    assert.equal(2, #snapshots())
  end)

  it("once in a region that is given twice", function()
    local ran = snapshot{ "--region", "us", "--region", "us", "--json" }
    assert.equal(0, ran.code, ran.stderr)
    assert.is_nil(json.decode(ran.stdout).regions)
    assert.equal(1, #snapshots())
  end)

  it("the regions that are missing, and names them", function()
    world:control("POST", "config", { quota = 1 })
    local ran = snapshot{ "--region", "us", "--region", "eu" }
    assert.equal(8, ran.code, ran.stderr)
    local line = shared.one_line(ran.stderr)
    assert.matches("in us, and missing is eu", line, 1, true)
    local words = {}
    for word in line:match("make up for the missing ones: os2 snapshot (.*)"):gmatch("%S+") do
      words[#words + 1] = word
    end
    world:control("POST", "config", { quota = 100 })
    ran = snapshot(words)
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(2, #snapshots())
    ran = snapshot(words)
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(2, #snapshots())
  end)

  it("not where one of the regions is unknown: nothing is built", function()
    local ran = snapshot{ "--region", "us", "--region", "mars" }
    assert.equal(3, ran.code, ran.stderr)
    assert.is_nil(ran.stderr:find("\n  build", 1, true), ran.stderr)
  end)

  -- Lets the first registration, which does not become active by itself, end in an error.
  local function failing(reason)
    world:control("POST", "config", { timetable = { pending = 600000 } })
    local outcomes = task.map({ 1, 2 }, function(index)
      if index == 1 then return snapshot{} end
      interrupt.wait_until(function() return #snapshots() > 0 end)
      world:control("POST", "config", { timetable = { pending = 20 } })
      world:control("POST", "snapshot", { name = snapshots()[1].name,
        set = { state = "error", errorReason = reason } })
    end)
    assert.is_nil(outcomes[2].err)
    return outcomes[1].value
  end

  it("again, under a new tag, after a failure that passes", function()
    local ran = failing("Timeout processing snapshot on initial runner")
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("for a reason that passes", ran.stderr, 1, true)
    local made = {}
    for _, found in ipairs(snapshots()) do made[#made + 1] = found.state end
    assert.same({ "active" }, made)
    assert.equal(2, shared.creates())
    local accesses = world:requests()["GET /api/docker-registry/registry-push-access"]
    assert.equal(2, accesses)
  end)

  it("and deletes what is late, where that is asked for", function()
    world:control("POST", "config", { timetable = { pending = 60000 } })
    shared.assert_refused(snapshot{ "--timeout", "0.5" }, 5, "may still finish",
      "becomes live by itself", "os2 snapshot delete --force")
    assert.equal("pending", snapshots()[1].state)
    shared.assert_refused(snapshot{ "--timeout", "0.5", "--on-timeout", "delete",
      "--on-newer", "publish" }, 5, "it was deleted")
    local states = {}
    for _, found in ipairs(snapshots()) do states[found.state] = (states[found.state] or 0) + 1 end
    assert.equal(1, states.pending)
  end)

  local LEFT <const> = "--on-timeout delete leaves it, because this run has not registered it"

  it("and deletes what is late at Daytona's builder, too, and nobody else's", function()
    world:control("POST", "config", { timetable = { pending = 60000, removing = 60000 } })
    local late = { "--remote", "--timeout", "0.5", "--on-timeout", "delete" }
    shared.assert_refused(snapshot(late), 5, "it was deleted")
    assert.equal("removing", snapshots()[1].state)
    world:reset()
    world:control("POST", "seed", { name = of_year("2036"),
      createdAt = "2036-01-11T19:30:45Z", set = { state = "pulling" } })
    for _, more in ipairs{ "--remote", "--allow-dirty" } do
      shared.assert_refused(snapshot{ "--on-newer", "skip", "--timeout", "0.5", "--on-timeout",
        "delete", more }, 5, LEFT, "go on waiting")
      assert.same({ "pulling", 1 }, { snapshots()[1].state, #snapshots() })
    end
  end)

  it("and leaves what another run with its key waits for, with the way on", function()
    world:control("POST", "config", { timetable = { pending = 60000 } })
    local words = { "--run-key", "k", "--timeout", "0.5" }
    shared.assert_refused(snapshot(words), 5, "becomes live by itself")
    table.move({ "--on-timeout", "delete" }, 1, 2, 5, words)
    local line = shared.assert_refused(snapshot(words), 5, LEFT, "os2 snapshot delete --force")
    assert.matches("go on waiting: os2 snapshot --name " .. snapshots()[1].name, line, 1, true)
    assert.same({ "pending", 1 }, { snapshots()[1].state, #snapshots() })
  end)

  describe("where the quota is full", function()
    local function full(words, changes)
      return snapshot(words, changes, 'policy.set("snapshot.quota", 1)\n')
    end

    it("none, and goes on with the one that is there", function()
      world:control("POST", "config", { timetable = { pending = 300 } })
      world:control("POST", "seed", { name = NAME, set = { state = "pulling" } })
      shared.assert_refused(full{}, 8, "1 snapshot in use", "snapshot.quota")
      world:control("POST", "snapshot", { name = NAME, set = { state = "active" } })
      local ran = full{ "--name", NAME }
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(0, shared.creates())
    end)

    it("none of what was pushed, which the command goes on with later", function()
      world:control("POST", "config", { quota = 0 })
      local ref = snapshot{ "--name", NAME }.stderr:match("the pushed image (%S+) stays")
      world:control("POST", "config", { quota = 100 })
      world:control("POST", "seed", { name = of_year("2025") })
      local words = { "--name", NAME, "--pushed", ref, "--allow-older" }
      shared.assert_refused(full(words), 8, "snapshot.quota")
      local ran = snapshot(words)
      assert.equal(0, ran.code, ran.stderr)
    end)

    it("none, and takes the one of the run before", function()
      local ci = { CI_PIPELINE_ID = "1", CI_JOB_NAME = "build" }
      local first = full({}, ci)
      local second = full({}, ci)
      assert.same({ 0, first.stdout }, { second.code, second.stdout }, second.stderr)
    end)
  end)

  it("not again after one that is final", function()
    local ran = failing("Snapshot size too big")
    assert.equal(1, ran.code, ran.stderr)
    assert.matches("Snapshot size too big", ran.stderr, 1, true)
    assert.equal(1, shared.creates())
  end)
end)
