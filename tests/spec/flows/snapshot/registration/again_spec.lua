--- A registration that met another one of the same image: made again when that is done.
local again = require("os2.flows.snapshot.registration.again")
local err = require("os2.err")
local policy = require("os2.policy")
local silent = require("tests.lib.silent")
local task = require("os2.task")

local NAME <const> = "dev--20260111-193045"
local REASON <const> = "An operation is already in progress for this resource"

describe("os2.flows.snapshot.registration.again", function()
  before_each(function()
    policy.reset()
    policy.set_facts{ prefix = "dev--" }
    policy.set("poll.first", 0.05)
  end)

  local function record(id, fields)
    local made = { id = id, name = NAME, state = "error", errorReason = REASON, general = false,
      createdAt = "2026-01-11T19:30:46Z", imageName = "r/p/os2:tag" }
    for key, value in pairs(fields or {}) do made[key] = value end
    return made
  end

  -- lists: what each look at the list gives; the last one again and again.
  local function wish_of(lists, refusal)
    local calls, looks, finds = {}, 0, 0
    return {
      ui = silent.open(), name = NAME, image = "r/p/os2:tag", record = record("1d"),
      calls = calls,
      provider = {
        delete_snapshot = function(id)
          calls[#calls + 1] = "delete " .. id
          if refusal then err.raise(err.new(refusal)) end
        end,
        find_snapshot = function(id)
          finds = finds + 1
          calls[#calls + 1] = "find " .. id
          return finds < 2 and record("1d", { state = "removing" }) or nil
        end,
        pages = function()
          return function()
            looks = looks + 1
            calls[#calls + 1] = "list"
            return lists[math.min(looks, #lists)]
          end
        end,
        create_snapshot = function(fields)
          calls[#calls + 1] = "create " .. fields.name
          return record("2d", { name = fields.name, state = "pending" })
        end,
      },
    }
  end

  local function run(wish)
    again.run(wish)
    return wish.calls
  end

  local rival = record("3d", { name = "dev--20260111-193044", state = "pulling",
    createdAt = "2026-01-11T19:30:45Z" })

  it("is wanted for that reason alone, as often as the policy says, and of one's own image", function()
    local wish = wish_of({})
    assert.is_true(again.is_wanted(wish))
    wish.registrations = 5
    assert.is_false(again.is_wanted(wish))
    wish.registrations, wish.image = nil, nil
    assert.is_false(again.is_wanted(wish))
    wish.image = "r/p/os2:tag"
    for _, fields in ipairs{ { errorReason = "too big" }, { state = "pulling" },
      { errorReason = false }, { imageName = "another run's" } } do
      wish.record = record("1d", fields)
      assert.is_false(again.is_wanted(wish))
    end
  end)

  it("deletes what failed, waits until it is gone and the other is done, registers", function()
    local wish = wish_of({ { rival, record("4d") }, { rival }, {} })
    assert.same({ "delete 1d", "find 1d", "find 1d", "list", "list", "list",
      "create " .. NAME }, run(wish))
    assert.equal("2d", wish.record.id)
  end)

  it("waits for the same image where Daytona tells which it is, else for what was there before",
    function()
      local wish = wish_of({ { record("3d", { state = "pulling", ref = "other", createdAt = "2025" }) } })
      wish.record.ref = "same"
      assert.equal("create " .. NAME, run(wish)[5])
      wish = wish_of({ { record("3d", { state = "pulling", createdAt = "2026-01-11T19:30:47Z" }),
        record("4d", { state = "pulling", createdAt = "2025", general = true }) } })
      assert.equal("create " .. NAME, run(wish)[5])
    end)

  it("takes the next name where the key may not delete, but for one that was given", function()
    local denied = { kind = "denied", op = "x", status = 403, message = "403 Access denied" }
    local wish = wish_of({ {} }, denied)
    assert.same({ "delete 1d", "list", "create dev--20260111-193046" }, run(wish))
    wish = wish_of({ {} }, denied)
    wish.is_named = true
    local _, failure = task.try(run, wish)
    assert.equal("403 Access denied", failure.message)
  end)
end)
