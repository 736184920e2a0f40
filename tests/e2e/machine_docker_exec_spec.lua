--- `os2 machine exec`, `logs` and `cp` with containers of the local engine.
local docker = require("os2.docker")
local docker_machines = require("tests.lib.docker_machines")
local fixture = require("tests.lib.docker_fixture")
local forward = require("tests.lib.forward")
local fs = require("os2.fs")
local http = require("os2.http")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local lfs = require("lfs")
local patience = require("tests.lib.patience")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-+$", "")
local NAME <const> = docker_machines.NAME
local KEYLESS <const> = docker_machines.KEYLESS

describe("machine --provider docker", function()
  local shared = docker_machines.new()
  local world

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  after_each(shared.clean)

  local machine, assert_ok, create = shared.machine, shared.assert_ok, shared.create

  it("exec keeps the argv, both streams and the exit code", function()
    assert_ok(create{ "--env", "A=1" })
    local ran = machine{ "exec", NAME, "--", "sh", "-c",
      'printf "%s|" "$@" "$A"; echo err >&2; exit 3', "sh", "a  b", "it's", "$HOME", "*", "" }
    assert.equal(3, ran.code, ran.stderr)
    assert.equal("a  b|it's|$HOME|*||1|", ran.stdout)
    assert.equal("err\n", ran.stderr)
    local large = assert_ok(machine{ "exec", NAME, "--", "head", "-c", "3000000", "/dev/zero" })
    assert.equal(3000000, #large.stdout)
    assert.equal(125, machine{ "exec", OWN .. "-nope", "--", "true" }.code)
  end)

  it("exec and logs give valid JSON whatever is written", function()
    assert_ok(create())
    local ran = assert_ok(machine{ "exec", "--json", NAME, "--", "sh", "-c",
      "printf 'a\\377b'; printf '\\303' >&2" })
    local document = json.decode(ran.stdout)
    assert.same({ "a?b", "?" }, { document.stdout, document.stderr })
    assert.is_truthy(utf8.len(ran.stdout))
  end)

  describe("exec that ends early ends its command, and what that has started,", function()
    local STUBBORN <const> = "trap '' TERM; sleep 3600 & echo begun; while :; do sleep 0.1; done"

    local function processes()
      local count = 0
      for _, row in ipairs(docker.api.container_top{ id = NAME }.Processes) do
        if table.concat(row, " "):find("sleep", 1, true) then count = count + 1 end
      end
      return count
    end

    local function wait_begun()
      patience.until_true("the command runs in the machine", function() return processes() > 0 end)
    end

    local function assert_all_end()
      patience.until_true("the command has ended, and what it has started",
        function() return processes() == 0 end)
    end

    -- Reads what a process writes, and cuts its connection once the command has said that it runs: the
    -- command may run before the engine has answered that it does.
    local function cut_once_begun(process, between)
      local said = { stdout = "", stderr = "" }
      task.group(function(group)
        group:spawn(function()
          for event in process do said[event.stream] = said[event.stream] .. event.data end
        end)
        patience.until_true("the command has begun", function() return said.stdout:find("begun", 1, true) end)
        between:cut()
      end)
      return said.stderr
    end

    before_each(function()
      world:write("policy.lua", 'policy.api(1)\npolicy.set("machine.exec_grace", 0.3)\n')
      assert_ok(create{ "--label", "job=" .. OWN })
    end)

    it("at its deadline", function()
      local ran = machine({ "exec", "--timeout", "1", NAME, "--", "sh", "-c", STUBBORN },
        { OS2_POLICY = "policy.lua" })
      assert.equal(125, ran.code, ran.stderr)
      assert_all_end()
    end)

    it("when it is interrupted", function()
      local ended = interrupt.run(world, { "machine", "exec", "--provider", "docker", NAME, "--",
        "sh", "-c", STUBBORN }, function() return processes() > 0 end, {
        environment = { OS2_POLICY = "policy.lua", DAYTONA_API_KEY = false },
      })
      assert.equal(130, ended.code, ended.stderr)
      assert_all_end()
    end)

    it("when its connection is cut, which is no end of its own", function()
      local between = forward.start(fixture.socket())
      local process <close> = world:spawn({ "machine", "exec", "--provider", "docker", NAME, "--",
        "sh", "-c", STUBBORN }, {
        DOCKER_HOST = between:url("tcp"), OS2_POLICY = "policy.lua", DAYTONA_API_KEY = false,
      })
      local said = cut_once_begun(process, between)
      between:stop()
      assert.equal(125, process:result().code, said)
      assert.truthy(said:find("was cut while the command still runs", 1, true), said)
      assert_all_end()
    end)

    it("at the deadline of an each that was killed and resumed", function()
      local process <close> = world:spawn({ "machine", "each", "--provider", "docker", "--label",
        "job=" .. OWN, "--log", "late.ndjson", "--", "sh", "-c", STUBBORN }, KEYLESS)
      wait_begun()
      process:kill(proc.signals.KILL)
      for _ in process do end -- luacheck: ignore 542
      local ran = machine({ "each", "--quiet", "--resume", "late.ndjson", "--timeout", "1" },
        { OS2_POLICY = "policy.lua" })
      assert.equal("0 ok, 1 failed, 0 skipped\n", ran.stdout)
      assert_all_end()
    end)
  end)

  it("logs come in their streams, followed until the end", function()
    assert_ok(create{ "--wait-healthy" })
    local ran = shared.logged("a request", "ready for requests\n")
    assert.equal("listening\n", ran.stdout:sub(1, 10))
    assert.equal("ready for requests\n", ran.stderr)
    local _, before = ran.stdout:gsub("a request", "") -- a slow machine is asked for its health again
    local outcomes = task.map({ 1, 2 }, function(index)
      if index == 1 then return machine{ "logs", NAME, "--follow" } end
      task.sleep(0.3)
      http.request{ url = machine{ "url", NAME }.stdout:gsub("\n", ""), timeout = patience.SECONDS }
      machine{ "stop", NAME }
    end)
    local _, requests = assert_ok(outcomes[1].value).stdout:gsub("a request", "")
    assert.equal(before + 1, requests)
  end)

  it("cp takes files and directories there and back", function()
    assert_ok(create())
    world:write("tree/a b.txt", "one\n")
    world:write("tree/deep/c,&.bin", ("\0\1\2"):rep(1000000))
    assert_ok(machine{ "cp", "tree", NAME .. ":/copy" })
    assert_ok(machine{ "cp", "tree/a b.txt", NAME .. ":/copy/deep/" })
    assert_ok(machine{ "cp", NAME .. ":/copy", "back" })
    assert_ok(machine{ "cp", NAME .. ":/copy/a b.txt", "." })
    local same = proc.run({ "sh", "-c",
      "cmp 'tree/deep/c,&.bin' 'back/deep/c,&.bin' && cmp 'back/deep/a b.txt' 'a b.txt'" }, {
      cwd = world.project, timeout = patience.SECONDS,
    })
    assert.equal(0, same.code, same.stdout .. same.stderr)
    assert.equal(4, machine{ "cp", "tree", NAME .. ":/none/x" }.code)
    assert.equal(4, machine{ "cp", NAME .. ":/none", "x" }.code)
  end)

  it("cp that breaks off leaves what is there as it was", function()
    assert_ok(create())
    assert_ok(machine{ "exec", NAME, "--", "sh", "-c", "head -c 30000000 /dev/zero > /large" })
    world:write("broken/large", "old\n")
    local function names() return fs.list(world.project .. "/broken") end
    local between = forward.start(fixture.socket(), nil, 1000000) -- of a file it passes a part
    local process <close> = world:spawn({ "machine", "cp", "--provider", "docker", NAME .. ":/large",
      "broken" }, { DOCKER_HOST = between:url("tcp"), DAYTONA_API_KEY = false })
    patience.until_true("the copy is under way", function() return #names() > 1 end)
    between:cut()
    for _ in process do end -- luacheck: ignore 542
    between:stop()
    assert.not_equal(0, process:result().code)
    assert.same({ "large" }, names())
    assert.equal("old\n", fs.read(world.project .. "/broken/large"))
  end)

  it("cp puts no file in a directory's place, nor a directory in a file's", function()
    assert_ok(create())
    world:write("file", "mine\n")
    world:write("dir/file/x", "kept\n")
    assert_ok(machine{ "exec", NAME, "--", "sh", "-c", "mkdir -p /d/file; echo 1 > /f; echo 2 > /d/file/y" })
    for _, words in ipairs{ { "dir", NAME .. ":/f" }, { "file", NAME .. ":/d" },
      { NAME .. ":/d", "file" }, { NAME .. ":/f", "dir/file/../.." } } do
      if words[2] == "dir/file/../.." then world:write("f/kept", "") end
      local ran = machine{ "cp", table.unpack(words) }
      assert.equal(6, ran.code, table.concat(words, " ") .. ran.stderr)
      assert.truthy(ran.stderr:find("neither can replace the other", 1, true), ran.stderr)
    end
    assert.equal("1\n2\n", machine{ "exec", NAME, "--", "cat", "/f", "/d/file/y" }.stdout)
    assert.equal("mine\n", fs.read(world.project .. "/file"))
    -- Also deep inside: nothing of what was there is gone.
    world:write("in/f/deep", "x\n")
    assert_ok(machine{ "exec", NAME, "--", "sh", "-c", "mkdir /in; echo 3 > /in/f" })
    assert.not_equal(0, machine{ "cp", "in", NAME .. ":/" }.code)
    assert.equal("3\n", machine{ "exec", NAME, "--", "cat", "/in/f" }.stdout)
  end)

  it("cp copies a link as a link, and what it leads to with a slash behind it", function()
    assert_ok(create())
    world:write("linked/file", "x\n")
    assert(lfs.link("linked", world.project .. "/link", true))
    assert_ok(machine{ "cp", "link", NAME .. ":/link" })
    assert_ok(machine{ "cp", "link/", NAME .. ":/whole" })
    assert.equal("linked\nfile\n", assert_ok(machine{ "exec", NAME, "--", "sh", "-c",
      "readlink /link; ls /whole" }).stdout)
    assert_ok(machine{ "exec", NAME, "--", "ln", "-s", "whole", "/other" })
    assert_ok(machine{ "cp", NAME .. ":/other", "one" })
    assert_ok(machine{ "cp", NAME .. ":/other/", "two" })
    assert.equal("whole", lfs.symlinkattributes(world.project .. "/one", "target"))
    assert.equal("x\n", fs.read(world.project .. "/two/file"))
  end)
end)
