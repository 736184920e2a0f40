--- tests/lib/deadline.lua: a test that waits too long fails by its name, and the others go on.
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

-- The last test must not wait: the deadline is so short that a busy machine could miss it.
local SPEC <const> = [[
local task = require("os2.task")

describe("a wait", function()
  it("in a loop", function() while true do task.sleep(0.01) end end)

  it("of a child", function()
    task.group(function(group) group:spawn(task.sleep, 1000) end)
  end)

  it("that is caught", function() pcall(task.sleep, 1000) end)

  it("with a clean-up", function()
    local _ <close> = task.defer(function()
      task.sleep(0.01)
      print("it was cleaned up")
    end)
    task.sleep(1000)
  end)
end)

describe("a set-up", function()
  before_each(function() task.sleep(1000) end)

  it("that waits", function() end)
end)

describe("what follows", function()
  it("runs", function() end)
end)
]]

describe("the deadline of a test", function()
  local directory, said

  setup(function()
    directory = temporary.directory()
    temporary.write(directory .. "/waits_spec.lua", SPEC)
    local words = {
      "tests/run.lua", "-Xhelper", "deadline=0.2", "-o", "plainTerminal", directory,
    }
    said = program.run(words, { timeout = 120, env = { OS2_LONG = false } })
  end)

  teardown(function() temporary.remove(directory) end)

  for _, name in ipairs{ "in a loop", "of a child", "that is caught", "with a clean-up" } do
    it("names the test that waits " .. name, function()
      local words = "the test took more than 0.2 s: a wait " .. name .. "\n"
      assert.is_truthy(said.stdout:find(words, 1, true), said.stdout)
    end)
  end

  it("lets a clean-up wait", function()
    assert.is_truthy(said.stdout:find("it was cleaned up\n", 1, true), said.stdout)
  end)

  it("ends what waits before a test", function()
    local words = "a set-up or a clean-up took more than 0.2 s"
    assert.is_truthy(said.stdout:find(words, 1, true), said.stdout)
  end)

  it("lets the others go on", function()
    -- busted's sum counts the test whose failure comes after its end among the successes, too
    assert.is_truthy(said.stdout:find("2 successes / 0 failures / 4 errors", 1, true), said.stdout)
    assert.equal(1, said.code)
  end)
end)
