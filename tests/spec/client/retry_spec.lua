--- What is asked again, and what is not.
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local task = require("os2.task")

describe("os2.client.retry", function()
  before_each(function() policy.set("retry.base", 0.01) end)
  after_each(policy.reset)

  local function failing(times, fields)
    local count = 0
    return function()
      count = count + 1
      if count <= times then
        err.raise(err.new{ op = "test", message = "no", kind = fields.kind, status = fields.status })
      end
      return "answer"
    end, function() return count end
  end

  it("asks again after what passes by itself", function()
    for _, fields in ipairs{ { kind = "network" }, { kind = "unavailable", status = 503 } } do
      local ask, count = failing(2, fields)
      assert.equal("answer", retry.run(ask))
      assert.equal(3, count())
    end
  end)

  it("gives up after the policy's attempts, with the last error", function()
    policy.set("retry.attempts", 2)
    local ask, count = failing(9, { kind = "network" })
    local _, failure = task.try(retry.run, ask)
    assert.equal("network", failure.kind)
    assert.equal(2, count())
  end)

  it("tells what leaves open whether the server acted", function()
    local function failure(fields)
      return err.new{ op = "test", message = "no", kind = fields[1], status = fields.status,
        is_sent = fields.is_sent }
    end
    for _, fields in ipairs{ { "network" }, { "timeout" }, { "protocol", status = 200 },
      { "unavailable", status = 502 } } do
      assert.is_true(retry.is_lost(failure(fields)), fields[1])
    end
    for _, fields in ipairs{ { "network", is_sent = false }, { "unavailable", status = 429 },
      { "denied", status = 403 } } do
      assert.is_false(retry.is_lost(failure(fields)), fields[1])
    end
  end)

  it("begins no try that a deadline does not leave time for", function()
    local ask, count = failing(9, { kind = "unavailable", status = 503 })
    assert.is_nil((task.try(retry.run, ask, { due = clock.monotonic() })))
    assert.equal(1, count())
  end)

  it("does not ask again after a clear no", function()
    for _, kind in ipairs{ "denied", "not_found", "invalid" } do
      local ask, count = failing(1, { kind = kind, status = 400 })
      assert.is_nil((task.try(retry.run, ask)))
      assert.equal(1, count())
    end
  end)
end)
