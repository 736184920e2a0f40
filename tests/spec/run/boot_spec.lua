--- The command line, seen from outside: what is run, where modules are found, exit codes.
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

describe("os2", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function write(name, text)
    temporary.write(directory .. "/" .. name, text)
    return directory .. "/" .. name
  end

  local function run(words, options) return program.run(words, options) end

  it("gives each process its own chance, also those of one second", function()
    local outcomes = task.map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function()
      return run({ "-e", "print(math.random(0))" }).stdout
    end, { limit = 4 })
    local seen = {}
    for _, outcome in ipairs(outcomes) do
      assert.is_nil(seen[outcome.value])
      seen[outcome.value] = true
    end
  end)

  it("runs all finalizers at the end, those of the newest objects first", function()
    local ran = run{ "-e", [[
      for index = 1, 3 do
        KEPT = { KEPT, setmetatable({}, { __gc = function() io.write(index, " ") end }) }
      end
      local registry = debug.getregistry()
      for key in pairs(registry) do
        if type(key) == "userdata" and type(registry[key]) == "table" then registry[key] = nil end
      end
      setmetatable({}, { __gc = function() io.write("collected ") end })
      collectgarbage()]] }
    assert.same({ 0, "collected 3 2 1 " }, { ran.code, ran.stdout }, ran.stderr)
  end)

  describe("runs", function()
    it("a script by path, with its arguments", function()
      local path = write("script.lua", "print(arg[0], #arg, arg[1], arg[2], ...)")
      assert.equal(path .. "\t2\ta\t-v\ta\t-v\n", run({ path, "a", "-v" }).stdout)
      assert.equal("script.lua\t0\tnil\tnil\n", run({ "script.lua" }, { cwd = directory }).stdout)
      assert.equal("./script.lua\t0\tnil\tnil\n", run({ "./script.lua" }, { cwd = directory }).stdout)
    end)

    it("a chunk, with the verbs at hand and its arguments", function()
      assert.equal("2\tx y\tfunction\t-e\n",
        run({ "-e", "print(#arg, ..., type(clock.now), nil or '-e')", "x y", "z" }).stdout:gsub("z\t", ""))
      assert.equal("true\n", run({ "-e", "print(os2.clock == clock and task == os2.task)" }).stdout)
    end)

    it("what stands on stdin", function()
      assert.equal("a\n", run({ "-", "a" }, { input = "print(...)" }).stdout)
    end)

    it("its own scripts by name", function()
      local ran = run{ "doctor", "--help" }
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("^Usage: os2 .*doctor", ran.stdout)
    end)

    it("a script that begins with a line for the shell", function()
      assert.equal("1\n", run({ write("s.lua", "#!/usr/bin/env os2\nprint(1)") }).stdout)
    end)
  end)

  describe("exits", function()
    local cases = {
      { "0 when all went well", { "-e", "" }, 0, "^$" },
      { "2 without a script", {}, 2, "nothing to run is named; os2 %-%-help" },
      { "2 for an unknown option", { "--frobnicate" }, 2, "unknown option %-%-frobnicate" },
      { "2 for -e without a chunk", { "-e" }, 2, "%-e needs a value" },
      { "2 for --policy without a file", { "--policy" }, 2, "%-%-policy needs a value" },
      { "2 for a name that is none, with the nearest", { "snapshto" }, 2, "no script named snapshto.*snapshot" },
      { "2 for a name far from all", { "qqqqqqqq" }, 2, "doctor, .*snapshot" },
      { "2 for a path that is none", { "./none.lua" }, 2, "cannot load the script.*none.lua" },
      { "3 for a fault in a policy file, asked or not", { "--policy", "fault.lua", "-e", "" }, 3,
        "^os2: policy: fault.lua:1: a policy file has no global \"polcy\"" },
      { "2 for a chunk that is no Lua", { "-e", "x =" }, 2, "%(%-e%):1:" },
      { "3 for a policy file that is none", { "--policy", "none.lua", "-e", "" }, 3,
        "none.lua %(named by %-%-policy%) does not exist" },
      { "1 for an error of the script", { "-e", "error('oh')" }, 1, "^os2: %(%-e%):1: oh\n$" },
      { "1 for an error that is no text", { "-e", "error({})" }, 1, "^os2: an error that is a table: {}" },
      { "1 for an error that is nothing", { "-e", "error()" }, 1, "^os2: " },
      { "1 for misuse of a verb", { "-e", "task.sleep('x')" }, 1, "^os2: %(%-e%):1: task.sleep" },
      { "1 for a verb that is none, with the nearest", { "-e", "daytona.snapshotz{}" }, 1,
        "^os2: %(%-e%):1: daytona has no verb 'snapshotz'; did you mean snapshot, snapshots%?\n$" },
      { "4 for what is not found", { "-e", "fs.read('/no/such')" }, 4, "^os2: fs.read: /no/such" },
      { "with the code an error names", { "-e",
        "err.raise(err.new{kind='invalid', exit='config', op='a', message='b', hint='c'})" }, 3,
        "^os2: a: b; c\n$" },
      { "1 for misuse of files", { "-e", "fs.list()" }, 1, "^os2: %(%-e%):1: fs.list: .* must be a string" },
      { "70 for a bug", { "-e", "string.format = nil clock.iso(0)" }, 70, "os2/clock.lua:%d+:" },
      { "3 in spite of a caught exit", { "-e", "pcall(os.exit, 3)" }, 3, "^$" },
    }
    for _, case in ipairs(cases) do
      local name, words, code, stderr = table.unpack(case)
      it(name, function()
        write("fault.lua", "polcy.api(1)")
        local ran = run(words, { cwd = directory })
        assert.equal(code, ran.code, ran.stderr)
        assert.matches(stderr, ran.stderr)
        assert.equal("", ran.stdout)
      end)
    end

    local function print_into(sink)
      local line = sink:format(program.path .. " --isolated -e 'print(1)'")
      return proc.run({ "bash", "-c", line }, { timeout = 30 })
    end

    it("1 when the result could not be written", function()
      local ran = print_into("exec 3>&1; { %s; echo $? >&3; } >/dev/full")
      assert.same({ "1\n", "os2: the result could not be written to stdout\n" }, { ran.stdout, ran.stderr })
    end)

    it("as it should when a standard stream came closed", function()
      for closed, says in pairs{
        ["<&-"] = "1\n0\n", [">&-"] = "1\n", ["2>&-"] = "1\n0\n", ["<&- >&- 2>&-"] = "1\n",
      } do
        local line = ("%s --isolated -e 'print(1) proc.run({\"true\"}, {timeout = 9})' %s; echo $?")
          :format(program.path, closed)
        local ran = proc.run({ "bash", "-c", line }, { timeout = 30 })
        assert.equal(says, ran.stdout, closed)
      end
    end)

    it("2 when it is to run a stdin that is closed", function()
      local ran = proc.run({ "bash", "-c", '"$1" --isolated - <&-', "bash", program.path }, { timeout = 30 })
      assert.equal(2, ran.code)
      assert.matches("^os2: cannot read stdin: [^\n]+; give the script on stdin [^\n]+\n$", ran.stderr)
    end)

    it("1 when it may open too few files, with the number", function()
      for _, count in ipairs{ 8, 16, 31 } do
        local ran = proc.run({ "bash", "-c", 'ulimit -n "$2" && exec "$1" --isolated -e ""', "bash",
          program.path, tostring(count) }, { timeout = 30 })
        assert.equal(1, ran.code)
        assert.equal(("os2: it needs 32 open files at least and may have %d; raise the limit (ulimit -n)\n")
          :format(count), ran.stderr)
      end
    end)

    it("as it should with just as many files as it needs", function()
      local line = 'ulimit -n 32 && exec "$1" --isolated resolve --provider docker --prefix x--'
      local ran = proc.run({ "bash", "-c", line,
        "bash", program.path }, { timeout = 30, env = { DOCKER_HOST = "unix:///no/such" } })
      assert.equal(75, ran.code, ran.stderr)
    end)

    it("3 when the current directory is gone and something is relative to it", function()
      local line = 'mkdir "$2" && cd "$2" && rmdir "$2" && shift 2 && exec "$@"'
      for _, words in ipairs{
        { "snapshot", "--provider", "docker", "--prefix", "x--" }, { "policy", "list", "--result", "x" },
        { "x.lua" }, { "-e", "fs.read('x')" }, { "-e", "fs.realpath('.')" }, { "--policy", "x", "-e", "" },
      } do
        local ran = proc.run({ "bash", "-c", line, "bash", "-", directory .. "/gone", program.path,
          "--isolated", table.unpack(words) }, { timeout = 30 })
        assert.equal(3, ran.code, ran.stderr)
        assert.matches("the current directory is gone", ran.stderr)
      end
    end)

    it("3 with the name when HOME is relative, wherever something of it is asked for", function()
      for _, words in ipairs{
        { "-e", "" }, { "resolve", "--prefix", "x--", "--provider", "docker" }, { "--isolated", "entry" },
        { "--isolated", "resolve", "--prefix", "x--", "--provider", "docker" },
      } do
        local env = { HOME = "somewhere", XDG_CONFIG_HOME = false, XDG_CACHE_HOME = false, DOCKER_CONFIG = false }
        local ran = proc.run({ program.path, table.unpack(words) }, { timeout = 30, cwd = directory, env = env })
        assert.equal(3, ran.code, ran.stderr)
        assert.matches('HOME is "somewhere", which is a relative path', ran.stderr)
        assert.same({}, fs.list(directory))
      end
    end)

    it("141, quietly, when the reader of the result has gone", function()
      local gone = ("p='%s/pipe'; mkfifo $p; exec 3<>$p 4>$p 3<&-; "):format(directory)
      assert.equal("141\n", print_into(gone .. "%s >&4; echo $? >&2").stderr)
    end)
  end)

  describe("tells", function()
    it("its usage and its own scripts", function()
      for _, option in ipairs{ "--help", "-h" } do
        local ran = run{ option }
        assert.equal(0, ran.code)
        for _, word in ipairs{ "Usage: os2", "%-%-policy FILE", "snapshot", "resolve", "doctor" } do
          assert.matches(word, ran.stdout)
        end
      end
    end)

    it("the versions of what it stands on, whatever a policy file holds", function()
      local ran = run{ "--policy", "none.lua", "--version" }
      assert.equal(0, ran.code, ran.stderr)
      for _, word in ipairs{ "^os2 %d", "Lua 5%.4", "libuv", "libcurl", "nghttp2", "libgit2", "cjson" } do
        assert.matches(word, ran.stdout)
      end
    end)

    it("tracebacks with -v only", function()
      assert.not_matches("traceback", run({ "-e", "error('oh')" }).stderr)
      assert.matches("oh\nstack traceback:", run({ "-v", "-e", "error('oh')" }).stderr)
    end)

    it("nothing that steers the terminal, and no secret that a server sent back", function()
      local ran = run({ "-e", [[err.raise(err.new{ kind = "invalid", op = "a",
        message = "b\27[2J\nc " .. os.getenv("SOME_API_KEY"), detail = os.getenv("SOME_API_KEY") .. "\27]0;x" })]] },
        { env = { SOME_API_KEY = "word%w-12345" } })
      assert.equal("  | *** ]0;x\nos2: a: b c ***\n", ran.stderr)
    end)

    it("a script's own message in its lines", function()
      assert.equal("os2: (-e):1: one\ntwo\n", run({ "-e", "error('one\\ntwo')" }).stderr)
    end)

    it("an error's detail, indented", function()
      local ran = run{ "-e", [[err.raise(err.new{ kind = "invalid", op = "a", message = "b", detail = "x\ny\n" })]] }
      assert.equal("  | x\n  | y\nos2: a: b\n", ran.stderr)
    end)
  end)

  describe("finds modules", function()
    it("beside itself, from any directory and through a link", function()
      local link = directory .. "/link"
      assert(lfs.link(program.path, link, true))
      local ran = proc.run({ link, "--isolated", "-e", "print(require('os2.clock') ~= nil)" },
        { timeout = 30, cwd = "/" })
      assert.equal("true\n", ran.stdout, ran.stderr)
    end)

    it("never in the current directory or the environment", function()
      write("evil.lua", "print('evil')")
      write("os2/clock.lua", "print('evil')")
      write("evil/init.lua", "print('evil')")
      local ran = run({ "-e", [[
        print(pcall(require, "evil") or pcall(require, "evil.init"))
        print(type(require("os2.clock").now))]] }, { cwd = directory, env = {
        LUA_PATH = "./?.lua", LUA_PATH_5_4 = directory .. "/?.lua", LUA_INIT = "print('evil')",
        LUA_INIT_5_4 = "print('evil')", LUA_CPATH = "./?.so",
      } })
      assert.equal("false\nfunction\n", ran.stdout, ran.stderr)
      ran = run{ "-e", "print(package.path .. ';' .. package.cpath)" }
      for entry in ran.stdout:gmatch("[^;\n]+") do assert.matches("^/", entry) end
    end)

    it("defines nothing for scripts but arg", function()
      local path = write("globals.lua", [[
        local known = {}
        for name in ("_G _VERSION arg assert collectgarbage coroutine debug dofile error getmetatable io ipairs "
          .. "load loadfile math next os package pairs pcall print rawequal rawget rawlen rawset require select "
          .. "setmetatable string table tonumber tostring type utf8 warn xpcall"):gmatch("%S+") do
          known[name] = true
        end
        for name in pairs(_G) do if not known[name] then print(name) end end
        print(pcall(function() return clock.now() end))]])
      assert.matches("^false\t.*global 'clock'", run({ path }).stdout)
    end)
  end)

  describe("policy files", function()
    local SET <const> = 'policy.api(1) policy.set("timeouts.connect", %d, {why = "test"})'
    local ASK <const> = 'print(policy.ask("timeouts.connect"))'

    it("are the user's and --policy's; --isolated takes the latter only", function()
      write("config/os2/policy.lua", SET:format(21))
      local given = write("given.lua", SET:format(22))
      local environment = { XDG_CONFIG_HOME = directory .. "/config", OS2_POLICY = false }
      local cases = {
        { {}, "21\n" }, { { "--isolated" }, "10\n" }, { { "--policy", given }, "22\n" },
        { { "--isolated", "--policy", given }, "22\n" },
      }
      for _, case in ipairs(cases) do
        local words = { program.path, table.unpack(case[1]) }
        table.move({ "-e", ASK }, 1, 2, #words + 1, words)
        local ran = proc.run(words, { timeout = 30, env = environment })
        assert.equal(case[2], ran.stdout, ran.stderr)
      end
    end)
  end)

  describe("a fault in the user's policy file", function()
    local FAULT <const> = 'policy.api(1)\npolicy.set("cache.ttl", 61)\npolicy.set("cache.tll", 60)\n'

    local function with_fault(words)
      write("config/os2/policy.lua", FAULT)
      return proc.run({ program.path, table.unpack(words) }, { timeout = 30, env = {
        XDG_CONFIG_HOME = directory .. "/config", OS2_POLICY = false, DAYTONA_API_KEY = false,
        DAYTONA_SNAPSHOT_PREFIX = "x--",
      } })
    end

    local SAYS <const> = "policy.lua:3: policy.set: there is no policy \"cache.tll\"; did you mean cache.ttl, "

    local RUNS <const> = {
      { { "help" }, 0, "daytona " }, { { "help", "resolve" }, 0, "Usage: os2 resolve" },
      { { "--help" }, 0, "Usage: os2 " }, { { "--version" }, 0, "libuv" },
      { { "doctor" }, 3, "BAD policies" }, { { "policy", "list" }, 3, "cache.ttl +300 s" },
      { { "policy", "explain", "cache.ttl" }, 3, "value    300 s" },
    }
    for _, case in ipairs(RUNS) do
      local words, code, stdout = table.unpack(case)
      it("does not stop `os2 " .. table.concat(words, " ") .. "`, which shows it once", function()
        local ran = with_fault(words)
        assert.equal(code, ran.code, ran.stderr)
        assert.matches(stdout, ran.stdout)
        assert.equal(1, select(2, ran.stderr:gsub(SAYS:gsub("%p", "%%%0"), "")))
        assert.truthy(ran.stderr:find("--isolated", 1, true))
      end)
    end

    it("is the error of the document, beside what was asked for", function()
      local document = json.decode(with_fault{ "policy", "explain", "cache.ttl", "--json" }.stdout)
      assert.same({ false, "invalid", 300 }, { document.ok, document.error.kind, document.policy.value })
    end)

    it("stops all else, and names the way around it, which works", function()
      for _, words in ipairs{ { "resolve" }, { "-e", "" }, { "machine", "list" } } do
        local ran = with_fault(words)
        assert.equal(3, ran.code)
        assert.truthy(ran.stderr:find("--isolated", 1, true), ran.stderr)
      end
      assert.equal(0, with_fault{ "--isolated", "-e", "" }.code)
    end)

    it("stops a script before its first step, whatever its text says", function()
      local scripts = {
        '-- require("os2.cli")\nprint("ran")', 'local os2_cli = "os2.cli"\nio.stdout:write("ran")',
        'written = "ran"', 'local err = require("os2.err")\nprint("ran")', "-- nothing", "local x = 1",
      }
      for _, text in ipairs(scripts) do
        local ran = with_fault{ write("script.lua", text) }
        assert.same({ 3, "" }, { ran.code, ran.stdout }, text)
        assert.equal(1, select(2, ran.stderr:gsub(SAYS:gsub("%p", "%%%0"), "")), text)
      end
    end)

    it("is told by a script that says it is a command, in its document", function()
      local command = 'local cli = require("os2.cli")\nseen = arg[0]\n'
        .. 'cli.run{ name = "x", summary = "x.", run = function() return { seen = seen } end }'
      local path = write("command.lua", command)
      local ran = with_fault{ path, "--json" }
      assert.same({ 3, "invalid" }, { ran.code, json.decode(ran.stdout).error.kind })
      ran = with_fault{ path, "--json", "--isolated" }
      assert.same({ 0, path }, { ran.code, json.decode(ran.stdout).seen }, ran.stderr)
    end)

    it("at its call names it as well", function()
      write("config/os2/policy.lua", 'policy.api(1) policy.override("naming.format", function() error("oh") end)')
      local ran = proc.run({ program.path, "-e", "policy.ask('naming.format', {})" }, { timeout = 30, env = {
        XDG_CONFIG_HOME = directory .. "/config", OS2_POLICY = false,
      } })
      assert.equal(3, ran.code)
      assert.truthy(ran.stderr:find("--isolated", 1, true), ran.stderr)
    end)
  end)

  describe("os2's own options", function()
    it("stand before a command or behind its name", function()
      local given = write("given.lua", 'policy.api(1) policy.set("cache.ttl", 62)')
      for _, words in ipairs{
        { "--policy", given, "policy", "list" }, { "policy", "--policy", given, "list" },
        { "policy", "list", "--policy", given }, { "policy", "list", "--policy=" .. given, "-v" },
      } do
        local ran = run(words)
        assert.matches("cache.ttl +62 s", ran.stdout, 1, ran.stderr)
      end
      write("config/os2/policy.lua", 'policy.api(1) policy.set("cache.ttl", 63)')
      local options = { timeout = 30, env = { XDG_CONFIG_HOME = directory .. "/config", OS2_POLICY = false } }
      assert.matches("cache.ttl +63 s", proc.run({ program.path, "policy", "list" }, options).stdout)
      assert.matches("cache.ttl +300 s", proc.run({ program.path, "policy", "list", "--isolated" }, options).stdout)
      local ran = run{ "machine", "list", "--provider", "docker", "--context", "no-such-context" }
      assert.truthy(ran.stderr:find("no-such-context", 1, true), ran.stderr)
    end)

    it("before a command are told from its own", function()
      local ran = run{ "--json", "resolve" }
      assert.equal(2, ran.code)
      assert.truthy(ran.stderr:find("a command's stand behind its name: os2 NAME --json", 1, true))
      assert.truthy(run{ "--isolted" }.stderr:find("did you mean --isolated?", 1, true))
      assert.truthy(run{ "snapshot", "--help" }.stdout:find("os2 --context NAME", 1, true))
    end)
  end)

  it("leaves nothing in the directory it runs in", function()
    run({ "-e", "fs.exists('.')" }, { cwd = directory })
    assert.same({}, fs.list(directory))
  end)
end)
