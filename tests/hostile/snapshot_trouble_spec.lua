--- `os2 snapshot` where the API is in trouble: at whichever request, it ends well or with an error
--- that has a name, the rerun completes, and there are never two snapshots.
---
--- A long run tries each kind of trouble at each request, and an API that is away for a minute; a
--- normal one tries one of so many.
local clock = require("os2.clock")
local docker = require("os2.docker")
local hostile = require("tests.lib.hostile")
local proc = require("os2.proc")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")

local CI <const> = { GITHUB_RUN_ID = "4711", GITHUB_JOB = "build", OS2_POLICY = "policy.lua" }
local SHARE <const> = 28
local AWAY_SECONDS <const> = 60

-- Short pauses, because what counts is what is asked and not when.
local POLICY <const> = [[
policy.api(1)
policy.set("retry.base", 0.02)
policy.set("poll.first", 0.05)
]]

local MAINTENANCE <const> = { statusCode = 503,
  message = "Service is currently under maintenance. Please try again later." }

local function throttled(headers)
  return { type = "status", status = 429, headers = headers,
    body = { statusCode = 429, message = "ThrottlerException: Too Many Requests" } }
end

local TROUBLE <const> = {
  { "502 in HTML", { type = "html", status = 502 } },
  { "503", { type = "status", status = 503, body = MAINTENANCE } },
  { "503 with a time", { type = "status", status = 503, headers = { ["Retry-After"] = "1" } } },
  { "500", { type = "status", status = 500, body = { message = "An unexpected error" } } },
  { "504", { type = "status", status = 504 } },
  { "200 in HTML", { type = "html", status = 200 } },
  { "a reset before it is done", { type = "reset" } },
  { "a reset after it is done", { type = "lost" } },
  { "half an answer", { type = "truncated" } },
  { "429", throttled{} },
  { "429 for a second", throttled{ ["Retry-After"] = "1" } },
  { "429 for no time", throttled{ ["Retry-After"] = "0" } },
  { "429 until a date", throttled{ ["Retry-After"] = "Fri, 01 Jan 2021 00:00:00 GMT" } },
  { "429 for a word", throttled{ ["Retry-After"] = "soon" } },
  { "429 for a day", throttled{ ["Retry-After"] = "86400" } },
  { "429 of Daytona", { type = "throttled", seconds = 1 } },
  { "429 of Daytona for creates", { type = "throttled", name = "sandbox-create", seconds = 1 } },
}

describe("snapshot with an API in trouble", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)

  local function fresh()
    for _, ref in ipairs(shared.own_references()) do docker.untag(ref) end
    world:reset()
    world:write("sandbox/Dockerfile", "FROM scratch\nCOPY hello /hello\nENTRYPOINT [\"/hello\"]\n")
    world:write("policy.lua", POLICY)
  end
  after_each(fresh)
  before_each(fresh)

  local function snapshot(...)
    return world:run({ "snapshot", ... }, CI)
  end

  local alive = shared.alive

  -- An error of the API has an exit code of its own and one line.
  local function assert_ended(ran, what)
    assert.truthy(ran.code == 0 or ran.code == 1 or ran.code == 75 or ran.code == 6
      or ran.code == 4 or ran.code == 5, ("%s: %d: %s"):format(what, ran.code, ran.stderr))
    assert.is_nil(ran.stderr:find("%.lua:%d"), ran.stderr)
    if ran.code ~= 0 then shared.one_line(ran.stderr) end
    assert.truthy(#alive() <= 1, what .. ": two: " .. ran.stderr)
  end

  local function assert_completed(ran, what)
    assert.equal(0, ran.code, what .. ": " .. ran.stderr)
    assert.same({ ran.stdout:match("%S+") }, alive(), what)
  end

  local function requests_of_a_run()
    assert.equal(0, snapshot().code)
    local _, total = world:requests()
    return total
  end

  local function try(nth, name, action)
    fresh()
    local what = ("%s at request %d"):format(name, nth)
    world:control("POST", "faults", { match = { nth = nth }, action = action })
    local ran = snapshot()
    assert_ended(ran, what)
    world:control("DELETE", "faults")
    if ran.code == 0 then assert_completed(ran, what) end
    assert_completed(snapshot(), what)
    return ran.code
  end

  it("ends well or with an error's name, and the rerun completes", function()
    local total, tried, codes = requests_of_a_run(), 0, {}
    for index, trouble in ipairs(TROUBLE) do
      for nth = 1, total do
        if hostile.IS_LONG or (index + nth * #TROUBLE) % SHARE == 0 then
          local code = try(nth, trouble[1], trouble[2])
          tried, codes[code] = tried + 1, (codes[code] or 0) + 1
        end
      end
    end
    if not hostile.IS_LONG then return end
    for code, count in pairs(codes) do print(("exit %d: %d of %d"):format(code, count, tried)) end
  end)

  it("says so when the API stays away, and the rerun completes", function()
    local total = requests_of_a_run()
    for nth = 1, total, hostile.IS_LONG and 1 or total - 1 do
      for _, action in ipairs{ { type = "reset" }, { type = "html", status = 502 } } do
        fresh()
        world:control("POST", "faults", { match = { from = nth }, times = 0, action = action })
        local ran = snapshot("--timeout", "1")
        assert_ended(ran, ("away from request %d"):format(nth))
        world:control("DELETE", "faults")
        assert_completed(snapshot(), ("away from request %d"):format(nth))
      end
    end
  end)

  if hostile.IS_LONG then
    it("waits for one that is away for a minute, where it has begun to wait", function()
      local total, ended_well = requests_of_a_run(), 0
      for nth = 1, total do
        fresh()
        world:control("POST", "faults", { match = { from = nth }, times = 0,
          action = { type = "reset" } })
        local began, ended = clock.monotonic(), false
        local ran = task.map({ 1, 2 }, function(index)
          if index == 1 then
            local result = proc.run(world:command("snapshot", "--timeout", "120"), {
              timeout = 200, cwd = world.project, env = world:environment(CI),
            })
            ended = true
            return result
          end
          while not ended and clock.monotonic() - began < AWAY_SECONDS do task.sleep(0.1) end
          world:control("DELETE", "faults")
        end)[1].value
        assert_ended(ran, ("away for a minute from request %d"):format(nth))
        ended_well = ended_well + (ran.code == 0 and 1 or 0)
        assert_completed(snapshot(), ("away for a minute from request %d"):format(nth))
      end
      print(("away for a minute at %d requests: %d ended well, the others completed when run again")
        :format(total, ended_well))
    end)
  end
end)
