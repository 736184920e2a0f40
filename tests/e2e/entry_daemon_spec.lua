--- The daemon that a boot starts: its signals, its end, its crashes, its port.
local boots = require("tests.lib.boot")
local entries = require("tests.lib.entries")
local env = require("os2.env")
local fs = require("os2.fs")
local http = require("os2.http")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local task = require("os2.task")

local STAMP <const> = "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ "

describe("entry: the daemon", function()
  local shared, boot = entries.new(), nil

  before_each(function() boot = shared.open() end)
  after_each(shared.close)

  local policy, daemon, ready, content, assert_ends =
    shared.policy, shared.daemon, shared.ready, shared.content, shared.assert_ends

  it("is started after install and build, told where to serve, and asked for its health", function()
    -- A proxy is for the world outside: the daemon is on this machine.
    local run <close> = ready{ http_proxy = "http://127.0.0.1:1" }
    -- The daemon says this first, but on another pipe than os2 says that it is ready.
    run:wait_for("daemon: serves 0%.0%.0%.0:" .. boot.port)
    local variables = json.decode(boot:ask("/env").body)
    assert.same({ "0.0.0.0", tostring(boot.port) }, { variables.HOSTNAME, variables.PORT })
    assert.same({ "installed\n", "built\n" }, { content("install.log"), content("build.log") })
    for line in run.stderr:gmatch("[^\n]+") do assert.matches("^" .. STAMP .. "[a-z]+: ", line) end
  end)

  it("gets SIGTERM and the time to end, and its exit code is passed on", function()
    local run <close> = ready()
    run:signal("TERM")
    assert_ends(run:finish(), 3, "daemon: stopped, it ended with code 3$")
    assert.matches("daemon: SIGTERM\n", run.stdout)
    assert.matches("SIGTERM sent, SIGKILL after 60 s\n", run.stderr)
  end)

  it("is killed when it has not ended within the grace", function()
    policy("policy.set('entry.grace', 1)")
    local run <close> = ready{ IGNORE_TERM = "1" }
    run:signal("TERM")
    assert_ends(run:finish(), 137, "daemon: stopped, it was ended by signal 9$")
    assert.matches("SIGTERM sent, SIGKILL after 1 s\n", run.stderr)
    assert.is_true(run.seconds >= 1, run.seconds)
  end)

  it("takes its children along", function()
    local run <close> = ready{ CHILD = "1" }
    local child = run:wait_for("daemon: child (%d+)")
    run:signal("INT")
    assert.equal(3, run:finish().code)
    assert.is_true(boots.is_gone(child))
  end)

  -- What pnpm and npm are: a program that goes at once, before a server that ends in its own time.
  local WRAPPED <const> = [[trap 'exit 9' TERM
      (trap 'sleep %s; echo drained; exit 0' TERM; node "$0" & wait; wait) &
      wait]]

  local function wrap(seconds, grace)
    policy(("policy.set('entry.daemon', {'sh', '-c', %q, %q}) policy.set('entry.grace', %d)")
      :format(WRAPPED:format(seconds), fs.realpath("tests/lib/entry-daemon.js"), grace))
  end

  it("that only leads a server leaves that the time to end", function()
    wrap("0.5", 60)
    local run <close> = ready()
    run:signal("TERM")
    assert_ends(run:finish(), 9, "daemon: stopped, it ended with code 9$")
    assert.matches("drained\n", run.stdout)
  end)

  it("that only leads a server leaves that no more than the grace", function()
    wrap("60", 1)
    local run <close> = ready()
    run:signal("TERM")
    assert_ends(run:finish(), 9, "daemon: stopped, it ended with code 9$")
    assert.not_matches("drained\n", run.stdout)
    assert.matches("daemon: SIGKILL to what is left of its process group\n", run.stderr)
  end)

  it("does not outlive os2, nor do its children", function()
    local run <close> = ready{ CHILD = "1" }
    local pid, child = run:wait_for("started, process (%d+)"), run:wait_for("daemon: child (%d+)")
    run:signal("KILL")
    assert.same({ true, true }, { boots.is_gone(pid), boots.is_gone(child) })
  end)

  it("does not outlive a second signal", function()
    local run <close> = ready{ IGNORE_TERM = "1" }
    local pid = run:wait_for("started, process (%d+)")
    run:signal("TERM")
    run:wait_for("daemon: (SIGTERM)\n")
    -- One that comes soon after the first is the same one.
    repeat run:signal("TERM") until boots.is_gone(pid, 1)
    assert.equal(143, run:finish().code)
    assert.is_true(boots.is_gone(pid))
  end)

  -- Only root may make a namespace in which os2 is PID 1.
  if lfs.attributes("/proc/self", "uid") == 0 then
    it("leaves no zombie of what it orphans, where os2 is PID 1", function()
      daemon("for i in 1 2 3 4 5; do (sh -c 'sleep 0.2; echo orphan >>out' &); done; sleep 3600")
      local argv = { "unshare", "--fork", "--pid", "--mount-proc", "--kill-child", table.unpack(boot:argv()) }
      local run <close> = boot:start(nil, argv)
      run:wait_for("daemon: started, process (%d+)")
      boots.wait_until(function() return select(2, (content("out") or ""):gsub("orphan", "")) == 5 end)
      local children = fs.read(("/proc/%d/task/%d/children"):format(run.process:pid(), run.process:pid()))
      local os2 = math.tointeger(tonumber(children:match("%d+")))
      boots.wait_until(function() return boots.held(os2).zombies == 0 end)
      proc.run({ "kill", "-TERM", tostring(os2) }, { timeout = 120 })
      run:finish()
    end)
  end

  it("that crashes is started again, later each time, and given up at last", function()
    daemon("exit 7")
    local run = boot:run()
    assert_ends(run, 7, "^os2: entry.daemon: the daemon ended with code 7; given up after 3 failures in a row$")
    assert.matches("ended with code 7; starting it again in 0.05 s.*ended with code 7; starting it again in 0.1 s",
      run.stderr)
  end)

  it("that ends with 0 of itself has failed too", function()
    daemon("exit 0")
    assert_ends(boot:run(), 75, "^os2: entry.daemon: the daemon ended with code 0; given up")
  end)

  it("that is killed is started again", function()
    local run <close> = ready()
    proc.run({ "kill", "-KILL", run:wait_for("started, process (%d+)") }, { timeout = 120 })
    run:wait_for("(daemon: ready on port)", 2)
    assert.matches("the daemon was ended by signal 9; starting it again in 0.05 s", run.stderr)
    assert.equal(200, boot:ask("/api/health").status)
  end)

  it("is not left its children's port by a crash", function()
    local run <close> = ready{ CHILD = "1" }
    local child = run:wait_for("daemon: child (%d+)")
    boot:ask("/exit?7")
    run:wait_for("(daemon: ready on port)", 2)
    assert.is_true(boots.is_gone(child))
  end)

  it("that hangs is ended and started again", function()
    policy("policy.set('entry.health_timeout', 0.5)")
    local run <close> = ready()
    task.group(function(group)
      -- The daemon takes the question, and its end is that of the connection.
      group:spawn(task.try, http.request,
        { url = ("http://127.0.0.1:%d/hang"):format(boot.port), timeout = 300, proxy = false })
      run:wait_for("(daemon: ready on port)", 2)
    end)
    assert.matches("health check failed %(3 of 3%)", run.stderr)
    assert.matches("the daemon hangs: the health check at http://127.0.0.1:%d+/api/health failed 3 times in a row; "
      .. "starting it again", run.stderr)
    boots.wait_until(function() return (boot:ask("/api/health") or {}).status == 200 end)
  end)

  it("that is never ready is given up", function()
    policy("policy.set('entry.ready_timeout', 0.3) policy.set('entry.daemon', {'sleep', '3600'})")
    assert_ends(boot:run(), 5, "^os2: entry.daemon: the daemon is not ready 0.3 s after its start: http://.*given up")
  end)

  it("that takes longer to fail than a stable one has to run is given up all the same", function()
    policy("policy.set('entry.ready_timeout', 0.3) policy.set('entry.stable', 0.1) "
      .. "policy.set('entry.daemon', {'sleep', '3600'})")
    assert_ends(boot:run(), 5, "given up after 3 failures in a row$")
  end)

  it("that was ready for long enough has not failed before", function()
    policy("policy.set('entry.stable', 0) policy.set('entry.restarts', 1)")
    local run <close> = boot:start()
    for life = 1, 4 do
      run:wait_for("(daemon: ready on port)", life)
      proc.run({ "kill", "-KILL", run:wait_for("started, process (%d+)", life) }, { timeout = 120 })
    end
    run:wait_for("(daemon: ready on port)", 5)
  end)

  -- A daemon that serves and is never ready; where it has not come to serve in time, it is given more.
  local function assert_never_ready(text, pattern)
    local run
    for _, seconds in ipairs{ 1, 4, 16, 64 } do
      policy(("policy.set('entry.ready_timeout', %d) policy.set('entry.restarts', 0) %s"):format(seconds, text))
      run = boot:run()
      if run:last_line():find(pattern) then break end
    end
    assert_ends(run, 5, pattern)
  end

  it("is not ready when the health answer is no good one", function()
    assert_never_ready("policy.set('entry.health_path', '/nowhere')",
      "the daemon is not ready %d+ s after its start: .*/nowhere: it answers with 404$")
  end)

  it("is not started while another program has its port", function()
    local other <close> = proc.spawn({ "node", "tests/lib/entry-daemon.js" },
      { env = { PORT = tostring(boot.port), HOSTNAME = "127.0.0.1" }, stdin = "null" })
    assert.matches("serves", other:next().data)
    local run = boot:run()
    assert.equal(6, run.code)
    assert.matches(("^os2: entry.daemon: port %%d+ is taken by another program, process %d %%(node%%); given up")
      :format(other:pid()), run:last_line())
    assert.not_matches("daemon: started", run.stderr)
  end)

  it("is told whose its port is where it has left a program there itself", function()
    -- A program that leaves the group of the daemon, as servers do that make daemons of themselves.
    daemon(("setsid node %s </dev/null >>out 2>&1 & until grep -q serves out; do sleep 0.05; done; exit 5"):format(
      fs.realpath("tests/lib/entry-daemon.js")))
    local run = boot:run()
    local holder = run:last_line():match(
      "port %d+ is still held by process (%d+) %(node%), which the last daemon left outside of its process group")
    assert.is_truthy(holder, run.stderr)
    proc.run({ "kill", "-KILL", holder }, { timeout = 120 })
    assert.truthy(run:last_line():find(("end it (kill %s)"):format(holder), 1, true))
    assert.equal(6, run.code)
  end)

  local SERVED_ON <const> =
    "policy.override('entry.environment', function() return { HOSTNAME = '%s', PORT = '%d' } end)"

  it("that serves this machine alone gets a warning", function()
    policy(SERVED_ON:format("127.0.0.1", boot.port))
    local run <close> = ready()
    run:wait_for("(warning: port %d+ is served on 127%.0%.0%.1 alone, which nobody outside of the machine reaches)")
    run:signal("TERM")
    run:finish()
  end)

  it("that serves an address that is not asked is told where it serves", function()
    assert_never_ready(SERVED_ON:format("127.0.0.2", boot.port),
      "the daemon is not ready %d+ s after its start: .*; the port is served on 127%.0%.0%.2 alone$")
  end)

  it("that cannot be started is not tried again", function()
    policy("policy.set('entry.daemon', {'no-such-program'})")
    local run = boot:run()
    assert_ends(run, 4, "^os2: entry.daemon: .*no%-such%-program.*entry.daemon names the program$")
    assert.not_matches("again", run.stderr)
  end)

  it("waits for its next start no longer than a signal", function()
    policy("policy.set('entry.daemon', {'false'}) policy.set('entry.restart_first', 60)")
    local run <close> = boot:start()
    run:wait_for("(starting it again in)")
    run:signal("TERM")
    assert_ends(run:finish(), 143, "^os2: task: interrupted by SIGTERM$")
    assert.is_true(run.seconds < 50, run.seconds)
  end)

  it("leaves nothing behind when it was started 1 000 times", function()
    policy([[
        policy.set("entry.daemon", {"sh", "-c", "[ -e stop ] || exit 1; echo lives $$; exec sleep 3600"})
        policy.set("entry.restart_first", 0)
        policy.set("entry.restarts", 2000)
        policy.set("entry.ready_interval", 3600)
      ]])
    -- Under the sanitizers freed memory is kept back, 256 MB of it by default; that is no growth.
    local sanitizer = (env.get("ASAN_OPTIONS") or "") .. ":quarantine_size_mb=1"
    local run <close> = boot:start({ ASAN_OPTIONS = sanitizer })

    -- Lets the daemon live once it was started so often, and looks at what os2 holds then.
    local function look(times, starts)
      run:wait_for("(starting it again)", starts)
      fs.write_atomic(boot.path .. "/stop", "")
      local pid = run:wait_for("lives (%d+)\n", times)
      boots.wait_until_idle(run.process:pid()) -- then the one question for its health is over
      local held = boots.held(run.process:pid())
      os.remove(boot.path .. "/stop")
      proc.run({ "kill", "-KILL", pid }, { timeout = 120 })
      return held
    end

    local before, after = look(1, 100), look(2, 1000)
    assert.same({ 0, before.descriptors, before.children },
      { after.zombies, after.descriptors, after.children })
    assert.is_true(after.memory - before.memory < 4096, ("%d KiB, then %d KiB"):format(before.memory, after.memory))
    run:signal("TERM")
  end)

  it("goes on when the log cannot be written", function()
    local argv = { "sh", "-c", 'exec "$@" 2>/dev/full', "sh", table.unpack(boot:argv()) }
    local run <close> = boot:start(nil, argv)
    run:wait_for("daemon: (serves)")
    assert.equal(200, boot:ask("/api/health").status)
    run:signal("TERM")
    assert.equal(3, run:finish().code)
  end)
end)
