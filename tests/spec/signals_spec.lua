--- SIGINT, SIGTERM and SIGHUP, from outside: how fast a run ends, with what it tidies up, and its exit code.
local clock = require("os2.clock")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local READY <const> = [[io.stdout:write("ready\n") io.stdout:flush() ]]
local SOON <const> = 25 -- seconds; the longest that any of these runs would take by itself is 30

local WAITS <const> = {
  sleep = "task.sleep(30)",
  ["a busy loop"] = "while true do end",
  ["a busy loop that calls C"] = "while true do string.rep('x', 100) end",
  ["a busy loop in a child"] = [[
    task.group(function(g) g:spawn(function() while true do end end) task.sleep(30) end)]],
  ["spawning all the time"] = [[
    task.group(function(g) while true do g:spawn(task.sleep, 30) end end)]],
  ["a child's sleep"] = [[
    task.group(function(g) g:spawn(task.sleep, 30) g:spawn(task.sleep, 30) end)]],
  ["a program's run"] = [[proc.run({ "sleep", "30" }, { timeout = 30 })]],
  ["a caught wait, again and again"] = "while true do pcall(task.sleep, 30) end",
  ["a busy loop in a coroutine"] = "coroutine.wrap(function() while true do end end)()",
  ["a busy loop behind a coroutine that failed"] = [[
    coroutine.resume(coroutine.create(function() while true do end end))
    while true do end]],
  ["a coroutine that is busy as it is closed"] = [[
    local co = coroutine.create(function()
      local _ <close> = setmetatable({}, { __close = function() while true do end end })
      coroutine.yield()
    end)
    coroutine.resume(co)
    coroutine.close(co)]],
  ["a busy loop behind a caught one"] = [[
    pcall(function() while true do end end)
    while true do end]],
  ["a busy loop behind a caught wait"] = [[
    pcall(task.sleep, 30)
    while true do end]],
  ["a caught busy loop, again and again"] = [[
    while true do pcall(function() while true do end end) end]],
  ["a busy loop in a comparison"] = [[
    table.sort({ 1, 2, 3 }, function() while true do end end)]],
}

-- Sends the signal when the chunk has said something.
local function interrupt(chunk, signal)
  local process, first = program.start(chunk)
  local _ <close> = process
  local began = clock.monotonic()
  process:kill(proc.signals[signal])
  local ended = program.finish(process)
  return ended, clock.monotonic() - began, first
end

-- What /proc knows of a process; "" for one that has ended, reaped or not.
local function command_line(pid)
  local file = io.open("/proc/" .. pid .. "/cmdline", "rb")
  if not file then return "" end
  local line = file:read("a")
  file:close()
  return line
end

-- A killed program is gone a moment after the signal was sent.
local function is_gone_soon(pid)
  for _ = 1, 1000 do
    if command_line(pid) == "" then return true end
    task.sleep(0.02)
  end
  return false
end

