--- Whether and when a request is sent again.
local err = require("os2.err")
local policy = require("os2.policy")

local function failure(kind, status, retry_after)
  return err.new{ kind = kind, status = status, retry_after = retry_after, op = "x", message = "x" }
end

local function unsent()
  return err.new{ kind = "network", is_sent = false, op = "x", message = "x" }
end

local function delay(facts)
  facts.attempt = facts.attempt or 1
  facts.method = facts.method or "GET"
  return policy.ask("retry.delay", facts)
end

describe("os2.policies.retry", function()
  before_each(policy.reset)

  local again = {
    { "GET without a connection", { err = failure("network") }, 0.5 },
    { "GET 429", { err = failure("unavailable", 429) }, 0.5 },
    { "GET 502", { err = failure("unavailable", 502) }, 0.5 },
    { "GET 503", { err = failure("unavailable", 503) }, 0.5 },
    { "GET 504 as HTML", { err = failure("protocol", 504) }, 0.5 },
    { "DELETE 502", { method = "DELETE", err = failure("unavailable", 502) }, 0.5 },
    { "the second failure", { attempt = 2, err = failure("network") }, 1 },
    { "the third failure", { attempt = 3, err = failure("network") }, 2 },
    { "Retry-After", { err = failure("unavailable", 429, 20) }, 20 },
    { "the least of the jitter", { err = failure("network"), random = 0 }, 0.25 },
    { "the middle of the jitter", { err = failure("network"), random = 0.5 }, 0.375 },
    { "a timeout under a deadline", { err = failure("timeout"), elapsed = 30, deadline = 1200 }, 0.5 },
    { "an idempotent POST", { method = "POST", idempotent = true, err = failure("network") }, 0.5 },
    { "a POST of which no byte was sent", { method = "POST", err = unsent() }, 0.5 },
    { "a POST turned away by the rate limit",
      { method = "POST", err = failure("unavailable", 429, 3) }, 3 },
    { "500 in a wait", { is_wait = true, err = failure("unavailable", 500) }, 0.5 },
    { "a timeout in a wait", { is_wait = true, err = failure("timeout") }, 0.5 },
    { "the tenth failure of a wait, as often as it looks", { is_wait = true, attempt = 10,
      err = failure("network") }, 5 },
    { "whatever is asked for in a wait", { is_wait = true, deadline = 1200,
      err = failure("unavailable", 429, 600) }, 600 },
    { "time left", { err = failure("network"), elapsed = 9.4, deadline = 10 }, 0.5 },
  }
  for _, row in ipairs(again) do
    it(("waits %g s: %s"):format(row[3], row[1]), function()
      assert.are.equal(row[3], (delay(row[2])))
    end)
  end

  local never = {
    { "POST without an answer", { method = "POST", err = failure("network") } },
    { "POST 502", { method = "POST", err = failure("unavailable", 502) } },
    { "a GET said not to be idempotent", { idempotent = false, err = failure("network") } },
    { "400", { err = failure("invalid", 400) } },
    { "401", { err = failure("denied", 401) } },
    { "404", { err = failure("not_found", 404) } },
    { "409", { err = failure("conflict", 409) } },
    { "500", { err = failure("unavailable", 500) } },
    { "an interrupt", { err = failure("cancelled") } },
    { "a timeout without a deadline", { err = failure("timeout") } },
    { "the fourth failure", { attempt = 4, err = failure("network") } },
    { "a Retry-After of more than a minute", { err = failure("unavailable", 429, 61) } },
    { "the deadline comes first", { err = failure("network"), elapsed = 9.5, deadline = 10 } },
    { "403 in a wait", { is_wait = true, err = failure("denied", 403) } },
    { "a Retry-After past the deadline of a wait", { is_wait = true, deadline = 10,
      err = failure("unavailable", 429, 20) } },
    { "Retry-After past the deadline",
      { err = failure("unavailable", 429, 20), elapsed = 0, deadline = 10 } },
  }
  for _, row in ipairs(never) do
    it("gives up: " .. row[1], function()
      local seconds, why = delay(row[2])
      assert.is_nil(seconds)
      assert.are.equal("string", type(why))
    end)
  end

  it("grows to the cap and no further", function()
    policy.set("retry.attempts", 100)
    assert.are.equal(20, (delay{ attempt = 99, err = failure("network") }))
  end)

  it("can be set to a constant", function()
    policy.set("retry.delay", 2)
    assert.are.equal(2, (delay{ err = failure("denied", 401) }))
  end)
end)
