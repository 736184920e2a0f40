--- `os2 snapshot rollback`: back to a good image, also when a run is killed at any step.
local hostile = require("tests.lib.hostile")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local STEPS <const> = { "look", "plan", "register", "wait", "deactivate", "refresh" }
local OLDER <const>, GOOD <const>, BAD <const> =
  PREFIX .. "20260110-000000", PREFIX .. "20260111-000000", PREFIX .. "20260112-000000"

local FAST <const> = 'policy.api(1)\npolicy.set("poll.first", 0.05)\n'

local function image(digit)
  return ("r/p/os2:2026011%d-000000-c%s-19999999"):format(digit, ("%d"):format(digit):rep(12))
end

describe("snapshot rollback", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)

  local function seed(name, digit, set)
    local fields = { imageName = image(digit), lastUsedAt = "2026-01-13T00:00:00Z",
      ref = ("h/p/daytona-%s:daytona"):format(("%d"):format(digit):rep(64)) }
    for key, value in pairs(set or {}) do fields[key] = value end
    world:control("POST", "seed", { name = name, set = fields,
      createdAt = ("2026-01-1%dT00:00:00Z"):format(digit) })
  end

  local function fill()
    local digests = {}
    for digit = 0, 9 do digests[image(digit)] = ("%d"):format(digit):rep(64) end
    world:control("POST", "config", { registry = { url = json.null }, imageDigests = digests })
    seed(OLDER, 0)
    seed(GOOD, 1, { cpu = 3, entrypoint = { "/run" } })
    seed(BAD, 2)
  end

  before_each(function()
    shared.reset()
    world:write("fast.lua", FAST)
    fill()
  end)

  local function rollback(words, changes)
    changes = changes or {}
    changes.OS2_POLICY = changes.OS2_POLICY or "fast.lua"
    return world:run({ "snapshot", "rollback", table.unpack(words or {}) }, changes)
  end

  local function document(words)
    local ran = rollback({ "--json", table.unpack(words or {}) })
    return json.decode(ran.stdout), ran
  end

  local function by_name()
    local found = {}
    for _, snapshot in ipairs(shared.snapshots()) do found[snapshot.name] = snapshot end
    return found
  end

  local function resolved()
    local ran = world:run{ "resolve", "--fresh" }
    assert.equal(0, ran.code, ran.stderr)
    return by_name()[ran.stdout:match("%S+")]
  end

  local function active_count()
    local count = 0
    for _, snapshot in ipairs(shared.snapshots()) do
      if snapshot.state == "active" and snapshot.name:sub(1, #PREFIX) == PREFIX then count = count + 1 end
    end
    return count
  end

  local function assert_back(number)
    assert.equal(image(number), resolved().imageName)
    assert.equal("inactive", by_name()[BAD].state)
  end

  it("registers the good image as the newest, and deactivates the bad one", function()
    world:run{ "resolve" } -- an answer in the cache
    local found, ran = document()
    assert.equal(0, ran.code, ran.stderr)
    assert.same({ GOOD, BAD, true, false }, { found.good, found.bad, found.deactivated, found.already })
    assert_back(1)
    local made = by_name()[found.name]
    assert.same({ 3, "/run" }, { made.cpu, made.entrypoint[1] })
    assert.equal("active", by_name()[GOOD].state)
    -- the cache of this user has the new answer
    assert.equal(found.name .. "\n", world:run{ "resolve" }.stdout)
    assert.truthy(ran.stderr:find("may answer " .. BAD .. " until ", 1, true), ran.stderr)
    assert.truthy(found.cached_until < found.stale_until)
    assert.equal(1, shared.creates())
  end)

  it("does it once: run again, nothing goes further back", function()
    local first = document()
    local again, ran = document()
    assert.equal(0, ran.code, ran.stderr)
    assert.same({ first.name, true }, { again.name, again.already })
    assert.truthy(ran.stderr:find("rolled back already", 1, true), ran.stderr)
    assert.equal(1, shared.creates())
    -- further, when it is named
    local further = document{ "--to", OLDER }
    assert.equal(first.name, further.bad)
    assert.equal(image(0), resolved().imageName)
    -- and forward again
    document{ "--to", BAD }
    assert.equal(image(2), resolved().imageName)
  end)

  it("takes --to, also an inactive one, and does nothing twice", function()
    world:control("POST", "snapshot", { name = OLDER, set = { state = "inactive" } })
    local found = document{ "--to", OLDER }
    assert.equal(OLDER, found.good)
    assert_back(0)
    assert.is_true(document{ "--to", OLDER }.already)
    assert.equal(1, shared.creates())
  end)

  it("passes over what has the same content, and what is not usable", function()
    seed(PREFIX .. "20260112-100000", 2, { imageName = image(2):gsub("%x+$", "0") })
    world:control("POST", "snapshot", { name = GOOD, set = { state = "inactive" } })
    assert.equal(OLDER, document().good)
  end)

  it("passes over what was made from a machine, and says so", function()
    local made = PREFIX .. "20260111-120000"
    world:control("POST", "seed", { name = made, createdAt = "2026-01-11T12:00:00Z",
      set = { imageName = "", lastUsedAt = "2026-01-13T00:00:00Z" } })
    local found, ran = document()
    assert.equal(GOOD, found.good, ran.stderr)
    assert.matches(made .. " is passed over: it was made from a machine", ran.stderr, 1, true)
    -- where it is the only one left, deactivating the bad one is the way
    for name, snapshot in pairs(by_name()) do
      if snapshot.imageName == image(1) or name == OLDER then
        world:control("POST", "snapshot", { name = name, set = { state = "inactive" } })
      end
    end
    world:control("POST", "snapshot", { name = BAD, set = { state = "active" } })
    ran = rollback()
    shared.assert_refused(ran, 4, "can be registered again", "os2 snapshot deactivate " .. BAD)
  end)

  it("changes nothing with --dry-run", function()
    local found, ran = document{ "--dry-run" }
    assert.equal(0, ran.code, ran.stderr)
    assert.same({ GOOD, BAD, false }, { found.good, found.bad, found.deactivated })
    assert.truthy(ran.stderr:find("then deactivate " .. BAD, 1, true), ran.stderr)
    assert.equal(0, shared.creates())
    assert.equal("active", by_name()[BAD].state)
  end)

  it("refuses what never was active, unless that is allowed", function()
    seed(PREFIX .. "20260111-120000", 3, { state = "error", errorReason = "x", lastUsedAt = json.null })
    local name = PREFIX .. "20260111-120000"
    shared.assert_refused(rollback{ "--to", name }, 6, "never was active", "--allow-unhealthy")
    assert.equal(0, rollback{ "--to", name, "--allow-unhealthy" }.code)
    assert_back(3)
  end)

  it("refuses a name that is not there, of another prefix, and when there is nothing older", function()
    shared.assert_refused(rollback{ "--to", GOOD .. "1" }, 4, "did you mean")
    seed("other--20260111-000000", 4)
    shared.assert_refused(rollback{ "--to", "other--20260111-000000" }, 1, "another prefix")
    for _, name in ipairs{ OLDER, GOOD } do
      world:control("POST", "snapshot", { name = name, set = { state = "inactive" } })
    end
    shared.assert_refused(rollback(), 4, "--to")
    assert.equal(0, shared.creates())
  end)

  it("asks which one is bad when another host may have stopped in between", function()
    seed(PREFIX .. "20260113-000000", 3, { imageName = image(1), ref = by_name()[GOOD].ref })
    shared.assert_refused(rollback(), 6, "not clear", "--to " .. GOOD, "--to " .. BAD)
    assert.equal("active", by_name()[BAD].state)
    assert.equal(0, rollback{ "--to", GOOD }.code)
    assert_back(1)
    assert.equal(0, shared.creates())
  end)

  it("leaves the bad one where the good one does not become active", function()
    world:control("POST", "config", { outcomes = { { name = PREFIX, errorReason = "runner on fire" } } })
    local ran = rollback()
    assert.equal(1, ran.code, ran.stderr)
    assert.truthy(ran.stderr:find("runner on fire", 1, true), ran.stderr)
    assert.equal("active", by_name()[BAD].state)
    world:control("POST", "config", { outcomes = json.array{} })
    assert.equal(0, rollback().code)
    assert_back(1)
  end)

  it("goes back in each region by itself", function()
    seed(PREFIX .. "20260112-000001", 2, { regionIds = { "eu" } })
    for _, name in ipairs{ OLDER, GOOD } do
      world:control("POST", "snapshot", { name = name, set = { regionIds = { "us", "eu" } } })
    end
    local us, eu = document{ "--region", "us" }, document{ "--region", "eu" }
    assert.same({ BAD, PREFIX .. "20260112-000001" }, { us.bad, eu.bad })
    for _, region in ipairs{ "us", "eu" } do
      local ran = world:run{ "resolve", "--fresh", "--region", region }
      local found = by_name()[ran.stdout:match("%S+")]
      assert.same({ image(1), region }, { found.imageName, found.regionIds[1] })
    end
    assert.is_true(document{ "--region", "us" }.already)
  end)

  -- Two runs of one second choose one name.
  local function same_name(name)
    world:write("same.lua", FAST .. ('policy.override("snapshot.renewed_name", function() return %q end)\n')
      :format(name))
    return { OS2_POLICY = "same.lua" }
  end

  it("goes back in each region by itself, also in one second", function()
    seed(PREFIX .. "20260112-000001", 2, { regionIds = { "eu" } })
    world:control("POST", "snapshot", { name = GOOD, set = { regionIds = { "us", "eu" } } })
    for second, region in ipairs{ "us", "eu" } do
      local ran = rollback({ "--region", region }, same_name(PREFIX .. "20260115-000001"))
      assert.equal(0, ran.code, ran.stderr)
      local made = by_name()[("%s20260115-00000%d"):format(PREFIX, second)]
      assert.same({ image(1), region }, { made.imageName, made.regionIds[1] })
      assert.equal("inactive", by_name()[("%s20260112-00000%d"):format(PREFIX, second - 1)].state)
    end
  end)

  it("makes a build that began before it come too late", function()
    assert.equal(0, rollback().code)
    local ran = world:run{ "snapshot", "--name", PREFIX .. "20260113-000000" }
    shared.assert_refused(ran, 6, "is superseded")
  end)

  it("is done once by two at once", function()
    local outcomes = task.map({ 1, 2 }, function() return rollback() end)
    for _, outcome in ipairs(outcomes) do
      assert.equal(0, outcome.value.code, outcome.value.stderr)
    end
    assert_back(1)
    assert.equal("active", by_name()[OLDER].state)
  end)

  -- A trouble at each request of a run, one after the other; the run after it ends well.
  local function trouble_at_each(trouble)
    local every, nth = hostile.IS_LONG and 1 or 3, 1
    repeat
      world:control("POST", "reset")
      fill()
      temporary.remove(world.directory .. "/state")
      local was_hit = trouble(nth)
      assert.truthy(resolved())
      local ran = rollback()
      assert.equal(0, ran.code, ran.stderr)
      assert_back(1)
      assert.equal("active", by_name()[OLDER].state)
      nth = nth + every
    until not was_hit
    assert.is_true(nth > 6)
  end

  local function fault_at(nth, action)
    world:control("POST", "faults", { match = { path = "^/api/", nth = nth }, times = 1,
      action = action })
  end

  local function was_hit()
    local report = world:control("GET", "faults")
    world:control("DELETE", "faults")
    return report[1].fired > 0
  end

  for name, action in pairs{
    ["a lost answer"] = { type = "lost" }, ["a 502"] = { type = "html", status = 502 },
    ["a rate limit"] = { type = "throttled", seconds = 1 },
  } do
    it("ends well after " .. name .. " at any request", function()
      trouble_at_each(function(nth)
        fault_at(nth, action)
        rollback()
        return was_hit()
      end)
    end)
  end

  -- A request whose client was killed is done all the same: what follows comes after it.
  local function wait_for_slow()
    interrupt.wait_until(function()
      for _, request in ipairs(world:control("GET", "requests").requests) do
        if request.fault == "slow" and request.status == json.null then return false end
      end
      return true
    end)
    world:control("DELETE", "faults")
  end

  it("ends well after a kill at any request", function()
    trouble_at_each(function(nth)
      fault_at(nth, { type = "slow", ms = 300 })
      local process <close> = world:spawn({ "snapshot", "rollback" }, { OS2_POLICY = "fast.lua" })
      local is_hit, is_over = false, false
      task.group(function(group)
        group:spawn(function()
          program.finish(process)
          is_over = true
        end)
        while not is_hit and not is_over do
          is_hit = world:control("GET", "faults")[1].fired > 0
          if is_hit then process:kill(proc.signals.KILL) end
          task.sleep(0.02)
        end
      end)
      wait_for_slow()
      return is_hit
    end)
  end)

  it("says that a pin stays in force", function()
    local ran = rollback({}, { DAYTONA_SNAPSHOT_PIN = BAD })
    assert.truthy(ran.stderr:find("pinned to " .. BAD, 1, true), ran.stderr)
  end)

  describe("killed", function()
    local DIE <const> = FAST .. [[
policy.insert_after("snapshot.rollback_steps", "%s", { name = "die", run = function()
  require("os2.proc").run({ "sh", "-c", "kill -KILL $PPID; sleep 5" }, { timeout = 10 })
end })
]]

    -- With --to the same holds, which a long run tries at each step.
    local WAYS <const> = hostile.IS_LONG and { {}, { "--to", GOOD } } or { {} }

    for _, words in ipairs(WAYS) do
      for _, step in ipairs(STEPS) do
        it(("behind the step %s and run again (%s)"):format(step, words[1] or "no --to"), function()
          world:write("policy.lua", DIE:format(step))
          assert.equal(proc.signals.KILL, rollback(words, { OS2_POLICY = "policy.lua" }).signal)
          assert.is_true(active_count() >= 1)
          assert.truthy(resolved())
          local ran = rollback(words)
          assert.equal(0, ran.code, ran.stderr)
          assert_back(1)
          assert.equal("active", by_name()[OLDER].state)
          assert.equal(1, shared.creates())
        end)
      end
    end

    -- Kills a run while a request of it is under way; the request is done all the same.
    local function kill_during(match)
      world:control("POST", "faults", { match = match, times = 1,
        action = { type = "slow", ms = 400 } })
      local process <close> = world:spawn({ "snapshot", "rollback" }, { OS2_POLICY = "fast.lua" })
      interrupt.wait_until(function() return world:control("GET", "faults")[1].fired > 0 end)
      process:kill(proc.signals.KILL)
      program.finish(process)
      wait_for_slow()
    end

    for words, match in pairs{
      ["the registration"] = { method = "POST", path = "/snapshots$" },
      ["a look at it"] = { method = "GET", path = "/snapshots/[0-9a-f]{8}-" },
      ["the deactivation"] = { method = "POST", path = "/deactivate$" },
    } do
      it("in the middle of " .. words .. " and run again", function()
        kill_during(match)
        assert.truthy(resolved())
        local ran = rollback()
        assert.equal(0, ran.code, ran.stderr)
        assert_back(1)
        assert.equal("active", by_name()[OLDER].state)
      end)
    end

    it("on a host that remembers nothing, and run again", function()
      for _, step in ipairs{ "register", "deactivate" } do
        world:write("policy.lua", DIE:format(step))
        rollback({ "--to", GOOD }, { OS2_POLICY = "policy.lua" })
        temporary.remove(world.directory .. "/state")
      end
      assert.equal(0, rollback{ "--to", GOOD }.code)
      assert_back(1)
      assert.equal("active", by_name()[OLDER].state)
    end)
  end)
end)