describe("a first signal", function()
  for name, chunk in pairs(WAITS) do
    for signal, code in pairs{ HUP = 129, INT = 130, TERM = 143 } do
      it(("ends %s: SIG%s"):format(name, signal), function()
        local ended, seconds = interrupt(READY .. chunk, signal)
        assert.equal(code, ended.code, ended.stderr)
        assert.equal("os2: task: interrupted by SIG" .. signal .. "\n", ended.stderr)
        assert.is_true(seconds < SOON)
      end)
    end
  end

  it("ends a loop that resumes busy coroutines, whatever they are told", function()
    local process <close> = program.start([[
      while true do
        coroutine.resume(coroutine.create(function() ]] .. READY .. [[ while true do end end))
      end]])
    process:kill(proc.signals.INT)
    assert.equal(130, program.finish(process).code)
  end)

  local function read_process(pid, name)
    local file <close> = assert(io.open(("/proc/%d/%s"):format(pid, name)))
    return file:read("a")
  end

  local function catches_signals(pid)
    local caught = tonumber(read_process(pid, "status"):match("SigCgt:%s*(%x+)"), 16)
    return caught & 1 << proc.signals.TERM - 1 ~= 0
  end

  local function ticks_of(pid)
    local ticks = read_process(pid, "stat"):match("%) %a" .. (" %S+"):rep(10) .. " (%d+)")
    return tonumber(ticks)
  end

  -- A policy file has nothing to say it with, so its process is looked at.
  local function wait_until_busy(pid)
    while not catches_signals(pid) do task.sleep(0.02) end
    local before = ticks_of(pid)
    while ticks_of(pid) < before + 50 do task.sleep(0.02) end
  end

  local BUSY_POLICIES <const> = {
    ["policy file"] = "policy.api(1) pcall(function() while true do end end) while true do end",
    ["policy"] = "policy.api(1) policy.override('cache.ttl', function() while true do end end)",
  }

  for what, text in pairs(BUSY_POLICIES) do
    it("ends a busy " .. what, function()
      local path = os.tmpname()
      temporary.write(path, text)
      local process <close> = proc.spawn({ program.path, "--isolated", "--policy", path, "-e",
        "pcall(os2.policy.ask, 'cache.ttl', {}) while true do end" }, { stdin = "null", timeout = 30 })
      wait_until_busy(process:pid())
      process:kill(proc.signals.TERM)
      local ended = program.finish(process)
      temporary.remove(path)
      assert.same({ 143, "os2: task: interrupted by SIGTERM\n" }, { ended.code, ended.stderr })
    end)
  end

  it("lets clean-ups wait", function()
    local ended = interrupt([[
      local _ <close> = task.defer(function(e) task.sleep(0.05) print(e.kind) end, { timeout = 25 })
      ]] .. READY .. "task.sleep(30)", "INT")
    assert.same({ 130, "cancelled\n" }, { ended.code, ended.stdout })
  end)

  it("in a clean-up lets it end within the clean-up deadline", function()
    local ended = interrupt([[
      local _ <close> = task.defer(function()
        io.stdout:write("ready\n") io.stdout:flush()
        task.sleep(0.1)
        print("whole")
      end, { timeout = 25 })
      error("first")]], "INT")
    assert.equal("whole\n", ended.stdout)
  end)

  it("ends a clean-up that takes too long", function()
    local ended, seconds = interrupt([[
      local _ <close> = task.defer(function() task.sleep(30) print("whole") end)
      ]] .. READY .. "task.sleep(30)", "TERM")
    assert.same({ 143, "" }, { ended.code, ended.stdout })
    assert.is_true(seconds < SOON)
  end)

  it("kills the programs that run", function()
    local ended, _, first = interrupt([[
      local child <close> = proc.spawn({ "sleep", "30" }, { group = true })
      print(child:pid()) io.stdout:flush()
      child:result()]], "INT")
    assert.is_true(is_gone_soon(first:match("%d+")))
    assert.equal(130, ended.code)
  end)
end)

-- A shell starts with SIGINT ignored what stands before an `&`.
it("a signal that is ignored by whoever started os2 stays so", function()
  local directory = temporary.directory()
  local _ <close> = task.defer(function() temporary.remove(directory) end)
  local chunk = "io.open(arg[1], 'w'):write('x'):close() task.sleep(30)"
  local ran = proc.run({ "sh", "-c", [[
    mkfifo "$1/ready"
    "$2" --isolated -e "$3" "$1/ready" &
    read line < "$1/ready"
    kill -INT $!
    kill -TERM $!
    wait $!]], "sh", directory, program.path, chunk }, { timeout = 30 })
  assert.same({ 143, "os2: task: interrupted by SIGTERM\n" }, { ran.code, ran.stderr })
end)

