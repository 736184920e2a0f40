--- A share of each rate limit, told by the answers.
local clock = require("os2.clock")
local pace = require("os2.client.pace")
local policy = require("os2.policy")
local task = require("os2.task")

local function headers(limit, remaining, reset)
  return {
    ["x-ratelimit-limit-sandbox-create"] = tostring(limit),
    ["x-ratelimit-remaining-sandbox-create"] = tostring(remaining),
    ["x-ratelimit-reset-sandbox-create"] = tostring(reset),
  }
end

describe("os2.client.pace", function()
  local monotonic, sleep = clock.monotonic, task.sleep
  local said, limits, now

  -- Time passes with what sleeps, and not otherwise.
  before_each(function()
    policy.reset()
    now = 1000
    clock.monotonic = function() return now end
    task.sleep = function(seconds)
      local due = now + seconds
      while now < due do
        sleep(0)
        now = now + 0.01
      end
    end
    said = {}
    limits = pace.new(function(words) said[#said + 1] = words end)
  end)

  after_each(function() clock.monotonic, task.sleep = monotonic, sleep end)

  local function seconds_of_a_call(throttle)
    local started = clock.monotonic()
    limits:call(throttle or "sandbox-create", function() end)
    return clock.monotonic() - started
  end

  it("holds nothing up that no answer limits", function()
    limits:note{ ["content-type"] = "application/json" }
    assert.equal(0, seconds_of_a_call())
    assert.same({}, said)
  end)

  it("says a limit once", function()
    limits:note(headers(10, 9, 60))
    limits:note(headers(10, 8, 60))
    assert.same({ "rate limit sandbox-create: 10, of which at most 5 are used here (machine.share)" },
      said)
  end)

  it("goes on while there is room, and waits for the next window when the share is used", function()
    limits:note(headers(10, 6, 0.3))
    assert.equal(0, seconds_of_a_call())
    limits:note(headers(10, 5, 0.3))
    assert.equal(0, seconds_of_a_call("other"))
    assert.truthy(seconds_of_a_call() >= 0.3)
  end)

  it("counts what is without an answer yet", function()
    limits:note(headers(4, 4, 0.3))
    local most, running = 0, 0
    task.map({ 1, 2, 3, 4 }, function()
      limits:call("sandbox-create", function()
        running = running + 1
        most = math.max(most, running)
        task.sleep(0.05)
        running = running - 1
      end)
    end)
    assert.equal(2, most)
  end)

  it("lets no more than the share go at the end of a window", function()
    limits:note(headers(4, 0, 0.1))
    local most, running = 0, 0
    task.map({ 1, 2, 3, 4, 5, 6 }, function()
      limits:call("sandbox-create", function()
        running = running + 1
        most = math.max(most, running)
        task.sleep(0.02)
        running = running - 1
      end)
    end)
    assert.equal(2, most)
  end)

  it("is not led back by an answer that was overtaken", function()
    limits:note(headers(10, 5, 0.3))
    limits:note(headers(10, 9, 0.3))
    assert.truthy(seconds_of_a_call() >= 0.3)
  end)

  it("lets go of a request that failed", function()
    limits:note(headers(2, 2, 60))
    task.try(limits.call, limits, "sandbox-create", function() task.timeout(0, sleep, 1) end)
    assert.equal(0, seconds_of_a_call())
  end)

  it("gives back what the function returns", function()
    assert.same({ 1, "two" }, { limits:call("x", function(...) return ... end, 1, "two") })
  end)
end)
