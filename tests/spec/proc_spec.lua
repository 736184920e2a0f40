--- Child processes: argv and environment, streams in both directions, signals, nothing left behind.
local clock = require("os2.clock")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local MEGABYTE <const> = 1024 * 1024

local function run(argv, options)
  local settings = { timeout = 30 }
  for key, value in pairs(options or {}) do settings[key] = value end
  return proc.run(argv, settings)
end

local function shell(line, options)
  return run({ "sh", "-c", line }, options)
end

local function count_descriptors()
  local count = 0
  for _ in lfs.dir("/proc/self/fd") do count = count + 1 end
  return count
end

local function children()
  local me = tostring(lfs.symlinkattributes("/proc/self", "target"))
  return fs.read(("/proc/%s/task/%s/children"):format(me, me))
end

local function has_ended(pid)
  local status = io.open("/proc/" .. pid .. "/status")
  if not status then return true end
  local text = status:read("a")
  status:close()
  return text:match("State:%s*([ZX])") ~= nil
end

local function wait_until(condition)
  local due = clock.monotonic() + 60
  while not condition() do
    assert.is_true(clock.monotonic() < due)
    task.sleep(0.01)
  end
end

describe("core dumps", function()

  it("are off for os2, and as they were for what it runs", function()
    local chunk = [[
      local function limit(text) return text:match("Max core file size%s+(%S+)") end
      io.write(limit(fs.read("/proc/self/limits")), " ",
        limit(proc.run({ "cat", "/proc/self/limits" }, { timeout = 10 }).stdout), " ",
        limit(fs.read("/proc/self/limits")))]]
    local line = ([[exec %q --isolated -e "$0"]]):format(program.path)
    for given, seen in pairs{ unlimited = "unlimited", [0] = "0", [4] = "2048" } do
      -- A build with sanitizers switches dumps off by itself, unless it is told not to.
      local ran = run({ "sh", "-c", ("ulimit -S -c %s && %s"):format(given, line), chunk },
        { env = { ASAN_OPTIONS = (os.getenv("ASAN_OPTIONS") or "") .. ":disable_coredump=0" } })
      assert.equal(("1 %s 1"):format(seen), ran.stdout, ran.stderr)
    end
  end)

  it("stay off where they may not be switched on", function()
    local ran = run{ "sh", "-c", ([[ulimit -c 0 && exec %q --isolated -e "$0"]]):format(program.path),
      [[io.write(fs.read("/proc/self/limits"):match("Max core file size%s+(%S+)"))]] }
    assert.equal("0", ran.stdout, ran.stderr)
  end)
end)

