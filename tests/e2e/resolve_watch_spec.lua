--- `os2 resolve --watch`, at a stand-in whose gateway is npm's socket.io.
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local worlds = require("tests.lib.world")

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

  -- Starts a watch. Returns the process and a function that returns its next line.
  local function watch(changes)
    local process = world:spawn({ "resolve", "--watch" }, changes)
    local text = ""
    return process, function()
      while true do
        local line, rest = text:match("^([^\n]*)\n(.*)$")
        if line then
          text = rest
          return line
        end
        local piece = assert(process:next(), "the watch ended")
        if piece.stream == "stdout" then text = text .. piece.data end
      end
    end
  end

  local function connected()
    while world:control("POST", "gateway", {}).joined == 0 do task.sleep(0.02) end
  end

  local function ended(process)
    process:kill(proc.signals.TERM)
    return program.finish(process).code
  end

  it("prints the answer and each new one, from which another process answers without a request", function()
    seed(FIRST)
    local process <close>, next_line = watch()
    assert.equal(FIRST, next_line())
    connected()
    seed(SECOND, "pulling")
    move(SECOND, "active")
    assert.equal(SECOND, next_line())
    local before = lists()
    local answer = json.decode(world:run{ "resolve", "--json" }.stdout)
    assert.same({ SECOND, true }, { answer.name, answer.cached })
    assert.is_true(answer.age < 15)
    assert.equal(before, lists())
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

  describe("beside another one", function()
    local function connections() return world:control("POST", "gateway", {}).connections end

    it("shares its connection and its requests, and each prints each answer once", function()
      seed(FIRST)
      local leader <close>, leads = watch()
      assert.equal(FIRST, leads())
      connected()
      while lists() < 2 do task.sleep(0.02) end -- the look that follows each connection
      local before, asked = connections(), lists()
      local follower <close>, follows = watch()
      local third <close>, follows_too = watch()
      assert.same({ FIRST, FIRST }, { follows(), follows_too() })
      assert.equal(asked, lists())
      seed(SECOND, "pulling")
      move(SECOND, "active")
      assert.same({ SECOND, SECOND, SECOND }, { leads(), follows(), follows_too() })
      assert.equal(before, connections())
      assert.equal(asked + 1, lists())
      for _, process in ipairs{ leader, follower, third } do assert.equal(143, ended(process)) end
    end)

    it("takes its place when it is killed", function()
      seed(FIRST)
      local leader <close>, leads = watch()
      assert.equal(FIRST, leads())
      connected()
      local follower <close>, follows = watch()
      assert.equal(FIRST, follows())
      local before = connections()
      leader:kill(proc.signals.KILL)
      while connections() == before do task.sleep(0.02) end
      connected()
      seed(SECOND, "pulling")
      move(SECOND, "active")
      assert.equal(SECOND, follows())
      assert.equal(before + 1, connections())
      assert.equal(143, ended(follower))
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

    it("says that an answer is no more, to other processes too", function()
      seed(FIRST)
      local leader <close>, leads = watch()
      assert.equal(FIRST, leads())
      connected()
      move(FIRST, "inactive")
      while world:run{ "resolve" }.code ~= 4 do task.sleep(0.02) end
      move(FIRST, "active")
      assert.equal(FIRST, leads())
      assert.equal(143, ended(leader))
    end)

    it("asks by itself where the cache takes no lock", function()
      world:write("file", "")
      local changes = { XDG_CACHE_HOME = world.project .. "/file" }
      seed(FIRST)
      local one <close>, first = watch(changes)
      local other <close>, second = watch(changes)
      assert.same({ FIRST, FIRST }, { first(), second() })
      while world:control("POST", "gateway", {}).joined < 2 do task.sleep(0.02) end
      seed(SECOND)
      move(SECOND, "inactive")
      move(SECOND, "active")
      assert.same({ SECOND, SECOND }, { first(), second() })
      for _, process in ipairs{ one, other } do assert.equal(143, ended(process)) end
    end)
  end)

  it("is a unit of a user that systemd takes", function()
    if not fs.exists(ANALYZE) then return pending("there is no systemd-analyze") end
    local unit = fs.read("packaging/systemd/os2-watch.service")
    local program_path = assert(world:command("resolve")[1])
    world:write("os2-watch.service", (unit:gsub("/usr/bin/os2", program_path)))
    local ran = proc.run({ ANALYZE, "--user", "verify", "--man=no", "os2-watch.service" }, {
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
