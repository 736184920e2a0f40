--- os2.task: what cancels a task, what a clean-up may do, and operations that several wait for.
local clock = require("os2.clock")
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local loop = require("host.loop")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

local LONG <const> = 200 -- seconds: longer than any of these tests may take

local function quota()
  return err.new{ kind = "quota", op = "test", message = "no room" }
end

local function fail()
  err.raise(quota())
end

local function elapsed(fn, ...)
  local began = clock.monotonic()
  fn(...)
  return clock.monotonic() - began
end

-- Cancels a function where it waits first, as task.timeout does; returns what is raised.
local function cancelled(fn)
  return failure_of(task.group, function(group)
    group:spawn(fn)
    task.sleep(0) -- a turn, in which the function begins
    group:cancel(err.new{ kind = "timeout", op = "test", message = "too late" })
  end)
end

describe("cancelling", function()
  local saved

  before_each(function()
    saved = scheduler.cleanup_timeout
    scheduler.cleanup_timeout = function() return LONG end
  end)
  after_each(function() scheduler.cleanup_timeout = saved end)

  it("stays set: every later wait raises", function()
    local kinds = {}
    cancelled(function()
      for index = 1, 3 do kinds[index] = failure_of(task.sleep, LONG).kind end
    end)
    assert.same({ "timeout", "timeout", "timeout" }, kinds)
  end)

  it("cannot be swallowed for long", function()
    scheduler.cleanup_timeout = function() return 0.1 end
    assert.is_true(elapsed(cancelled, function()
      while true do pcall(task.sleep, LONG) end
    end) < LONG)
  end)

  it("lets the other tasks and their timers go on beside one that swallows it", function()
    scheduler.cleanup_timeout = function() return 0.3 end
    local ticks = 0
    failure_of(task.group, function(group)
      group:spawn(function()
        local _ <close> = task.defer(function()
          for _ = 1, 3 do
            task.sleep(0.01)
            ticks = ticks + 1
          end
        end, { timeout = LONG })
        task.sleep(LONG)
      end)
      group:spawn(function() while true do pcall(task.sleep, LONG) end end)
      task.sleep(0)
      fail()
    end)
    assert.equal(3, ticks)
  end)

  it("reaches children that a swallowing task spawns afterwards", function()
    assert.is_true(elapsed(cancelled, function()
      task.group(function(group)
        pcall(task.sleep, LONG)
        group:spawn(task.sleep, LONG)
      end)
    end) < LONG)
  end)

  it("lets a clean-up wait, with the failure at hand", function()
    local seen, has_waited
    cancelled(function()
      local _ <close> = task.defer(function(failure)
        task.sleep(0.02)
        task.group(function(group) group:spawn(task.sleep, 0.01) end)
        seen, has_waited = failure.kind, true
      end)
      task.sleep(LONG)
    end)
    assert.same({ "timeout", true }, { seen, has_waited })
  end)

  it("gives a clean-up nil when all went well", function()
    local seen = "nothing"
    do
      local _ <close> = task.defer(function(failure) seen = failure end)
    end
    assert.is_nil(seen)
  end)

  it("does not reach a group within a clean-up that runs already", function()
    local is_whole = false
    failure_of(task.group, function(group)
      group:spawn(function()
        local _ <close> = task.defer(function()
          task.group(function(inner)
            inner:spawn(function()
              task.sleep(0.1)
              is_whole = true
            end)
          end)
        end)
      end)
      task.sleep(0)
      fail()
    end)
    assert.is_true(is_whole)
  end)

  it("raises what a clean-up raises", function()
    assert.equal("quota", failure_of(function()
      local _ <close> = task.defer(fail)
    end).kind)
  end)

  it("closes a task whose clean-up outlasts the deadline", function()
    scheduler.cleanup_timeout = function() return 0.05 end
    local has_ended = false
    local time = elapsed(function()
      local failure = cancelled(function()
        local _ <close> = task.defer(function()
          task.sleep(LONG)
          has_ended = true
        end)
        task.sleep(LONG)
      end)
      assert.equal("timeout", failure.kind)
    end)
    assert.same({ true, false }, { time < LONG, has_ended })
  end)

  it("gives a clean-up longer that says so", function()
    scheduler.cleanup_timeout = function() return 0.05 end
    local has_ended = false
    cancelled(function()
      local _ <close> = task.defer(function()
        task.sleep(0.5)
        has_ended = true
      end, { timeout = LONG })
      task.sleep(LONG)
    end)
    assert.is_true(has_ended)
  end)

  it("closes the operation that the task waited for", function()
    local before = loop.pending()
    failure_of(task.timeout, 0.01, task.sleep, LONG)
    for _ = 1, 3 do loop.poll() end
    collectgarbage()
    assert.equal(before, loop.pending())
  end)
end)

describe("one operation that two tasks wait for", function()
  it("wakes both", function()
    local timer, woken = loop.timer(0.02), 0
    task.group(function(group)
      for _ = 1, 3 do
        group:spawn(function()
          timer:result()
          woken = woken + 1
        end)
      end
    end)
    assert.equal(3, woken)
  end)

  it("ends for the others when one of them is cancelled", function()
    local timer, result, failure = loop.timer(LONG), nil, nil
    task.group(function(group)
      group:spawn(function() result, failure = timer:result() end)
      pcall(task.timeout, 0.02, function() timer:result() end)
    end)
    assert.same({ nil, "cancelled" }, { result, failure.kind })
  end)

  it("wakes who waits when another task closes it", function()
    local timer, failure = loop.timer(LONG), nil
    task.group(function(group)
      group:spawn(function() failure = select(2, timer:result()) end)
      task.sleep(0)
      timer:close()
    end)
    assert.equal("cancelled", failure.kind)
  end)
end)
