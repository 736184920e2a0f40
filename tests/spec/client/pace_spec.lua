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
  local said, limits

  before_each(function()
    policy.reset()
    said = {}
    limits = pace.new(function(words) said[#said + 1] = words end)
  end)

  local function seconds_of_a_call(throttle)
    local started = clock.monotonic()
    limits:call(throttle or "sandbox-create", function() end)
    return clock.monotonic() - started
  end

  it("holds nothing up that no answer limits", function()
    limits:note{ ["content-type"] = "application/json" }
    assert.truthy(seconds_of_a_call() < 0.1)
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
    assert.truthy(seconds_of_a_call() < 0.1)
    limits:note(headers(10, 5, 0.3))
    assert.truthy(seconds_of_a_call("other") < 0.1)
    assert.truthy(seconds_of_a_call() > 0.15)
  end)

  it("counts what is without an answer yet", function()
    limits:note(headers(4, 4, 0.3))
    local most, now = 0, 0
    task.map({ 1, 2, 3, 4 }, function()
      limits:call("sandbox-create", function()
        now = now + 1
        most = math.max(most, now)
        task.sleep(0.05)
        now = now - 1
      end)
    end)
    assert.equal(2, most)
  end)

  it("lets no more than the share go at the end of a window", function()
    limits:note(headers(4, 0, 0.1))
    local most, now = 0, 0
    task.map({ 1, 2, 3, 4, 5, 6 }, function()
      limits:call("sandbox-create", function()
        now = now + 1
        most = math.max(most, now)
        task.sleep(0.02)
        now = now - 1
      end)
    end)
    assert.equal(2, most)
  end)

  it("is not led back by an answer that was overtaken", function()
    limits:note(headers(10, 5, 0.3))
    limits:note(headers(10, 9, 0.3))
    assert.truthy(seconds_of_a_call() > 0.15)
  end)

  it("lets go of a request that failed", function()
    limits:note(headers(2, 2, 60))
    task.try(limits.call, limits, "sandbox-create", function() task.timeout(0, task.sleep, 1) end)
    assert.truthy(seconds_of_a_call() < 0.1)
  end)

  it("gives back what the function returns", function()
    assert.same({ 1, "two" }, { limits:call("x", function(...) return ... end, 1, "two") })
  end)
end)
