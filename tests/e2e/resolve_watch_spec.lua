--- `os2 resolve --watch`, at a stand-in whose gateway is npm's socket.io.
local clock = require("os2.clock")
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local STOP <const>, CONT <const> = 19, 18 -- signals
local ANALYZE <const> = "/usr/bin/systemd-analyze"
local FIRST <const>, SECOND <const> = worlds.PREFIX .. "20261101-100000", worlds.PREFIX .. "20261102-100000"

describe("os2 resolve --watch", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function() world:reset() end)

  local function seed(name, state)
    world:control("POST", "seed", {
      name = name, createdAt = ("2026-11-%s"):format(name:match("11(%d%d)%-") .. "T10:00:00Z"),
      set = { state = state or "active" },
    })
  end

  local function move(name, state)
    world:control("POST", "snapshot", { name = name, set = { state = state } })
  end

  local function lists() return world:requests()["GET /api/snapshots"] or 0 end

  -- Starts a watch. Returns the process, a function that returns its next line, and one that waits
  -- until stderr says some words.
  local function watch(changes)
    local process = world:spawn({ "resolve", "--watch" }, changes)
    local text, notes = "", ""

    local function read()
      local piece = assert(process:next(), "the watch ended")
      if piece.stream == "stdout" then text = text .. piece.data else notes = notes .. piece.data end
    end

    return process, function()
      while true do
        local line, rest = text:match("^([^\n]*)\n(.*)$")
        if line then
          text = rest
          return line
        end
        read()
      end
    end, function(words)
      while not notes:find(words, 1, true) do read() end
    end
  end

  local function connected()
    while world:control("POST", "gateway", {}).joined == 0 do task.sleep(0.02) end
  end

  local function ended(process)
    process:kill(proc.signals.TERM)
    return program.finish(process).code
  end

  -- Resolves in a process of its own, and returns its answer. It has asked nobody: the watch may be
  -- asking at this time, so requests are not counted but looked for in what the process says.
  local function cached_answer(changes)
    local ran = world:run({ "resolve", "-v", "--json" }, changes)
    assert.equal(0, ran.code, ran.stderr)
    assert.is_nil(ran.stderr:find("/snapshots", 1, true), ran.stderr)
    local answer = json.decode(ran.stdout)
    assert.is_true(answer.cached)
    return answer
  end

  it("prints the answer and each new one, from which another process answers without a request", function()
    seed(FIRST)
    local from = clock.now()
    local process <close>, next_line = watch()
    assert.equal(FIRST, next_line())
    connected()
    seed(SECOND, "pulling")
    move(SECOND, "active")
    assert.equal(SECOND, next_line())
    local answer = cached_answer()
    assert.equal(SECOND, answer.name)
    assert.is_true(answer.age <= clock.now() - from)
    move(SECOND, "inactive")
    assert.equal(FIRST, next_line())
    assert.equal(143, ended(process))
  end)

  it("waits where there is no answer yet", function()
    local process <close>, next_line = watch()
    connected()
    seed(FIRST, "pulling")
    move(FIRST, "active")
    assert.equal(FIRST, next_line())
    assert.equal(143, ended(process))
  end)

  it("asks at intervals where there is no gateway", function()
    world:control("POST", "gateway", { absent = 404 })
    world:write("policy.lua", 'policy.api(1)\npolicy.set("poll.longest", 0.1)\n')
    seed(FIRST)
    local process <close>, next_line = watch{ OS2_POLICY = "policy.lua" }
    assert.equal(FIRST, next_line())
    seed(SECOND)
    assert.equal(SECOND, next_line())
    assert.equal(143, ended(process))
  end)

  -- Starts a watch whose stdout is a full pipe; nobody reads it before the test does.
  local function watch_unread()
    local words = world:command("resolve", "--watch")
    return proc.spawn({ "bash", "-c", [[
      mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3
      exec "$@" >&3]], "bash", table.unpack(words) }, {
      stdin = "null", cwd = world.project, env = world:environment(), timeout = 180,
    })
  end

  it("keeps the cache fresh while its reader sleeps, and prints all when that wakes", function()
    seed(FIRST)
    local process <close> = watch_unread()
    connected()
    local follower <close>, follows = watch()
    assert.equal(FIRST, follows())
    seed(SECOND, "pulling")
    move(SECOND, "active")
    assert.equal(SECOND, follows())
    assert.equal(SECOND, cached_answer().name)
    local ran = proc.run({ "bash", "-c", "head -c 65536 pipe >/dev/null; head -n 2 pipe" }, {
      cwd = world.project, timeout = 30,
    })
    assert.equal(("%s\n%s\n"):format(FIRST, SECOND), ran.stdout)
    for _, each in ipairs{ process, follower } do assert.equal(143, ended(each)) end
  end)

  it("is ended by a signal while its reader sleeps", function()
    seed(FIRST)
    local process <close> = watch_unread()
    connected()
    assert.equal(143, ended(process))
  end)

  describe("beside others", function()
    local OTHER <const> = "other-" .. worlds.PREFIX
    local OTHER_FIRST <const>, OTHER_SECOND <const> = OTHER .. "20261101-100000", OTHER .. "20261102-100000"
    local OTHERS <const> = { DAYTONA_SNAPSHOT_PREFIX = OTHER }

    local function connections() return world:control("POST", "gateway", {}).connections end

    -- Starts a watch that leads, and returns when it is told of changes and has looked since.
    local function leader_of(first, changes)
      local process, next_line = watch(changes)
      assert.equal(first, next_line())
      connected()
      while lists() < 2 do task.sleep(0.02) end
      return process, next_line
    end

    local function activate(name)
      seed(name, "pulling")
      move(name, "active")
    end

    it("shares its connection and its requests, and each prints each answer once", function()
      seed(FIRST)
      -- requests are counted here, so none is made because some time has passed
      world:write("policy.lua", [[
policy.api(1)
policy.set("poll.longest", 600)
policy.set("wait.beside", 600)
policy.set("wait.leader", 600)
]])
      local changes = { OS2_POLICY = "policy.lua" }
      local leader <close>, leads = leader_of(FIRST, changes)
      local before, asked = connections(), lists()
      local follower <close>, follows = watch(changes)
      local third <close>, follows_too = watch(changes)
      assert.same({ FIRST, FIRST }, { follows(), follows_too() })
      assert.equal(asked, lists())
      activate(SECOND)
      assert.same({ SECOND, SECOND, SECOND }, { leads(), follows(), follows_too() })
      assert.equal(before, connections())
      assert.equal(asked + 1, lists())
      for _, process in ipairs{ leader, follower, third } do assert.equal(143, ended(process)) end
    end)

    it("asks for one of another prefix, region and policy, whose cache stays fresh", function()
      seed(FIRST)
      seed(OTHER_FIRST)
      world:write("policy.lua", 'policy.api(1)\npolicy.set("resolution.limit", 7)\n')
      local leader <close>, leads = leader_of(FIRST)
      local before = connections()
      local changes = { DAYTONA_SNAPSHOT_PREFIX = OTHER, OS2_POLICY = "policy.lua", DAYTONA_TARGET = "us" }
      local follower <close>, follows = watch(changes)
      assert.equal(OTHER_FIRST, follows())
      activate(OTHER_SECOND)
      assert.equal(OTHER_SECOND, follows())
      activate(SECOND)
      assert.equal(SECOND, leads())
      assert.equal(OTHER_SECOND, cached_answer(changes).name)
      assert.equal(SECOND, cached_answer().name)
      assert.equal(before, connections())
      for _, process in ipairs{ leader, follower } do assert.equal(143, ended(process)) end
    end)

    it("says to one of another prefix that its answer is no more", function()
      seed(FIRST)
      seed(OTHER_FIRST)
      local leader <close> = leader_of(FIRST)
      local follower <close>, follows = watch(OTHERS)
      assert.equal(OTHER_FIRST, follows())
      move(OTHER_FIRST, "inactive")
      while world:run({ "resolve" }, OTHERS).code ~= 4 do task.sleep(0.02) end
      move(OTHER_FIRST, "active")
      assert.equal(OTHER_FIRST, follows())
      for _, process in ipairs{ leader, follower } do assert.equal(143, ended(process)) end
    end)

    -- What becomes active while nobody leads is found by the look with which the next one begins.
    it("takes its place when it is killed, and misses nothing", function()
      seed(FIRST)
      seed(OTHER_FIRST)
      local leader <close> = leader_of(FIRST)
      local follower <close>, follows = watch(OTHERS)
      local third <close>, follows_too = watch()
      assert.same({ OTHER_FIRST, FIRST }, { follows(), follows_too() })
      local before = connections()
      leader:kill(STOP)
      activate(OTHER_SECOND)
      leader:kill(proc.signals.KILL)
      assert.equal(OTHER_SECOND, follows())
      while connections() == before do task.sleep(0.02) end
      connected()
      activate(SECOND)
      assert.equal(SECOND, follows_too())
      assert.equal(before + 1, connections())
      for _, process in ipairs{ follower, third } do assert.equal(143, ended(process)) end
    end)

    it("asks for itself while the leader is stopped, and says so", function()
      world:write("policy.lua", 'policy.api(1)\npolicy.set("wait.leader", 2)\n')
      seed(FIRST)
      local leader <close>, leads = leader_of(FIRST)
      local follower <close>, follows, said = watch{ OS2_POLICY = "policy.lua" }
      assert.equal(FIRST, follows())
      leader:kill(STOP)
      activate(SECOND)
      assert.equal(SECOND, follows())
      said("gives no sign of life (is it stopped?)")
      leader:kill(CONT)
      assert.equal(SECOND, leads())
      for _, process in ipairs{ leader, follower } do assert.equal(143, ended(process)) end
    end)

    it("follows an answer that comes after the gateway has cut the connection", function()
      seed(FIRST)
      local leader <close>, leads = watch()
      local follower <close>, follows = watch()
      assert.same({ FIRST, FIRST }, { leads(), follows() })
      connected()
      world:control("POST", "gateway/cut", {})
      seed(SECOND)
      assert.same({ SECOND, SECOND }, { leads(), follows() })
      assert.equal(143, ended(leader))
      assert.equal(143, ended(follower))
    end)

    it("has a connection of its own for another key", function()
      seed(FIRST)
      local leader <close> = leader_of(FIRST)
      local other <close>, next_line = watch{ DAYTONA_API_KEY = "dtn_test_key_read" }
      assert.equal(FIRST, next_line())
      while world:control("POST", "gateway", {}).joined < 2 do task.sleep(0.02) end
      for _, process in ipairs{ leader, other } do assert.equal(143, ended(process)) end
    end)

    it("ends with the leader when the key is refused", function()
      seed(FIRST)
      local leader <close> = leader_of(FIRST)
      local follower <close>, follows = watch(OTHERS)
      seed(OTHER_FIRST)
      assert.equal(OTHER_FIRST, follows())
      world:control("POST", "config", { keys = json.array{} })
      world:control("POST", "gateway/cut", {})
      for _, process in ipairs{ leader, follower } do assert.equal(7, program.finish(process).code) end
    end)

    it("leaves no file of an ended one behind, and no key in what is shared", function()
      seed(FIRST)
      local leader <close> = leader_of(FIRST)
      local follower <close>, follows = watch(OTHERS)
      seed(OTHER_FIRST)
      assert.equal(OTHER_FIRST, follows())
      local where = world.directory .. "/cache/os2/watch"
      local place = where .. "/" .. fs.list(where)[1]
      local text = {}
      for _, name in ipairs(fs.list(place)) do
        -- one that is just being written is gone by now
        text[#text + 1] = task.try(fs.read, place .. "/" .. name)
      end
      assert.is_nil(table.concat(text):find("dtn_test_key", 1, true))
      assert.equal("rwx------", fs.stat(place).permissions)
      follower:kill(proc.signals.KILL)
      program.finish(follower)
      activate(SECOND)
      local left
      repeat
        task.sleep(0.02)
        left = fs.list(place)
      until #left == 1
      assert.same({ "leader" }, left)
      assert.equal(143, ended(leader))
    end)

    it("asks by itself where the cache takes no lock, or others may write into it", function()
      world:write("file", "")
      fs.mkdir_p(world.project .. "/open/os2")
      fs.chmod(world.project .. "/open/os2", tonumber("777", 8))
      seed(FIRST)
      for number, place in ipairs{ "file", "open" } do
        local changes = { XDG_CACHE_HOME = world.project .. "/" .. place }
        local one <close>, first, said = watch(changes)
        local other <close>, second = watch(changes)
        assert.same({ FIRST, FIRST }, { first(), second() })
        said("this watch shares nothing with others: ")
        while world:control("POST", "gateway", {}).joined < 2 do task.sleep(0.02) end
        assert.equal(2 * number, connections())
        for _, process in ipairs{ one, other } do assert.equal(143, ended(process)) end
        while world:control("POST", "gateway", {}).joined > 0 do task.sleep(0.02) end
      end
    end)
  end)

  it("is a unit of a user that systemd takes", function()
    if not fs.exists(ANALYZE) then return pending("there is no systemd-analyze") end
    local unit = fs.read("packaging/systemd/os2-watch.service")
    local program_path = assert(world:command("resolve")[1])
    local names = { "os2-watch.service", "os2-watch@.service" } -- as they are installed
    for _, name in ipairs(names) do
      world:write(name, (unit:gsub("/usr/bin/os2", program_path)))
      fs.chmod(world.project .. "/" .. name, tonumber("644", 8)) -- whatever the caller's umask is
    end
    local ran = proc.run({ ANALYZE, "--user", "verify", "--man=no", table.unpack(names) }, {
      timeout = 60, cwd = world.project, env = { XDG_RUNTIME_DIR = world.project },
    })
    assert.same({ 0, "" }, { ran.code, ran.stderr })
  end)

  it("has no document", function()
    assert.equal(2, world:run{ "resolve", "--watch", "--json" }.code)
  end)

  it("ends where it will never be answered", function()
    assert.equal(7, world:run({ "resolve", "--watch" }, { DAYTONA_API_KEY = "dtn_bad_key" }).code)
  end)
end)
