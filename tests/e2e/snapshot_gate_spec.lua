--- `os2 snapshot --verify` at the stand-in: what did not pass is never visible.
local docker = require("os2.docker")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-%-$", "")
local CANDIDATE <const> = OWN .. "-candidate--20260111-193046"
local PUSHED <const> = "GET /api/docker-registry/registry-push-access"

describe("snapshot --verify", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)

  before_each(function()
    shared.reset()
    world:write("sandbox/Dockerfile", 'FROM scratch\nCOPY hello /hello\nENTRYPOINT ["/hello"]\n')
    world:control("POST", "config", {
      proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
    })
  end)
  after_each(shared.clean)

  local PATIENT <const> = 'policy.set("poll.first", 0.05)\npolicy.set("poll.longest", 0.2)\n'

  local function policies(checks, more)
    world:write("policy.lua", snapshot_worlds.FIXED .. PATIENT
      .. ("policy.set('snapshot.checks', {%s})\n"):format(checks) .. (more or ""))
    return { OS2_POLICY = "policy.lua" }
  end

  local function verify(words, checks, more)
    return shared.snapshot({ "--verify", table.unpack(words or {}) },
      policies(checks or "'echo good', 'true'", more))
  end

  -- Names of snapshots that are not about to be removed, and how many sandboxes there are.
  local function left()
    local names, state = {}, world:control("GET", "state")
    for _, snapshot in ipairs(state.snapshots) do
      if snapshot.state ~= "removing" then names[#names + 1] = snapshot.name end
    end
    local sandboxes = 0
    for _, sandbox in ipairs(state.sandboxes) do
      if sandbox.state ~= "destroying" then sandboxes = sandboxes + 1 end
    end
    table.sort(names)
    return names, sandboxes
  end

  local function resolved()
    return world:run{ "resolve", "--fresh" }
  end

  local function assert_nothing_left()
    local names, sandboxes = left()
    assert.same({}, names)
    assert.equal(0, sandboxes)
    assert.equal(4, resolved().code)
  end

  it("publishes what works, of one build and one push, and removes the candidate", function()
    local ran = verify{ "--json" }
    assert.equal(0, ran.code, ran.stderr)
    local document = json.decode(ran.stdout)
    assert.equal(snapshot_worlds.NAME, document.name)
    local candidate = document.candidate
    assert.equal(CANDIDATE, candidate.name)
    assert.is_true(candidate.passed and candidate.removed)
    assert.same({ "echo good", "true" }, { candidate.checks[1].command, candidate.checks[2].command })
    assert.same({ 0, "good" }, { candidate.checks[1].code, candidate.checks[1].output })
    local names, sandboxes = left()
    assert.same({ snapshot_worlds.NAME }, names)
    assert.equal(0, sandboxes)
    assert.equal(2, shared.creates())
    assert.equal(1, world:requests()[PUSHED])
    assert.equal(snapshot_worlds.NAME .. "\n", resolved().stdout)
  end)

  it("does not publish where a check fails: exit 1, its output, nothing left", function()
    local ran = verify({}, [['true', 'echo "no such tool" >&2; exit 3', 'exit 4']])
    local line = shared.assert_refused(ran, 1, CANDIDATE, "ended with 3", "and 1 more of 3 checks",
      "snapshot.checks")
    assert.matches(snapshot_worlds.NAME .. " is not registered", line, 1, true)
    assert.matches("  | no such tool", ran.stderr, 1, true)
    assert.equal(1, shared.creates())
    assert_nothing_left()
  end)

  it("does not publish what is not healthy: exit 1, the program's log", function()
    world:control("POST", "config", { previews = { healthyAfter = json.null } })
    -- enough for a machine that starts, and not long to wait for one that is never healthy
    local ran = verify({}, nil, "policy.set('timeouts.candidate', 4)\n")
    shared.assert_refused(ran, 1, "is not healthy", "timeouts.candidate")
    assert_nothing_left()
  end)

  it("does not need health where a policy says so", function()
    world:control("POST", "config", { previews = { healthyAfter = json.null } })
    local ran = verify({}, nil, "policy.set('snapshot.gate_health', false)\n")
    assert.equal(0, ran.code, ran.stderr)
  end)

  it("keeps what failed with --keep-candidate, and names the logs", function()
    local ran = verify({ "--keep-candidate", "--json" }, "'exit 3'")
    assert.equal(1, ran.code, ran.stderr)
    local candidate = json.decode(ran.stdout).candidate
    assert.is_false(candidate.passed or candidate.removed)
    assert.matches("its logs: os2 machine logs " .. candidate.machine, ran.stderr, 1, true)
    assert.matches("delete it: os2 snapshot delete --force " .. CANDIDATE, ran.stderr, 1, true)
    local names, sandboxes = left()
    assert.same({ CANDIDATE }, names)
    assert.equal(1, sandboxes)
    assert.equal(4, resolved().code)
  end)

  it("does not take the candidate for a newer snapshot", function()
    world:control("POST", "seed", { name = OWN .. "-candidate--29990101-000000" })
    local ran = verify()
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(snapshot_worlds.NAME .. "\n", resolved().stdout)
  end)

  it("takes no candidate of another run, whatever becomes of that one", function()
    local words = { "--verify", "--name", snapshot_worlds.NAME, "--keep-candidate", "--json" }
    local kept = shared.with_policy(PATIENT .. "policy.set('snapshot.checks', {'exit 3'})", words)
    assert.equal(1, kept.code, kept.stderr)
    local first = json.decode(kept.stdout).candidate.name
    world:control("POST", "snapshot", { name = first, set = { state = "removing" } })
    local ran = shared.with_policy(PATIENT .. "policy.set('snapshot.checks', {'true'})", words)
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(CANDIDATE, json.decode(ran.stdout).candidate.name)
    assert.equal(OWN .. "-candidate--20260111-193045", first)
    assert.same({ snapshot_worlds.NAME }, (left()))
  end)

  it("says that nothing is known of the image where no machine can be made", function()
    shared.fault({ method = "POST", path = "/sandbox$" }, { type = "status", status = 400,
      body = { message = "Total CPU limit exceeded. Maximum allowed: 10." } }, 0)
    local ran = verify()
    assert.equal(8, ran.code, ran.stderr)
    assert.matches("it is not known whether its candidate", ran.stderr, 1, true)
    assert_nothing_left()
  end)

  it("gives the machine the variables that are asked for, and says which are missing", function()
    local words = { "--verify-env", "GATE_WORD=a b", "--verify-env", "GATE_OTHER" }
    shared.assert_refused(verify(words), 2, "GATE_OTHER is not set")
    local changes = policies([['test "$GATE_WORD$GATE_OTHER" = "a bc"', 'exit 3']])
    changes.GATE_OTHER = "c"
    local ran = shared.snapshot({ "--verify", table.unpack(words) }, changes)
    local line = shared.assert_refused(ran, 1, "check 'exit 3' ended with 3;")
    assert.is_nil(line:find("GATE_WORD=", 1, true))
    assert.matches("--verify-env GATE_WORD --verify-env GATE_OTHER (with the values of GATE_WORD",
      ran.stderr, 1, true)
  end)

  it("killed, leaves a machine that goes when it stops, and the next run tells of it", function()
    interrupt.run(world, { "snapshot", "--verify" }, interrupt.saw(world, "POST", "/exec$"),
      { signal = proc.signals.KILL, environment = policies("'sleep 300'") })
    for _, ref in ipairs(shared.own_references()) do docker.untag(ref) end
    assert.equal(0, world:control("GET", "state").sandboxes[1].autoDeleteInterval)
    local ran = shared.with_policy(PATIENT .. "policy.set('snapshot.checks', {})\n"
      .. "policy.set('snapshot.orphan_after', 0)", { "--verify" })
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("1 candidate left by earlier runs; delete: os2 snapshot delete --force " .. CANDIDATE,
      ran.stderr, 1, true)
    local deleted = world:run{ "snapshot", "delete", "--force", CANDIDATE }
    assert.equal(0, deleted.code, deleted.stderr)
    assert.same({ ran.stdout:match("%S+") }, (left()))
  end)

  it("refuses a key that may make no machine, before the build", function()
    world:control("POST", "config", { permissions = { full = { "write:snapshots" } } })
    shared.assert_refused(verify(), 7, "write:sandboxes")
    assert.is_nil(world:requests()[PUSHED])
  end)

  it("deletes the machine and the candidate when it is interrupted", function()
    local ended = interrupt.run(world, { "snapshot", "--verify" }, function(stderr)
      return stderr:find("check sleep", 1, true) or interrupt.saw(world, "POST", "/exec$")()
    end, { environment = policies("'sleep 300'") })
    assert.equal(130, ended.code, ended.stderr)
    assert_nothing_left()
    assert.matches("--pushed", ended.stderr, 1, true)
    assert.matches("--verify", ended.stderr, 1, true)
  end)

  it("says of a candidate that is late or fails that nothing is registered", function()
    local is_over = ("%s is not registered"):format(snapshot_worlds.NAME)
    world:control("POST", "config", { timetable = { pulling = 60000 } })
    local line = shared.assert_refused(verify{ "--timeout", "0.5" }, 5, is_over, "--timeout")
    assert.is_nil(line:find("may still become", 1, true), line)
    assert_nothing_left()
    world:control("POST", "config", { timetable = { pulling = 5 },
      outcomes = { { name = ".", errorReason = "no such program" } } })
    line = shared.assert_refused(verify(), 1, is_over, "its candidate has failed", "no such program")
    assert.is_nil(line:find("snapshot delete", 1, true), line)
    assert_nothing_left()
    world:control("POST", "config", { outcomes = json.array{} })
  end)

  it("names what it may not delete, and how to", function()
    world:control("POST", "faults", { match = { method = "DELETE", path = "^/api/snapshots" }, times = 0,
      action = { type = "status", status = 403, body = { message = "Forbidden" } } })
    local ran = verify({}, "'true'")
    world:control("DELETE", "faults")
    assert.equal(0, ran.code, ran.stderr)
    assert.matches(("the candidate %s stays (403 Forbidden); delete it: os2 snapshot delete --force %s")
      :format(CANDIDATE, CANDIDATE), ran.stderr, 1, true)
  end)

  -- The real one is never active, and is late soon; the candidate, which is waited for before, has
  -- time.
  local LATE <const> = ([[
local waits = 0
policy.override("timeouts.activate", function()
  waits = waits + 1
  return waits == 1 and 100 or 1
end)
policy.override("snapshot.progress", function(base, facts)
  if facts.snapshot.name == %q and facts.snapshot.state ~= "removing" then return "waiting" end
  return base(facts)
end)
]]):format(snapshot_worlds.NAME)

  it("deletes both where the real one is deleted for being late", function()
    local ran = verify({ "--on-timeout", "delete" }, "'true'", LATE)
    shared.assert_refused(ran, 5, "it was deleted")
    assert_nothing_left()
  end)

  it("leaves the candidate where the real one does not become active in time", function()
    local ran = verify({}, "'true'", LATE)
    assert.equal(5, ran.code, ran.stderr)
    assert.same({ snapshot_worlds.NAME, CANDIDATE }, (left()))
  end)

  it("leaves the candidate when the real one is on its way, and says so", function()
    local ended = interrupt.run(world, { "snapshot", "--verify" }, function()
      local names = left()
      return #names == 2
    end, { environment = policies("'true'", LATE:gsub("or 1\n", "or 100\n")) })
    assert.equal(130, ended.code, ended.stderr)
    assert.matches(("left: the candidate %s; delete it: os2 snapshot delete --force %s, once %s is active")
      :format(CANDIDATE, CANDIDATE, snapshot_worlds.NAME), ended.stderr, 1, true)
    assert.same({ snapshot_worlds.NAME, CANDIDATE }, (left()))
  end)
end)
