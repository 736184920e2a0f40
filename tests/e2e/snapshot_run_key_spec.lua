--- `os2 snapshot` in a CI: one job makes one snapshot, however often it runs, and wherever it ends.
---
--- A long run kills at 50 moments and runs 20 at once; a normal one a part of that.
local docker = require("os2.docker")
local env = require("os2.env")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")

local IS_LONG <const> = env.get("OS2_LONG") ~= nil
local MOMENTS <const> = 50
local CI <const> = { GITHUB_RUN_ID = "4711", GITHUB_JOB = "build", OS2_POLICY = "policy.lua" }
local OFTEN <const> = 'policy.api(1)\npolicy.set("poll.first", 0.05)\n'
local FROZEN_MS <const> = 60000

describe("snapshot with a run key", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  local function prepare()
    world:reset()
    world:write("sandbox/Dockerfile", "FROM scratch\nCOPY hello /hello\nENTRYPOINT [\"/hello\"]\n")
    world:write("policy.lua", OFTEN)
  end
  before_each(prepare)

  -- A killed run leaves its tags with the engine.
  local function remove_references()
    for _, ref in ipairs(shared.own_references()) do docker.untag(ref) end
  end
  after_each(remove_references)

  local function snapshot(words, changes)
    return world:run({ "snapshot", table.unpack(words or {}) }, changes or CI)
  end

  local alive = shared.alive

  local function assert_one(ran)
    assert.equal(0, ran.code, ran.stderr)
    assert.same({ ran.stdout:match("%S+") }, alive(), ran.stderr)
  end

  it("makes one when it is run again, and says that it is the same", function()
    local first = json.decode(snapshot{ "--json" }.stdout)
    local ran = snapshot{ "--json" }
    local again = json.decode(ran.stdout)
    assert.same({ first.name, first.id, true }, { again.name, again.id, again.adopted }, ran.stderr)
    assert.is_false(first.adopted)
    assert.is_nil(ran.stderr:find("\n  build", 1, true), ran.stderr)
    assert.equal(1, shared.creates())
  end)

  it("makes one for each thing, for each run, and for each that wants its own", function()
    snapshot()
    for count, words in ipairs{ { "--cpu", "3" }, { "--run-key", "mine" }, { "--no-run-key" } } do
      -- of one second, each takes the next name, and is newer than the one after it therefore
      local ran = snapshot{ "--on-newer", "publish", table.unpack(words) }
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(count + 1, #alive(), table.concat(words, " "))
    end
    assert.matches("no other is made", snapshot{ "--run-key", "mine" }.stderr, 1, true)
  end)

  it("waits for one that is under way, and starts over where that fails", function()
    local name = snapshot().stdout:match("%S+")
    for _, ending in ipairs{ "active", "error" } do
      world:control("POST", "snapshot", { name = name, set = { state = "pulling" } })
      local asked = (world:requests())["GET /api/snapshots/{id}"] or 0
      local ran = task.map({ 1, 2 }, function(index)
        if index == 1 then return snapshot() end
        interrupt.wait_until(function()
          return ((world:requests())["GET /api/snapshots/{id}"] or 0) ~= asked
        end)
        world:control("POST", "snapshot", { name = name,
          set = { state = ending, errorReason = "no" } })
      end)[1].value
      assert_one(ran)
      assert.equal(ending == "active", ran.stdout:match("%S+") == name)
    end
    assert.equal(2, shared.creates())
  end)

  for _, count in ipairs(IS_LONG and { 2, 20, 20, 20 } or { 3 }) do
    it(("makes one when %d run at once"):format(count), function()
      local list = {}
      for index = 1, count do list[index] = index end
      local outcomes = task.map(list, function() return snapshot() end)
      for _, outcome in ipairs(outcomes) do assert_one(outcome.value) end
    end)
  end

  -- Starts a run and kills it once `is_reached`, or when it has ended.
  local function kill(is_reached)
    local process <close> = world:spawn({ "snapshot" }, CI)
    task.group(function(group)
      local has_ended = false
      group:spawn(function()
        for _ in process do end -- luacheck: ignore 542
        has_ended = true
      end)
      interrupt.wait_until(function() return has_ended or is_reached() end)
      process:kill(proc.signals.KILL)
    end)
  end

  -- Kills a run while its nth request is not done yet, or is done and not answered.
  local function kill_at(nth, action)
    world:control("POST", "faults", { match = { nth = nth }, action = action })
    kill(function() return world:control("GET", "faults")[1].fired > 0 end)
    world:control("DELETE", "faults")
  end

  local function requests_of_a_run()
    assert.equal(0, snapshot().code)
    local _, total = world:requests()
    return total
  end

  local function fresh()
    remove_references()
    prepare()
  end

  it("makes one after a run that was killed, at whichever request", function()
    local total = requests_of_a_run()
    local step = IS_LONG and 1 or 6
    for nth = 1, total, step do
      for _, kind in ipairs{ "slow", "lost" } do
        fresh()
        kill_at(nth, { type = kind, ms = FROZEN_MS })
        local ran = snapshot()
        assert_one(ran)
      end
    end
    if IS_LONG then print(("killed at %d requests, before and after each"):format(total)) end
  end)

  if IS_LONG then
    it("makes one after a run that was killed at any time", function()
      local clock = require("os2.clock")
      local began = clock.monotonic()
      assert.equal(0, snapshot().code)
      local took = clock.monotonic() - began
      for moment = 1, MOMENTS do
        fresh()
        local start = clock.monotonic()
        kill(function() return clock.monotonic() - start > took * moment / MOMENTS end)
        assert_one(snapshot())
      end
    end)
  end
end)
