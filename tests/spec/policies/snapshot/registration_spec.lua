--- What is tried again, and how often.
local policy = require("os2.policy")

describe("a registration", function()
  after_each(policy.reset)

  local function again(state, reason, attempt)
    return policy.ask("snapshot.again", {
      snapshot = { state = state, errorReason = reason }, attempt = attempt or 1,
    })
  end

  it("is made again where its reason passes, and not for ever", function()
    for _, reason in ipairs{
      "An operation is already in progress for this resource",
      "Timeout processing snapshot on initial runner", "The runner was restarted",
      "connect ECONNREFUSED 10.0.0.1:3003", "timeout of 30000ms exceeded",
      "failed to inspect: received unexpected HTTP status: 500 Internal Server Error",
    } do
      assert.is_true(again("error", reason), reason)
      assert.is_false(again("error", reason, 5), reason)
      assert.is_false(again("pulling", reason), reason)
    end
    for _, reason in ipairs{ "Snapshot size too big", "manifest unknown", "" } do
      assert.is_false(again("error", reason), reason)
    end
    assert.is_false(again("error", nil))
    policy.set("snapshot.passing_reasons", { "too big" })
    assert.is_true(again("error", "Snapshot size too big"))
  end)

  it("follows a push that is repeated with new access, and past another push", function()
    local function pushes(kind, message, attempt)
      return policy.ask("snapshot.push_again", {
        err = { kind = kind, message = message }, attempt = attempt,
      })
    end
    assert.is_true(pushes("denied", "no", 1))
    assert.is_false(pushes("denied", "no", 2))
    assert.is_true(pushes("invalid", "errors: manifest blob unknown: blob unknown to registry", 3))
    assert.is_false(pushes("invalid", "errors: manifest blob unknown", 4))
    assert.is_true(pushes("unavailable", "received unexpected HTTP status: 500 Internal", 1))
    assert.is_false(pushes("unavailable", "received unexpected HTTP status: 503 No", 1))
    assert.is_false(pushes("invalid", "no space left on device", 1))
  end)
end)
