--- os2.task: children that begin once an operation has news.
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

local LONG <const> = 20 -- seconds: longer than any of these tests may take

local function fail()
  err.raise(err.new{ kind = "quota", op = "test", message = "no room" })
end

describe("group:spawn_after", function()
  it("begins a child with its arguments once there is news, and the group waits for it", function()
    local seen = {}
    task.group(function(group)
      local timer = scheduler.timer(0.01)
      group:spawn_after(timer, function(...)
        seen = table.pack(timer:is_ready(), ...)
        task.sleep(0)
        seen.has_ended = true
      end, "a", nil, "c", nil)
    end)
    assert.same({ true, "a", nil, "c", nil, n = 5, has_ended = true }, seen)
  end)

  it("does so for one that has news already", function()
    local has_begun = false
    task.group(function(group)
      group:spawn_after(scheduler.timer(0), function() has_begun = true end)
    end)
    assert.is_true(has_begun)
  end)

  it("takes the failure of such a child for the group's", function()
    local failure = failure_of(task.group, function(group)
      group:spawn_after(scheduler.timer(0.01), fail)
      task.sleep(LONG)
    end)
    assert.equal("quota", failure.kind)
  end)

  it("never begins one that was cancelled before, and ends its operation", function()
    local has_begun, timers = false, {}
    local function later(group)
      local timer = scheduler.timer(LONG)
      timers[#timers + 1] = timer
      group:spawn_after(timer, function() has_begun = true end)
    end
    local failure = failure_of(task.group, function(group)
      later(group)
      group:spawn(fail)
      pcall(task.sleep, LONG)
      later(group) -- the group is cancelled by now
    end)
    assert.equal("quota", failure.kind)
    assert.is_false(has_begun)
    for _, timer in ipairs(timers) do assert.matches("closed", tostring(timer)) end
  end)

  it("is ended by a cancellation from outside, as others are", function()
    local has_begun = false
    local failure = failure_of(task.timeout, 0.01, task.group, function(group)
      group:spawn_after(scheduler.timer(LONG), function() has_begun = true end)
    end)
    assert.same({ "timeout", false }, { failure.kind, has_begun })
  end)

  it("is refused by a group that has ended", function()
    local ended
    task.group(function(group) ended = group end)
    local timer <close> = scheduler.timer(LONG)
    assert.matches("has ended", failure_of(ended.spawn_after, ended, timer, fail))
  end)
end)