describe("proc.run", function()
  it("hands over every argument as it is", function()
    local words = { "", " ", "a b", "'\"`$HOME\\", "*", "-n", "ü\n", ("x"):rep(100000) }
    local ran = run{ "sh", "-c", [[for w; do printf '<%s>' "$w"; done]], "sh", table.unpack(words) }
    assert.equal("<" .. table.concat(words, "><") .. ">", ran.stdout)
  end)

  it("keeps both outputs apart and gives the exit code", function()
    assert.same({ code = 3, stdout = "out", stderr = "err" }, shell("printf out; printf err >&2; exit 3"))
  end)

  it("takes no more than it is told to", function()
    assert.equal(1000, #shell("head -c 1000 /dev/zero", { limit = 1000 }).stdout)
    local failure = failure_of(shell, "cat /dev/zero", { limit = 1000 })
    assert.equal("protocol", failure.kind)
    assert.matches("^sh wrote more than the 1000 bytes", failure.message)
  end)

  it("says which signal ended it", function()
    local ran = shell("kill -TERM $$")
    assert.equal(proc.signals.TERM, ran.signal)
  end)

  it("changes the environment, and takes variables away", function()
    local line = [[printf '%s %s %s' "$OS2_A" "${HOME-gone}" "${PATH:+path}"]]
    assert.equal("a=b gone path", shell(line, { env = { OS2_A = "a=b", HOME = false } }).stdout)
  end)

  it("runs in another directory", function()
    assert.equal("/\n", run({ "pwd" }, { cwd = "/" }).stdout)
  end)

  it("gives no input unless asked to", function()
    assert.equal("", run{ "cat" }.stdout)
  end)

  it("passes ten megabytes through", function()
    local data = ("0123456789abcdef"):rep(10 * MEGABYTE // 16)
    assert.is_true(run({ "cat" }, { input = data }).stdout == data)
    assert.is_true(shell("cat >&2", { input = data }).stderr == data)
  end)

  it("takes a program that does not read its input", function()
    assert.equal(0, run({ "true" }, { input = ("x"):rep(MEGABYTE) }).code)
  end)

  it("passes bytes that are no text", function()
    assert.equal("\0\255\r\n\0", run({ "cat" }, { input = "\0\255\r\n\0" }).stdout)
  end)

  it("raises for what cannot be started", function()
    local directory = temporary.directory()
    temporary.write(directory .. "/plain", "no program")
    temporary.write(directory .. "/script", "#!/no/such/interpreter\n")
    assert(proc.run({ "chmod", "+x", directory .. "/script" }, { timeout = 10 }).code == 0)
    local cases = {
      { "/no/such/program", nil, "not_found", "cannot start /no/such/program: No such file or directory" },
      { "os2-no-such-program", nil, "not_found", "cannot start os2-no-such-program: No such file" },
      { directory .. "/plain", nil, "denied", "cannot start " .. directory .. "/plain: Permission denied" },
      { directory .. "/plain/x", nil, "not_found", "plain/x: Not a directory" },
      { "./script", directory, "not_found", "./script: the program that its first line names is not there" },
      { "true", "/no/such/place", "not_found", "cannot enter the directory /no/such/place to start true: No such" },
      { "true", directory .. "/plain", "not_found", "directory " .. directory .. "/plain to start true: Not a dir" },
    }
    for _, case in ipairs(cases) do
      local failure = failure_of(run, { case[1] }, { cwd = case[2] })
      assert.equal(case[3], failure.kind)
      assert.truthy(failure.message:find(case[4], 1, true), failure.message)
    end
    local failure = failure_of(run, { "true", ("x"):rep(3000000) })
    assert.same({ "invalid", "cannot start true: Argument list too long" }, { failure.kind, failure.message })
    temporary.remove(directory)
  end)

  it("names a directory that one may not enter", function()
    if proc.run({ "id", "-u" }, { timeout = 10 }).stdout ~= "0\n" then return end
    local directory = temporary.directory()
    assert(proc.run({ "chmod", "700", directory }, { timeout = 10 }).code == 0)
    local chunk = "proc.run({ 'true' }, { timeout = 9, cwd = arg[1] })"
    local ran = proc.run({ "setpriv", "--reuid", "65534", "--clear-groups", program.path, "--isolated", "-e", chunk,
      directory }, { timeout = 30 })
    assert.same({ 7, ("os2: proc.spawn: cannot enter the directory %s to start true: Permission denied\n")
      :format(directory) }, { ran.code, ran.stderr })
    temporary.remove(directory)
  end)

  it("raises `timeout` and kills the program with all that it started", function()
    local directory = temporary.directory()
    local line = ("sleep 60 & echo $! > %s/pid; wait"):format(directory)
    local pid
    for _, seconds in ipairs{ 0.3, 3, 30 } do -- it must have begun before it is killed
      assert.equal("timeout", failure_of(shell, line, { timeout = seconds }).kind)
      pid = fs.exists(directory .. "/pid") and fs.read(directory .. "/pid"):match("%d+")
      if pid then break end
    end
    wait_until(function() return has_ended(pid) end)
    temporary.remove(directory)
  end)

  it("refuses misuse at the caller's line", function()
    local cases = {
      { function() proc.run("ls", { timeout = 1 }) end, "argv must be a list" },
      { function() proc.run({}, { timeout = 1 }) end, "argv must be a list" },
      { function() proc.run({ "ls", 1 }, { timeout = 1 }) end, "argv%[2%] must be a string" },
      { function() proc.run({ "ls", nil, "x" }, { timeout = 1 }) end, "argv%[2%] must be a string" },
      { function() proc.run({ "ls" }) end, "timeout" },
      { function() proc.run({ "ls" }, { timeout = 1, shell = true }) end, "unknown option 'shell'" },
      { function() proc.run({ "ls" }, { timeout = 1, env = { A = 1 } }) end, "env.A must be a string" },
    }
    for _, case in ipairs(cases) do
      assert.matches("proc_spec.lua:%d+: proc%.%a+: .*" .. case[2], failure_of(case[1]))
    end
  end)
end)

describe("proc.spawn", function()
  it("streams what the program says, and takes what it is told", function()
    local process <close> = proc.spawn{ "cat" }
    process:write("one\n")
    assert.same({ stream = "stdout", data = "one\n" }, process:next())
    process:write("two\n")
    assert.same({ stream = "stdout", data = "two\n" }, process:next())
    process:close_stdin()
    assert.is_nil(process:next())
    assert.same({ code = 0 }, process:result())
  end)

  it("writes all that was queued, however often stdin is closed", function()
    local process <close> = proc.spawn{ "sh", "-c", "sleep 0.3; wc -c" }
    task.group(function(group)
      group:spawn(process.write, process, ("x"):rep(3 * MEGABYTE))
      task.sleep(0.05)
      process:close_stdin()
      process:close_stdin()
      local done, failure = process:write("more")
      assert.same({ nil, "conflict" }, { done, failure.kind })
      assert.equal(3 * MEGABYTE, tonumber(process:next().data))
    end)
  end)

  it("refuses an argument that holds a zero byte, and a signal that is none", function()
    assert.matches("'argv' holds a zero byte", failure_of(proc.spawn, { "echo", "a\0b" }))
    local process <close> = proc.spawn({ "sleep", "30" }, { stdin = "null" })
    for _, signal in ipairs{ -1, 65, (1 << 32) + 9 } do
      assert.matches("no such signal", failure_of(process.kill, process, signal))
    end
    assert.is_true(process:kill(0))
  end)

  it("stops reading from a program that nobody listens to", function()
    local process <close> = proc.spawn{ "yes" }
    assert(process:next())
    local function written() return tonumber(fs.read(("/proc/%d/io"):format(process:pid())):match("wchar: (%d+)")) end
    local before
    repeat
      before = written()
      task.sleep(0.2)
    until before == written()
    assert.is_true(before < 16 * MEGABYTE, before)
  end)

  it("sends signals", function()
    local process <close> = proc.spawn({ "sleep", "30" }, { stdin = "null" })
    assert.is_true(process:kill(proc.signals.TERM))
    local status = process:result()
    assert.equal(proc.signals.TERM, status.signal)
    local done, failure = process:kill(proc.signals.TERM)
    assert.same({ nil, "not_found" }, { done, failure.kind })
  end)

  it("kills what is left of the group when it is closed, its leader gone or not", function()
    for _, line in ipairs{ "sleep 30 & echo $!; exit 0", "sleep 30 & echo $!; wait" } do
      local process = proc.spawn({ "sh", "-c", line }, { group = true, stdin = "null" })
      local pid = process:next().data:match("%d+")
      task.sleep(0.1)
      process:close()
      wait_until(function() return has_ended(pid) end)
    end
  end)

  it("leaves no zombie and no descriptor behind", function()
    local before = count_descriptors()
    task.map((function()
      local list = {}
      for index = 1, 300 do list[index] = index end
      return list
    end)(), function(index)
      assert.equal(index % 7, shell("exit " .. index % 7).code)
    end, { limit = 10 })
    collectgarbage()
    task.sleep(0.01)
    assert.equal(before, count_descriptors())
    assert.equal("", children())
  end)
end)
