--- `os2 test`: what a test has, what fails it, and where that is told. Each run is a program of its
--- own.
local fs = require("os2.fs")
local json = require("os2.json")
local native_daytona = require("host.daytona")
local native_docker = require("host.docker")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local routes = require("os2.flows.testing.routes")
local temporary = require("tests.lib.temporary")

describe("os2 test", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function run(words, variables)
    return proc.run({ program.path, "--isolated", "test", table.unpack(words) },
      { timeout = 60, cwd = directory, env = variables })
  end

  local function write(name, text) temporary.write(directory .. "/" .. name, text) end

  -- Runs one file, and returns the records of its tests by their names.
  local function tests_of(text, ...)
    write("x_test.lua", text)
    local ran = run{ "x_test.lua", "--json", ... }
    assert.matches("^{", ran.stdout, ran.stderr)
    local document, found = json.decode(ran.stdout), {}
    for _, test in ipairs(document.tests) do found[test.name] = test end
    return found, document, ran
  end

  local function assert_all_hold(text, ...)
    local _, document = tests_of(text, ...)
    for _, test in ipairs(document.tests) do assert.is_true(test.ok, test.message) end
    assert.truthy(document.tests[1])
  end

  it("finds the files below a directory, and tells of each test", function()
    write("a_test.lua", "test('one', function() end)")
    write("below/b_test.lua", "test('two', function() end)\ntest('three', function() error('oh') end)")
    write("below/p_policy_test.lua", "error('not this')")
    write("node_modules/c_test.lua", "error('not this')")
    write(".hidden/c_test.lua", "error('not this')")
    write("script.lua", "error('not this')")
    local ran = run{}
    assert.equal(1, ran.code)
    assert.equal("ok      a_test.lua  one\nok      below/b_test.lua  two\n"
      .. "FAILED  below/b_test.lua  three\n        below/b_test.lua:2: oh\n3 tests, 1 failed\n", ran.stdout)
    assert.equal("os2: test: 1 test failed\n", ran.stderr)
    assert.equal(0, run{ "below/", "--filter", "two" }.code)
    assert.equal(4, run{ "none" }.code)
    write("empty/x", "")
    assert.equal(4, run{ "empty" }.code)
  end)

  it("tells file and line of what fails, whatever it is", function()
    local found = tests_of([[
local function deep() require("os2.fs").read("/no/such") end
test("error", function() error("oh") end)
test("verb", function()
  deep()
end)
test("assert", function()
  local code = 3
  assert(code == 0)
end)
test("message", function() assert(nil, "why") end)
test("equal", function() test.equal({ a = { 1, { b = "x" } } }, { a = { 1, { b = "y" } } }) end)
test("matches", function() test.matches("abc", "^b") end)
test("raises", function() test.raises("denied", deep) end)
test("nothing raised", function() test.raises("denied", function() end) end)
test("inside of a task", function()
  require("os2.task").group(function(group)
    group:spawn(function()
      error("in there")
    end)
  end)
end)
]])
    local wanted = {
      error = "2: oh", verb = "1: fs.read: /no/such: No such file or directory",
      assert = "8: this does not hold: assert(code == 0)", message = "10: why",
      equal = '11: .a[2].b is "x", not "y"', matches = '12: "abc" does not match "^b"',
      raises = "13: not_found: fs.read: /no/such: No such file or directory was raised, not denied",
      ["nothing raised"] = "14: nothing was raised", ["inside of a task"] = "18: in there",
    }
    for name, message in pairs(wanted) do
      assert.equal("x_test.lua:" .. message, found[name].message)
      assert.equal(math.tointeger(message:match("^%d+")), found[name].line)
    end
  end)

  it("tells a fault of the file itself as a test", function()
    assert.matches("^x_test.lua:2: ", tests_of("\nx =")["the file"].message)
    assert.equal("x_test.lua:1: oh", tests_of("error('oh')")["the file"].message)
    assert.matches("it has no test", tests_of("")["the file"].message)
  end)

  it("fails a test that leaves something behind, that asks the network, or that does not end", function()
    local found = tests_of([[
test("a global", function() rawset(getmetatable(_G).__index, "left", 1) end)
local process
test("an operation", function() process = require("os2.proc").spawn({ "sleep", "100" }, {}) end)
test("it is gone", function() process:close() end)
test("the network", function() require("os2.http").request{ url = "http://127.0.0.1:9/x?key" } end)
test("caught", function() pcall(require("os2.daytona").key) end)
test("git", function() require("os2.git").ls_remote{ url = "http://127.0.0.1:9/x" } end)
test("no end", function() while true do require("os2.task").sleep(1) end end)
test("globals of the file", function() here = 1 end)
]], "--timeout", "1")
    assert.matches("there is a new global left$", found["a global"].message)
    assert.matches("%d operations are still alive", found["an operation"].message)
    assert.matches("^x_test.lua:5: the test asks the network for GET http://127.0.0.1:9/x; give it a test.world",
      found["the network"].message)
    assert.matches("asks the network for GET https://daytona.test/api/api%-keys/current", found.caught.message)
    assert.matches("a test has no git servers", found.git.message)
    assert.matches("not done within 1 s", found["no end"].message)
    assert.is_true(found["globals of the file"].ok, found["globals of the file"].message)
  end)

  it("has a clock that goes on only with what waits, and the same chance each time", function()
    assert_all_hold([[
local task, clock = require("os2.task"), require("os2.clock")
test("sleeps", function()
  local seen, began = {}, clock.now()
  test.equal(clock.iso(began), "2026-01-01T12:00:00Z")
  task.group(function(group)
    group:spawn(function() task.sleep(7200) table.insert(seen, "two") end)
    group:spawn(function() task.sleep(3600) table.insert(seen, "one") end)
  end)
  test.equal(seen, { "one", "two" })
  test.equal(clock.now() - began, 7200)
end)
test("timeouts", function()
  local began = clock.monotonic()
  test.raises("timeout", task.timeout, 5, function() while true do task.sleep(2) end end)
  test.equal(clock.monotonic() - began, 5)
  test.equal({ task.timeout(5, function() return 7, nil, 8 end) }, { 7, nil, 8 })
  task.sleep(60)
  test.equal(clock.monotonic() - began, 65)
end)
local chance
test("chance", function() chance = math.random(0) end)
test("the same", function() test.equal(math.random(0), chance) end)
]])
  end)

  it("leaves no folder, also after a test that does not end", function()
    local folder = directory .. "/tmp"
    fs.mkdir_p(folder)
    write("x_test.lua", [[
local os2 = require("os2")
test("cache", function()
  test.env{ DAYTONA_SNAPSHOT_PREFIX = "app-dev--" }
  test.world{ snapshots = { { name = "app-dev--20260101-080000" } } }
  assert(test.run("resolve").code == 0)
  assert(#os2.fs.list(os2.env.get("XDG_CACHE_HOME") .. "/os2") > 0)
end)
test("no end", function() while true do os2.task.sleep(1) end end)
]])
    assert.equal(1, run({ "--timeout", "1" }, { TMPDIR = folder }).code)
    assert.same({}, fs.list(folder))
  end)

  it("has an environment of its own", function()
    write("x_test.lua", [[
local env = require("os2.env")
test("nothing of the run", function()
  test.equal(env.get("DAYTONA_SNAPSHOT_PREFIX"), nil)
  test.equal(env.get("DAYTONA_API_KEY"), "test-key-of-os2")
  test.env{ X = "1" }
  test.equal(env.get("X"), "1")
end)
test("nor of the test before", function() test.equal(env.get("X"), nil) end)
]])
    local ran = run({}, { DAYTONA_SNAPSHOT_PREFIX = "x-dev--", DAYTONA_API_KEY = "real" })
    assert.equal(0, ran.code, ran.stdout)
  end)

  it("runs scripts, and keeps what they write and how they end", function()
    write("s.lua", [[
local word = ...
io.write("a"); print("b", 1); io.stdout:write("c\n"); io.stderr:write("d\n")
if word == "fail" then require("os2.fs").read("/no/such") end
if word == "exit" then os.exit(3) end
if word == "caught" then pcall(os.exit, 4) end
]])
    assert_all_hold([[
test("s", function()
  local ran = test.run("s.lua")
  test.equal({ ran.code, ran.stdout, ran.stderr, ran.failure }, { 0, "ab\t1\nc\n", "d\n" })
  ran = test.run("s.lua", { "fail" })
  test.equal({ ran.code, ran.failure.kind }, { 4, "not_found" })
  test.matches(ran.stderr, "^d\nos2: fs.read: /no/such")
  test.equal(test.run("s.lua", { "exit" }).code, 3)
  test.equal(test.run("s.lua", { "caught" }).code, 4)
  test.matches(test.run("resolve", { "--help" }).stdout, "^Usage: os2 resolve")
  test.equal(test.run("resolve", { "--no-such" }).code, 2)
  test.raises("cannot load the script", test.run, "none.lua")
end)
]])
  end)

  it("runs os2's own commands over a world of snapshots and machines", function()
    assert_all_hold([[
local PREFIX <const> = "app-dev--"
local function ok(command, ...)
  local words = { ... }
  words[#words + 1] = "--json"
  local ran = test.run(command, words)
  assert(ran.code == 0, ran.stderr)
  return ran.document
end
local function world()
  test.env{ DAYTONA_SNAPSHOT_PREFIX = PREFIX }
  return test.world{
    snapshots = {
      { name = PREFIX .. "20260101-080000" }, { name = PREFIX .. "20260101-090000" },
      { name = PREFIX .. "20260101-100000", state = "error", errorReason = "no" },
    },
    machines = { { name = "one", labels = { a = "b" } }, { name = "two", state = "stopped" } },
  }
end
test("snapshots", function()
  local made = world()
  test.equal(ok("resolve").name, PREFIX .. "20260101-090000")
  test.equal(#ok("snapshot", "list").snapshots, 3)
  ok("snapshot", "delete", PREFIX .. "20260101-080000")
  test.equal(#made.snapshots, 2)
  test.equal(made:count_of("remove_snapshot"), 1)
end)
test("machines", function()
  local made = world()
  ok("machine", "create")
  test.equal({ #made.machines, made.machines[3].snapshot }, { 3, PREFIX .. "20260101-090000" })
  ok("machine", "stop", "one")
  ok("machine", "start", "two")
  ok("machine", "delete", "two")
  test.equal({ made.machines[1].name, made.machines[1].state, #made.machines }, { "one", "stopped", 2 })
end)
test("images and containers", function()
  local docker = require("os2.docker")
  local made = test.world{ images = { { RepoTags = { "app:1" } } },
    containers = { { Name = "a", Labels = { x = "y" } } } }
  docker.tag("app:1", "app:2")
  test.equal(made.images[1].RepoTags, { "app:1", "app:2" })
  test.equal(#docker.images{ labels = {} }, 1)
  test.equal({ #docker.images{ reference = "app" }, #docker.images{ reference = "a*:2" } }, { 1, 1 })
  test.equal(#docker.images{ reference = "ap" }, 0)
  test.raises("not_found", docker.image, "none")
  test.raises("conflict", docker.api.container_delete, { id = "a" })
  docker.api.container_stop{ id = "a" }
  test.equal(#docker.api.container_list{}, 0)
  test.equal(#docker.api.container_list{ all = true, filters = { label = { "x=y" } } }, 1)
  docker.api.container_delete{ id = "a" }
  test.equal(#made.containers, 0)
  ok("snapshot", "list", "--provider", "docker")
end)
]])
  end)

  it("has states that follow one another, faults, and handlers for the rest", function()
    assert_all_hold([[
local daytona = require("os2.daytona")
test("states", function()
  test.world{ snapshots = { { name = "s", states = { "pending", "building", "active" } } } }
  local seen = {}
  for index = 1, 4 do seen[index] = daytona.snapshot("s").state end
  test.equal(seen, { "pending", "building", "active", "active" })
end)
test("faults", function()
  local world = test.world{
    snapshots = { { name = "s" } },
    faults = { { op = "get_snapshot", status = 429, times = 1, message = "slow down" },
      { op = "get_snapshot", kind = "network", times = 1 }, { op = "remove_snapshot", status = 403 } },
  }
  test.equal(test.raises("unavailable", daytona.api.get_snapshot, { id = "s" }).message, "429 slow down")
  test.raises("network", daytona.api.get_snapshot, { id = "s" })
  local snapshot = daytona.api.get_snapshot{ id = "s" }
  test.raises("denied", daytona.api.remove_snapshot, { id = snapshot.id })
  test.equal({ world.requests[1].status, world.requests[3].status }, { 429, 200 })
end)
test("handlers", function()
  test.world{
    machines = { { name = "m" } },
    handlers = { execute_command = function(_, params) return 200, { exitCode = 0, result = params.command } end },
    http = function(request) return { body = request.url } end,
  }
  test.equal(daytona.toolbox("m").api.execute_command{ command = "ls" }.result, "ls")
  test.equal(require("os2.http").request{ url = "http://else.test/x" }.body, "http://else.test/x")
end)
test("pages", function()
  local list = {}
  for index = 1, 205 do list[index] = { name = ("s%03d"):format(index) } end
  test.world{ snapshots = list, machines = list }
  local count = 0
  for _ in daytona.snapshots{} do count = count + 1 end
  for _ in daytona.machines{} do count = count + 1 end
  test.equal(count, 410)
end)
]])
    local found = tests_of([[
test("unknown", function() test.world{} require("os2.daytona").api.get_usage_overview{} end)
test("misspelt", function()
  test.world{ snapshot = {} }
end)
]])
    for _, name in ipairs{ "unknown", "misspelt" } do assert.is_false(found[name].ok) end
    assert.equal("x_test.lua:3: test.world: unknown option 'snapshot'", found.misspelt.message)
  end)

  it("runs commands in machines by the test's own function", function()
    assert_all_hold([[
local os2 = require("os2")
local function exec(machine, command)
  if command == "ls -l" then return { stdout = "a\n", stderr = "oh\n", code = 3 } end
  return { stdout = machine.name .. ": " .. command }
end
test("exec", function()
  local world = test.world{ machines = { { name = "one" } }, exec = exec }
  local ran = test.run("machine", { "exec", "one", "--json", "--", "ls", "-l" })
  test.equal({ ran.code, ran.document.stdout, ran.document.stderr }, { 3, "a\n", "oh\n" })
  test.equal(world:count_of("delete_session"), 1)
  test.equal(os2.machines.exec("one", { "echo", "a b" }).stdout, "one: echo 'a b'")
  test.equal(os2.daytona.toolbox("one").api.execute_command{ command = "ls -l" }.exitCode, 3)
end)
test("of a machine that is stopped", function()
  test.world{ machines = { { name = "one", state = "stopped" } }, exec = exec }
  test.raises("not running", os2.daytona.toolbox("one").api.execute_command, { command = "ls" })
end)
]])
    local found = tests_of([[
test("x", function()
  test.world{ machines = { { name = "one" } } }
  test.run("machine", { "exec", "one", "--", "ls" })
end)
]])
    assert.matches("a machine runs ls: give test.world exec = function", found.x.message)
  end)

  it("runs what `os2 new script` writes", function()
    proc.run({ program.path, "--isolated", "new", "script", "sweep", "--dir", directory }, { timeout = 30 })
    local ran = run{}
    assert.equal(0, ran.code, ran.stdout)
    assert.matches("2 tests, 0 failed", ran.stdout)
  end)

  it("refuses what is no recording", function()
    write("x_test.lua", "test('x', function() end)")
    write("r.jsonl", "{}\n")
    assert.matches("r.jsonl is no recording", run{ "--replay", "r.jsonl" }.stderr)
    assert.equal(2, run{ "--replay", "r.jsonl" }.code)
    assert.equal(2, run{ "--replay", "r.jsonl", "--record", "y" }.code)
    assert.is_false(fs.exists(directory .. "/y"))
  end)
end)

describe("the routes of a world", function()
  it("lead from each operation's request back to it", function()
    for _, module in ipairs{ native_daytona, native_daytona.toolbox, native_docker } do
      local known = routes.of(module)
      for _, name in ipairs(module.operations()) do
        local row = module.operation(name)
        local uuid = "0b0e2a52-0000-4000-8000-000000000001"
        local path = row.path:gsub("{%w+:uuid}", uuid):gsub("{%w+:path}", "a/b"):gsub("{%w+}", "zz")
        local found = module.operation((routes.find(known, row.method, path)))
        assert.equal(row.method .. row.path, found.method .. found.path)
      end
    end
  end)
end)