describe("a second signal", function()
  it("that is SIGHUP changes nothing: a closed terminal sends two", function()
    local process <close> = program.start([[
      local _ <close> = task.defer(function()
        print("cleaning") io.stdout:flush()
        task.sleep(0.2)
        print("whole")
      end, { timeout = 25 })
      ]] .. READY .. "task.sleep(30)")
    process:kill(proc.signals.HUP)
    assert.equal("cleaning\n", process:next().data)
    process:kill(proc.signals.HUP)
    local ended = program.finish(process)
    assert.same({ 129, "whole\n" }, { ended.code, ended.stdout })
  end)

  local CLEANING <const> = [[
    local _ <close> = task.defer(function() print("cleaning") io.stdout:flush() while true do end end)
    ]]

  it("ends the run at once, also within a clean-up", function()
    local process <close> = program.start(CLEANING .. READY .. "task.sleep(30)")
    process:kill(proc.signals.INT)
    assert.equal("cleaning\n", process:next().data)
    local ended = program.insist(process, "TERM")
    assert.same({ 143, "" }, { ended.code, ended.stderr })
  end)

  it("says first what the run leaves", function()
    local process <close> = program.start([[
      local words <close> = require("os2.run.last_words").open()
      for number = 1, 3 do words:set(number, "machine " .. number) end
      words:set(1, nil)
      words:set(3, "machine 3,\27[31m red")
      ]] .. CLEANING .. READY .. "task.sleep(30)")
    process:kill(proc.signals.INT)
    assert.equal("cleaning\n", process:next().data)
    local ended = program.insist(process, "INT")
    local lines = {}
    for line in ended.stderr:gmatch("[^\n]+") do lines[#lines + 1] = line end
    table.sort(lines)
    assert.same({ 130, { "os2: left: machine 2", "os2: left: machine 3, red" } },
      { ended.code, lines })
  end)

  it("that comes with the first is the same one: the clean-up ends", function()
    local process <close> = program.start([[
      local _ <close> = task.defer(function() task.sleep(0.1) print("whole") end, { timeout = 25 })
      ]] .. READY .. "task.sleep(30)")
    for _ = 1, 3 do process:kill(proc.signals.TERM) end
    local ended = program.finish(process)
    assert.same({ 143, "whole\n", "os2: task: interrupted by SIGTERM\n" },
      { ended.code, ended.stdout, ended.stderr })
  end)
end)

describe("a reader of stdout that goes", function()
  local WRITERS <const> = {
    ["print"] = "while true do print(('x'):rep(100)) end",
    ["io.write"] = "while true do io.write(('x'):rep(100), '\\n') end",
    ["a write between waits"] = "while true do print(1) io.stdout:flush() task.sleep(0.01) end",
    ["a write that is caught"] = "while true do pcall(print, ('x'):rep(1000)) end",
    ["the last write"] = "print(1) io.stdout:flush() io.stdin:read('l') print(2)",
  }
  for name, chunk in pairs(WRITERS) do
    it("ends the run by the code of SIGPIPE, without a word: " .. name, function()
      local directory = temporary.directory()
      -- What it reads comes when nobody reads any more of what it writes.
      local ran = proc.run({ "bash", "-c", [[
        mkfifo "$3/gone"; exec 3<>"$3/gone"
        "$1" --isolated -e "$2" <&3 | { head -1 >/dev/null; exec <&-; echo >&3; }
        echo "${PIPESTATUS[0]}"]], "bash", program.path, chunk, directory }, { timeout = 30 })
      temporary.remove(directory)
      assert.same({ "141\n", "" }, { ran.stdout, ran.stderr })
    end)
  end

  it("ends it after its clean-ups", function()
    local ran = proc.run({ "bash", "-c", [[
      "$1" --isolated -e 'local _ <close> = task.defer(function()
          task.sleep(0.1)
          io.stderr:write("whole")
        end, { timeout = 25 })
        while true do print(("x"):rep(100)) end' | head -1 >/dev/null
      echo "${PIPESTATUS[0]}"]], "bash", program.path }, { timeout = 30 })
    assert.same({ "141\n", "whole" }, { ran.stdout, ran.stderr })
  end)
end)

describe("a signal after the script's end", function()
  it("ends the run by its code", function()
    local ended = program.eval([[
      KEPT = setmetatable({}, { __gc = function() os.execute("kill -TERM $PPID") end })]])
    assert.same({ 143, "" }, { ended.code, ended.stderr })
  end)
end)
