--- scripts/doctor.lua: what it sees, and the exit code of the first thing that is wrong.
local docker = require("os2.docker")
local json = require("os2.json")
local worlds = require("tests.lib.world")

describe("doctor", function()
  local world

  setup(function() world = worlds.start{ registry = "password" } end)
  teardown(function() if world then world:stop() end end)

  -- No check of a loaded machine comes to its deadline, but where the test is about that.
  local function write_policy(text)
    world:write("policy.lua", "policy.api(1)\npolicy.set('timeouts.status', 120)\n" .. (text or ""))
  end

  before_each(function()
    world:reset()
    write_policy()
  end)

  local function doctor(changes)
    local all = { OS2_POLICY = "policy.lua" }
    for name, value in pairs(changes or {}) do all[name] = value end
    local ran = world:run({ "doctor" }, all)
    return ran, json.decode(world:run({ "doctor", "--json" }, all).stdout)
  end

  local function finding(document, name)
    for _, found in ipairs(document.findings) do
      if found.name == name then return found end
    end
  end

  -- What was not looked at is neither well nor wrong.
  local function assert_skipped(ran, document, name)
    local found = finding(document, name)
    assert.is_true(found.skipped, name)
    assert.is_nil(found.ok, name)
    local row = "\n" .. ran.stdout
    assert.matches(("\n--  %-12s%s"):format(name, found.words), row, 1, true)
  end

  it("finds all well", function()
    write_policy("policy.set('cache.ttl', 60)")
    local ran, document = doctor()
    assert.equal(0, ran.code, ran.stdout .. ran.stderr)
    assert.is_true(document.ok)
    for _, words in ipairs{ "docker ", "'full', permissions: write:snapshots", "prefix " .. worlds.PREFIX,
      "set cache.ttl", "sandbox/Dockerfile", "libuv ", "free at /", "lets us in",
      "ok  events", "os2 " } do
      assert.truthy(ran.stdout:find(words, 1, true), words .. " in " .. ran.stdout)
    end
    assert.is_nil(ran.stdout:find("dtn_test_key_full", 1, true))
  end)

  it("goes on after what is wrong, and ends with its code", function()
    local ran, document = doctor{ DOCKER_HOST = "unix:///nowhere/docker.sock",
      DAYTONA_SNAPSHOT_PREFIX = "dev" }
    assert.equal(75, ran.code)
    assert.is_false(document.ok)
    assert.equal(75, document.error.exit)
    assert.is_false(finding(document, "engine").ok)
    assert.is_false(finding(document, "environment").ok)
    assert.is_true(finding(document, "key").ok)
    assert.matches("not tried: no engine answers; push access to ", finding(document, "registry").words,
      1, true)
    for _, name in ipairs{ "registry", "versions" } do assert_skipped(ran, document, name) end
  end)

  it("says whether Daytona tells of changes", function()
    local function events()
      local _, document = doctor()
      local found = finding(document, "events")
      return found.ok, found.words
    end
    world:control("POST", "gateway", { absent = 404 })
    local ok, words = events()
    assert.is_true(ok)
    assert.matches("none, os2 asks again and again instead: the server answers 404", words, 1, true)
    for status, hint in pairs{ [401] = "a proxy may stand", [407] = "user and password",
      [502] = "os2 works without events" } do
      world:control("POST", "gateway", { absent = status })
      ok, words = events()
      assert.is_false(ok)
      assert.matches(("the server answers %d"):format(status), words, 1, true)
      assert.matches(hint, words, 1, true)
    end
    write_policy('policy.set("wait.by", "polling")')
    ok, words = events()
    assert.is_nil(ok)
    assert.matches("not tried: os2 asks again and again", words, 1, true)
    world:control("POST", "gateway", { absent = 0 })
  end)

  it("says that there is no key", function()
    local ran, document = doctor{ DAYTONA_API_KEY = false }
    assert.equal(3, ran.code)
    assert.matches("OS2_PROVIDER=docker", finding(document, "key").words, 1, true)
    for _, name in ipairs{ "registry", "events", "versions" } do
      assert.equal("not tried: it needs a key that works", finding(document, name).words)
      assert_skipped(ran, document, name)
    end
  end)

  it("names no option in its hints that it does not take", function()
    write_policy("policy.set('snapshot.dockerfile', 'none/Dockerfile')")
    local ran = doctor{ DAYTONA_API_KEY = false, DAYTONA_SNAPSHOT_PREFIX = false }
    local help = world:run{ "doctor", "--help" }.stdout
    local count = 0
    for line in (ran.stdout .. ran.stderr):gmatch("[^\n]+") do
      if line:find("^BAD") then count = count + 1 end
      for option in line:gmatch("%-%-[%l-]*%l") do assert.matches(option, help, 1, true) end
    end
    assert.equal(3, count, ran.stdout)
  end)

  it("needs no key with OS2_PROVIDER=docker, and asks nothing of Daytona", function()
    world:control("DELETE", "requests")
    for _, key in ipairs{ false, "dtn_test_key_full" } do
      local ran, document = doctor{ OS2_PROVIDER = "docker", DAYTONA_API_KEY = key }
      assert.equal(0, ran.code, ran.stdout .. ran.stderr)
      for _, name in ipairs{ "key", "registry", "events", "versions" } do
        assert.matches("not needed: OS2_PROVIDER is docker", finding(document, name).words, 1, true)
        assert_skipped(ran, document, name)
      end
    end
    assert.equal(0, select(2, world:requests()))
    assert.equal(3, (doctor{ OS2_PROVIDER = "dockr" }).code)
  end)

  it("says that the registry refuses, or cannot be had", function()
    world:control("POST", "config", { registry = { password = "wrong" } })
    local ran, document = doctor()
    assert.equal(7, ran.code, ran.stdout)
    assert.is_false(finding(document, "registry").ok)
    world:control("POST", "config", { registry = { url = json.null } })
    ran, document = doctor()
    assert.truthy(finding(document, "registry").words:find("ask its operator", 1, true), ran.stdout)
  end)

  it("says that a disk has too little room", function()
    write_policy("policy.set('status.room', 100000)")
    local ran, document = doctor()
    assert.equal(1, ran.code)
    assert.truthy(finding(document, "room").words:find("docker system prune", 1, true), ran.stdout)
  end)

  it("tells which os2 has made the newest snapshot, where its image is here", function()
    assert.truthy(finding(select(2, doctor()), "versions").words:find("no usable snapshot", 1, true))
    local made = world:run{ "snapshot" }
    assert.equal(0, made.code, made.stderr)
    local name = made.stdout:match("%S+")
    local words = finding(select(2, doctor()), "versions").words
    assert.truthy(words:find(name .. " is unknown", 1, true), words)
    -- as it is on the machine that pushed: the tag stays there until the run's end
    local record = world:control("GET", "state").snapshots[1]
    docker.pull{ ref = record.imageName, on_progress = function() end, auth = {
      username = world.registry.REGISTRY_USER, password = world.registry.REGISTRY_PASSWORD } }
    words = finding(select(2, doctor()), "versions").words
    docker.untag(record.imageName)
    assert.truthy(words:find(name .. " was made by os2 ", 1, true), words)
  end)

  it("waits for no check longer than its deadline", function()
    world:control("POST", "faults", { match = { path = "push-access" }, times = 0,
      action = { type = "slow", ms = 600000 } })
    local ran, document
    -- The other checks pass where the deadline leaves them the time, which depends on the machine.
    for _, seconds in ipairs{ 0.5, 4, 30 } do
      write_policy(("policy.set('timeouts.status', %g)"):format(seconds))
      ran, document = doctor()
      assert.equal(5, ran.code, ran.stdout)
      assert.is_false(finding(document, "registry").ok)
      if finding(document, "room").ok then break end
    end
    assert.is_true(finding(document, "room").ok, ran.stdout)
  end)
end)
