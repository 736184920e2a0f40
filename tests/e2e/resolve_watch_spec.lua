--- `os2 resolve --watch`, at a stand-in whose gateway is npm's socket.io.
local json = require("os2.json")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local worlds = require("tests.lib.world")

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

  it("has no document", function()
    assert.equal(2, world:run{ "resolve", "--watch", "--json" }.code)
  end)

  it("ends where it will never be answered", function()
    assert.equal(7, world:run({ "resolve", "--watch" }, { DAYTONA_API_KEY = "dtn_bad_key" }).code)
  end)
end)
