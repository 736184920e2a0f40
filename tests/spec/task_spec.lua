--- Tasks: structure, cancelling, clean-ups, places where nothing can wait.
local clock = require("os2.clock")
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local program = require("tests.lib.program")
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

describe("task.group", function()
  it("ends all children before it returns, and returns what its function returned", function()
    local ended = 0
    local first, second = task.group(function(group)
      for _ = 1, 5 do
        group:spawn(function()
          task.sleep(0.01)
          ended = ended + 1
        end)
      end
      return "a", nil
    end)
    assert.same({ "a", nil, 5 }, { first, second, ended })
  end)

  it("passes arguments to a child", function()
    local seen
    task.group(function(group)
      group:spawn(function(...) seen = table.pack(...) end, 1, nil, 3)
    end)
    assert.same({ 1, nil, 3, n = 3 }, seen)
  end)

  it("runs children at the same time", function()
    local running, most = 0, 0
    task.group(function(group)
      for _ = 1, 20 do
        group:spawn(function()
          running = running + 1
          most = math.max(most, running)
          while most < 20 do task.sleep(0) end
          running = running - 1
        end)
      end
    end)
    assert.equal(20, most)
  end)

  it("cancels the rest at the first failure and raises that one", function()
    local seen = {}
    local failure = failure_of(task.group, function(group)
      for index = 1, 3 do
        group:spawn(function()
          local ok, raised = pcall(task.sleep, LONG)
          seen[index] = { ok, raised.kind }
          err.raise(raised)
        end)
      end
      group:spawn(fail)
    end)
    assert.equal("quota", failure.kind)
    assert.same({ { false, "cancelled" }, { false, "cancelled" }, { false, "cancelled" } }, seen)
  end)

  it("fails with its own function's failure and cancels the children", function()
    local was_cancelled = false
    local failure = failure_of(task.group, function(group)
      group:spawn(function()
        local _ <close> = task.defer(function(raised) was_cancelled = raised.kind == "cancelled" end)
        task.sleep(LONG)
      end)
      task.sleep(0)
      fail()
    end)
    assert.same({ "quota", true }, { failure.kind, was_cancelled })
  end)

  it("never begins a child that was cancelled before its turn", function()
    local has_begun = false
    failure_of(task.group, function(group)
      group:spawn(function() has_begun = true end)
      fail()
    end)
    assert.is_false(has_begun)
    failure_of(task.group, function(group)
      group:spawn(fail)
      group:spawn(function() has_begun = true end)
      task.sleep(LONG)
    end)
    assert.is_false(has_begun)
  end)

  it("cancels what is spawned after the failure too", function()
    assert.is_true(elapsed(failure_of, task.group, function(group)
      group:spawn(fail)
      pcall(task.sleep, LONG)
      group:spawn(task.sleep, LONG)
    end) < LONG)
  end)

  it("nests: an inner failure reaches the outer group through the inner one", function()
    local order = {}
    local failure = failure_of(task.group, function(outer)
      outer:spawn(function()
        local _ <close> = task.defer(function() order[#order + 1] = "sibling" end)
        task.sleep(LONG)
      end)
      task.group(function(inner)
        inner:spawn(function()
          local _ <close> = task.defer(function() order[#order + 1] = "inner" end)
          task.sleep(LONG)
        end)
        inner:spawn(fail)
      end)
    end)
    assert.equal("quota", failure.kind)
    assert.same({ "inner", "sibling" }, order)
  end)

  it("can be cancelled as a whole", function()
    local failure = failure_of(task.group, function(group)
      group:spawn(task.sleep, LONG)
      group:spawn(function() group:cancel() end)
      task.sleep(LONG)
    end)
    assert.equal("cancelled", failure.kind)
  end)

  it("refuses a child once it has ended", function()
    local escaped
    task.group(function(group) escaped = group end)
    local message = failure_of(function() escaped:spawn(print) end)
    assert.matches("task_spec.lua:%d+: group:spawn: the group has ended", message)
  end)

  it("holds ten thousand tasks", function()
    local count = 0
    task.group(function(group)
      for _ = 1, 10000 do
        group:spawn(function()
          task.sleep(0.01)
          count = count + 1
        end)
      end
    end)
    assert.equal(10000, count)
  end)
end)

describe("task.map", function()
  it("keeps the order, every value and every failure, within the limit", function()
    local running, most = 0, 0
    local outcomes = task.map({ 30, 0, 20, 0 }, function(milliseconds, index)
      running = running + 1
      most = math.max(most, running)
      task.sleep(milliseconds / 1000)
      running = running - 1
      if milliseconds == 0 then fail() end
      return index
    end, { limit = 2 })
    assert.equal(2, most)
    assert.same({ 1, "quota", 3, "quota" }, {
      outcomes[1].value, outcomes[2].err.kind, outcomes[3].value, outcomes[4].err.kind,
    })
    assert.same({ true, false, true, false },
      { outcomes[1].ok, outcomes[2].ok, outcomes[3].ok, outcomes[4].ok })
  end)

  it("takes an empty list", function()
    assert.same({}, task.map({}, print))
  end)

  it("raises a bug, and misuse at the caller's line", function()
    assert.equal("internal", failure_of(task.map, { 1 }, function() error("oh") end).kind)
    for _, options in ipairs{ { limit = 0 }, { limit = 1.5 }, { limits = 1 } } do
      assert.matches("task_spec.lua:%d+: task.map: .*limit", failure_of(function()
        task.map({ 1 }, print, options)
      end))
    end
  end)
end)

describe("task.timeout", function()
  it("returns what was done in time", function()
    assert.same({ 1, 2 }, { task.timeout(LONG, function(...) return ... end, 1, 2) })
  end)

  it("raises `timeout` and names the time", function()
    local failure = failure_of(task.timeout, 0.05, task.sleep, LONG)
    assert.same({ "timeout", "task.timeout: not done within 0.05 s" },
      { failure.kind, tostring(failure) })
  end)

  it("passes a failure on", function()
    assert.equal("quota", failure_of(task.timeout, LONG, fail).kind)
  end)

  it("nests: the nearer one decides", function()
    local failure = failure_of(task.timeout, LONG, function()
      task.timeout(0.02, task.sleep, LONG)
    end)
    assert.matches("0.02 s", failure.message)
    failure = failure_of(task.timeout, 0.02, function() task.timeout(LONG, task.sleep, LONG) end)
    assert.matches("0.02 s", failure.message)
  end)

  it("works in a clean-up of a cancelled task", function()
    local inner
    failure_of(task.group, function(group)
      group:spawn(function()
        local _ <close> = task.defer(function()
          inner = failure_of(task.timeout, 0.02, task.sleep, LONG)
        end, { timeout = LONG })
        task.sleep(LONG)
      end)
      task.sleep(0) -- a turn, in which it begins
      fail()
    end)
    assert.equal("timeout", inner.kind)
  end)
end)

describe("task.try", function()
  it("gives error objects back and values through", function()
    local value, failure = task.try(fail)
    assert.same({ nil, "quota" }, { value, failure.kind })
    assert.same({ 1, nil, 2, 3, n = 4 }, table.pack(task.try(function() return 1, 2, 3 end)))
    assert.same({ n = 2 }, table.pack(task.try(function() end)))
  end)

  it("raises misuse and bugs on", function()
    assert.equal("internal", failure_of(task.try, error, "oh").kind)
    assert.equal("internal", failure_of(task.try, task.sleep, "x").kind)
  end)

  it("raises the cancellation of its own task on, and gives another's back", function()
    assert.equal("timeout", failure_of(task.timeout, 0.01, function()
      task.try(task.sleep, LONG)
      error("swallowed")
    end).kind)
    local _, failure = task.try(task.timeout, 0.01, task.sleep, LONG)
    assert.equal("timeout", failure.kind)
  end)
end)

describe("where nothing can wait", function()
  local tostring_waits = setmetatable({}, { __tostring = function() task.sleep(0) return "" end })
  local cases = {
    sort = function() table.sort({ 2, 1 }, function(a, b) task.sleep(0) return a < b end) end,
    gsub = function() string.gsub("x", "x", function() task.sleep(0) end) end,
    tostring = function() tostring(tostring_waits) end,
    require = function()
      package.preload["tests.waits"] = function() task.sleep(0) end
      require("tests.waits")
    end,
    ["a group in sort"] = function()
      table.sort({ 2, 1 }, function() task.group(print) end)
    end,
  }
  for name, fn in pairs(cases) do
    it("a wait raises with the fix: " .. name, function()
      local message = tostring(failure_of(fn))
      assert.matches("nothing can wait here", message, 1, true)
      assert.matches("task_spec.lua:%d+:", message)
    end)
  end

  it("a wait on a coroutine of the script's own raises with the fix", function()
    for _, fn in ipairs{ function() task.sleep(0) end, function() task.group(print) end } do
      local message = failure_of(coroutine.wrap(fn))
      assert.matches("task_spec.lua:%d+:.*use task.group and its spawn", message)
    end
  end)

  it("the script's own coroutines still work", function()
    local values = {}
    for value in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do
      values[#values + 1] = value
      task.sleep(0)
    end
    assert.same({ 1, 2, 3 }, values)
  end)

  it("a yield of what is no wait raises there, whatever it is", function()
    for _, what in ipairs{ require("os2.json").null, io.stdout, 7, {} } do
      local failure = failure_of(task.group, function(group) group:spawn(coroutine.yield, what) end)
      assert.matches("coroutine.yield", tostring(failure))
    end
  end)

  it("a task's own coroutine.yield raises there", function()
    local went_on = false
    local failure = failure_of(task.group, function(group)
      group:spawn(function()
        coroutine.yield("what")
        went_on = true
      end)
    end)
    assert.matches("coroutine.yield", failure.message, 1, true)
    assert.is_false(went_on)
  end)

  it("seconds that are none are misuse", function()
    for _, fn in ipairs{
      function() task.sleep("1") end,
      function() task.sleep(0 / 0) end,
      function() task.timeout(nil, print) end,
    } do
      assert.matches("task_spec.lua:%d+: task%.%a+: the seconds must be a number", failure_of(fn))
    end
  end)
end)

describe("the end of a run", function()
  local cases = {
    { "os.exit cancels, cleans up and exits n", [[
        local _ <close> = task.defer(function() task.sleep(0.01) io.stderr:write("clean") end,
          { timeout = 25 })
        os.exit(9)
        print("went on")]], 9, "", "^clean$" },
    { "os.exit in a child", [[
        task.group(function(g) g:spawn(function() os.exit(4) end) task.sleep(20) end)]], 4, "", "^$" },
    { "os.exit that is caught", [[pcall(os.exit, 5) print("still")]], 5, "still\n", "^$" },
    { "os.exit in a clean-up", [[local _ <close> = task.defer(function() os.exit(6) end)]], 6, "", "^$" },
    { "os.exit(true)", "os.exit(true)", 0, "", "^$" },
    { "os.exit(false)", "os.exit(false)", 1, "", "^$" },
    { "a wait that nothing can end", [[
        local scheduler = require("os2.run.scheduler")
        scheduler.park()]], 70, "", "no operation is left that could end the wait" },
  }
  for _, case in ipairs(cases) do
    local name, chunk, code, stdout, stderr = table.unpack(case)
    it(name, function()
      local ran = program.eval(chunk)
      assert.same({ code, stdout }, { ran.code, ran.stdout }, ran.stderr)
      assert.matches(stderr, ran.stderr)
    end)
  end
end)
