--- Clones that are stopped: by a deadline, a cancel, a signal, a connection that ends.
local clock = require("os2.clock")
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local git = require("os2.git")
local git_server = require("tests.lib.git_server")
local loop = require("host.loop")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local FREE <const> = 25 -- seconds in which a cancelled task must go on; a server that hangs does so for ever
local TIDY <const> = 60 -- seconds in which what it made must be gone
local FILES <const> = 300

describe("a clone that is stopped", function()
  local server, directory

  setup(function()
    server = git_server.start()
    local files = {}
    for number = 1, FILES do
      files[("d%d/f%d.txt"):format(number % 7, number)] = ("%d "):format(number):rep(200)
    end
    server:repository("many", files)
  end)
  teardown(function() server:stop() end)

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function clone(mode, timeout)
    return git.clone{
      url = server:url(mode, "many"), path = directory .. "/clone", timeout = timeout or 60,
    }
  end

  -- Lets the thread of a stopped clone end, and looks at what it left.
  local function wait_for_nothing()
    local due = clock.monotonic() + TIDY
    repeat loop.poll() until #fs.list(directory) == 0 or clock.monotonic() > due
  end

  local function check_nothing_left(why)
    wait_for_nothing()
    assert.same({}, fs.list(directory), why)
  end

  local function seconds_of(fn)
    local began = clock.monotonic()
    fn()
    return clock.monotonic() - began
  end

  it("has its deadline, wherever the server hangs", function()
    local deadline = 0.3
    for _, mode in ipairs{
      "mute", "hang-refs-0", "hang-refs-1", "hang-refs-4", "hang-refs-40", "hang-refs-150", "hang-pack-0",
      "hang-pack-1", "hang-pack-8", "hang-pack-9", "hang-pack-30", "hang-pack-1000", "hang-pack-20000",
    } do
      local failure
      local took = seconds_of(function()
        failure = failure_of(function() clone(mode, deadline):result() end)
      end)
      assert.equal("timeout", failure.kind, mode)
      assert.is_true(took < deadline + FREE, ("%s: %.2f s"):format(mode, took))
      check_nothing_left(mode)
    end
  end)

  it("ends when the connection does", function()
    for _, mode in ipairs{
      "cut-refs-0", "cut-refs-4", "cut-refs-40", "cut-pack-0", "cut-pack-9", "cut-pack-1000", "cut-pack-20000",
    } do
      local failure = failure_of(function() clone(mode):result() end)
      assert.equal("network", failure.kind, mode .. ": " .. tostring(failure))
      check_nothing_left(mode)
    end
  end)

  it("frees its task at once, at any moment, and leaves nothing or all", function()
    local whole = 0
    for moment = 0, 40 do
      local stopped_at = clock.monotonic() + moment / 1000
      local ok = pcall(task.timeout, moment / 1000, function()
        local stream <close> = clone("open")
        local _ <close> = task.defer(function() stopped_at = clock.monotonic() end)
        stream:result()
      end)
      local took = clock.monotonic() - stopped_at
      assert.is_true(took < FREE, ("after %d ms: %.2f s"):format(moment, took))
      if not ok then wait_for_nothing() end
      -- Stopped in the very moment it ended, a clone is whole as well.
      if ok or fs.exists(directory .. "/clone") then
        whole = whole + 1
        assert.is_true(git.status(directory .. "/clone").is_clean)
        temporary.remove(directory .. "/clone")
      end
      check_nothing_left(moment)
    end
    assert.is_true(whole < 41)
  end)

  it("does not hold up others", function()
    local stream <close> = clone("hang-pack-1000")
    assert.is_true(seconds_of(function() task.sleep(0.05) end) < FREE)
    assert.is_false(stream.op:is_ready() and stream:next() == nil)
  end)

  it("ends with the program at its first signal, which leaves nothing", function()
    for _, mode in ipairs{ "mute", "hang-pack-0", "hang-pack-20000", "slow-20000" } do
      local process = program.start(([[
        task.group(function(g)
          g:spawn(function() os2.git.clone{url=%q, path=%q, timeout=60}:result() end)
          task.sleep(0.3)
          print("ready") io.stdout:flush()
        end)]]):format(server:url(mode, "many"), directory .. "/clone"))
      local done
      local took = seconds_of(function()
        process:kill(proc.signals.INT)
        done = program.finish(process)
      end)
      assert.equal(130, done.code, mode .. ": " .. done.stderr)
      assert.is_true(took < FREE, ("%s: %.2f s"):format(mode, took))
      assert.same({}, fs.list(directory), mode)
    end
  end)

  local function wait_for_clones(count)
    while #fs.list(directory) < count do task.sleep(0.02) end
  end

  it("is tidied up after by the next one where the program was killed", function()
    local process = program.start(([[
      task.group(function(g)
        g:spawn(function() os2.git.clone{url=%q, path=%q, timeout=60}:result() end)
        print("ready") io.stdout:flush()
      end)]]):format(server:url("hang-pack-1000", "many"), directory .. "/clone"))
    wait_for_clones(1)
    local other <close> = clone("hang-pack-1000") -- a living one's is not touched
    wait_for_clones(2)
    process:kill(proc.signals.KILL)
    program.finish(process)
    assert.equal(2, #fs.list(directory))
    clone("open"):result()
    assert.equal(2, #fs.list(directory)) -- the clone, and what the living one works on
    temporary.remove(directory .. "/clone")
    other:close()
    check_nothing_left("closed")
  end)

  it("is a misuse where nothing can wait", function()
    local failure = failure_of(function()
      table.sort({ 1, 2 }, function() return git.head(directory).commit end)
    end)
    assert.is_false(err.is(failure))
    assert.matches("nothing can wait here", failure)
  end)
end)
