--- The interactive session on a terminal (tmux), and off one.
local fs = require("os2.fs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local tmux = require("tests.lib.tmux")

local function mode_of(path)
  return fs.stat(path).permissions
end

describe("os2 -i on a terminal", function()
  local terminal

  before_each(function()
    terminal = tmux.start{ "-i" }
    terminal:wait("os2>")
  end)

  after_each(function() terminal:remove() end)

  it("completes operations, their fields, and policies", function()
    terminal:type("daytona.api.cre")
    terminal:press("Tab")
    terminal:wait("os2> daytona.api.create_")
    terminal:press("Tab")
    terminal:wait("create_warm_pool")
    terminal:type("snap")
    terminal:press("Tab")
    terminal:type("{ na")
    terminal:press("Tab")
    terminal:wait("os2> daytona.api.create_snapshot{ name =")
    terminal:press("C-c")
    terminal:wait("name = ^C\n")
    terminal:type('policy.ask("cache.tt')
    terminal:press("Tab")
    terminal:wait('"cache.ttl"')
    terminal:enter(")")
    terminal:wait('os2> policy.ask("cache.ttl")\n300\n')
  end)

  it("bounds a result of 10 000 rows", function()
    terminal:enter("rows = {} for i = 1, 10000 do rows[i] = { id = i, name = 'n' .. i } end")
    terminal:enter("rows")
    local screen = terminal:wait("… 9 980 more (policy repl.items)")
    assert.truthy(screen:find('{ name = "n20", id = 20 },', 1, true))
    assert.is_nil(screen:find('"n21"', 1, true))
  end)

  it("ends a wait, a busy loop and a deadline with Ctrl-C, and goes on", function()
    local statements = {
      "task.sleep(100)", "while true do end", "task.timeout(100, function() task.sleep(99) end)",
    }
    for index, statement in ipairs(statements) do
      terminal:enter(("print('begun %d') %s"):format(index, statement))
      terminal:wait(("\nbegun %d\n"):format(index))
      terminal:press("C-c")
      terminal:wait(("\nbegun %d\n^Cos2: task: interrupted by SIGINT\nos2>"):format(index))
    end
    terminal:enter("'still here'")
    terminal:wait('"still here"')
  end)

  it("tells an error, keeps it and the last value, and knows earlier locals", function()
    terminal:enter("local n = 20 + 1")
    terminal:enter("n * 2")
    terminal:wait("\n42\n")
    terminal:enter("_ + 1")
    terminal:wait("\n43\n")
    terminal:enter("fs.read('/no/such')")
    terminal:wait("os2: fs.read: /no/such")
    terminal:enter("'kind ' .. _err.kind")
    terminal:wait('"kind not_found"')
    terminal:enter("for i = 1, 2 do")
    terminal:wait("\n..\n")
    terminal:enter("print('row ' .. i)")
    terminal:enter("end")
    terminal:wait("\nrow 1\nrow 2\n")
  end)

  it("shows what tasks write above the line that is typed", function()
    terminal:enter("spawn(function() task.sleep(0.5) print('from a task') error('oh') end)")
    terminal:wait("task 1 (running)")
    terminal:type("'half ")
    terminal:wait("task 1 failed: os2: stdin:1: oh\nos2> 'half")
    terminal:enter("done'")
    local screen = terminal:wait('"half done"')
    assert.truthy(screen:find("\nfrom a task\n", 1, true), screen)
  end)

  it("lets tasks go on while half a key is typed", function()
    terminal:enter("spawn(function() task.sleep(0.5) print('went ' .. 'on') end)")
    terminal:wait("task 1 (running)")
    terminal:press("C-x")
    terminal:wait("\nwent on\n")
    terminal:press("C-u") -- ends the half of a key where os2 still waits for the other
    terminal:enter("'and' .. ' here'")
    terminal:wait('"and here"')
  end)

  it("edits characters of several bytes and cells", function()
    terminal:type("'grüße 世界 x'")
    terminal:press("BSpace", "BSpace", "BSpace", "BSpace")
    terminal:type("'")
    terminal:wait("os2> 'grüße 世'")
    terminal:press("Enter")
    terminal:wait('"grüße 世"')
  end)

  it("gives the terminal back, and ends at SIGTERM", function()
    assert.truthy(terminal:modes():find(" -icanon", 1, true))
    terminal:enter("proc.run({ 'kill', '-TERM', tostring(io.open('/proc/self/stat'):read('n')) }, { timeout = 5 })")
    terminal:wait("ended 143")
    local modes = terminal:modes()
    assert.truthy(modes:find(" icanon", 1, true) and modes:find(" echo ", 1, true), modes)
  end)

  it("gives the terminal back, and ends at SIGQUIT and at Ctrl-\\", function()
    terminal:type("'half a line")
    terminal:wait("'half a line")
    terminal:press("C-\\")
    terminal:wait("ended 131")
    local modes = terminal:modes()
    assert.truthy(modes:find(" icanon", 1, true) and modes:find(" echo ", 1, true), modes)
  end)

  it("ends with Ctrl-D and with :quit", function()
    terminal:press("C-d")
    terminal:wait("ended 0")
  end)
end)

describe("os2 -i on a terminal that cannot edit", function()
  it("drops a statement of several lines at Ctrl-C", function()
    local terminal = tmux.start({ "-i" }, { variables = { "TERM=dumb" } })
    terminal:wait("os2>")
    terminal:enter("for i = 1, 2 do")
    terminal:wait("\n..")
    terminal:press("C-c")
    terminal:wait("^C")
    terminal:enter("'a' .. 'b'")
    local screen = terminal:wait('"ab"')
    assert.is_nil(screen:find("os2: ", 1, true), screen)
    terminal:remove()
  end)
end)

describe("the history of os2 -i", function()
  it("is found by Up in the next session, belongs to the user alone, and holds no secret", function()
    local first = tmux.start{ "-i" }
    first:wait("os2>")
    first:enter("'first ' .. 'statement'")
    first:wait('"first statement"')
    first:enter("x = 'key-of-the-terminal'")
    first:enter("api_token = 'abcdef'")
    first:enter("'last'")
    first:wait('\n"last"')
    first:press("C-d")
    first:wait("ended 0")
    first:stop()
    local path = first.directory .. "/state/os2/history"
    assert.same({ "rw-------", "rwx------" }, { mode_of(path), mode_of(first.directory .. "/state/os2") })
    assert.equal("\"'first ' .. 'statement'\"\n\"'last'\"\n", fs.read(path))

    local second = tmux.start({}, { directory = first.directory })
    second:wait("os2>")
    second:press("Up", "Up")
    second:wait("os2> 'first ' .. 'statement'")
    second:press("Enter")
    second:wait('"first statement"')
    second:enter(":quit")
    second:wait("ended 0")
    second:remove()
  end)
end)

describe("os2 -i off a terminal", function()
  local function run(text)
    return proc.run({ program.path, "--isolated", "-i" }, { input = text, timeout = 30 })
  end

  it("runs each statement, without prompts and colours", function()
    local ran = run("local x = 2\nx * 3\nfunction f()\nreturn 'a', nil\nend\nf()\n:time 1\n")
    assert.matches('^6\n"a"\tnil\n1\n%d+%.%d%d%d s\n$', ran.stdout)
    assert.same({ "", 0 }, { ran.stderr, ran.code })
  end)

  it("goes on behind a statement that fails, and exits with 1", function()
    local ran = run("error('oh')\nx =\n")
    assert.same({ "", 1 }, { ran.stdout, ran.code })
    assert.matches("^os2: stdin:1: oh\nos2: stdin:1: .*<eof>\n$", ran.stderr)
    assert.equal(3, run("os.exit(3)\nprint(1)").code)
  end)

  it("tells where things stand, and helps", function()
    local ran = run(":source cache.ttl\n:source daytona.snapshot\n:source daytona.api.create_snapshot\n:help\n:halp\n")
    assert.matches("policies/cache.lua:%d+\n.-os2/daytona.lua:%d+\n.-POST /snapshots.-\nA statement is Lua", ran.stdout)
    assert.matches("did you mean help", ran.stderr)
  end)
end)

describe("os2 -e", function()
  it("prints what an expression gives, and nothing of a statement", function()
    local cases = {
      ["6 * 7"] = "42\n", ["'a', nil"] = "a\tnil\n", ["nil"] = "nil\n", ["print(1)"] = "1\n",
      ["io.write('x')"] = "x", ["x = 5"] = "", ["return 5"] = "", [""] = "", ["-- 5"] = "",
      ["{ 1, { name = 'n' } }"] = '{ 1, { name = "n" } }\n', ["'two\\nlines'"] = "two\nlines\n",
      ["..."] = "given\n",
    }
    for text, printed in pairs(cases) do
      local ran = program.eval(text, nil, { "given" })
      assert.same({ printed, "", 0 }, { ran.stdout, ran.stderr, ran.code }, text)
    end
  end)
end)

describe("os2 without a word", function()
  it("begins no session off a terminal", function()
    local ran = program.run({}, { input = "print(1)" })
    assert.same({ 2, "" }, { ran.code, ran.stdout })
  end)
end)
