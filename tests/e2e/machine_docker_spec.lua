--- scripts/machine.lua on the real engine: a machine is a container that serves port 3000.
local docker = require("os2.docker")
local forward = require("tests.lib.forward")
local fs = require("os2.fs")
local http = require("os2.http")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local KEYLESS <const> = { DAYTONA_API_KEY = false, DAYTONA_API_URL = "http://127.0.0.1:1/api" }
local OWN <const> = worlds.PREFIX:gsub("%-+$", "")

describe("machine --provider docker", function()
  local world, snapshot

  local function run(words, changes)
    for name, value in pairs(KEYLESS) do
      changes = changes or {}
      changes[name] = value
    end
    return world:run(words, changes)
  end

  -- `os2 machine VERB --provider docker …`
  local function machine(words, changes)
    return run({ "machine", words[1], "--provider", "docker", table.unpack(words, 2) }, changes)
  end

  local function make_snapshot(dockerfile)
    world:write("sandbox/Dockerfile", dockerfile)
    local ran = run{ "snapshot", "--provider", "docker" }
    assert(ran.code == 0, ran.stderr)
    return (ran.stdout:gsub("\n", ""))
  end

  setup(function()
    world = worlds.start()
    local made = proc.run({ "cc", "-std=gnu17", "-O1", "-static", "-o", world.project .. "/served",
      "tests/lib/served.c" }, { timeout = 60 })
    assert(made.code == 0, made.stderr)
    snapshot = make_snapshot(("FROM %s\nCOPY served /served\nCMD [\"/served\"]\n"):format(
      worlds.base_image()))
  end)

  teardown(function()
    if snapshot then docker.untag(snapshot .. ":snapshot") end
    if world then world:stop() end
  end)

  local function containers()
    local found = {}
    for _, container in ipairs((docker.api.container_list{ all = true })) do
      if container.Names[1]:find(OWN, 1, true) then found[#found + 1] = container end
    end
    return found
  end

  after_each(function()
    for _, container in ipairs(containers()) do
      docker.api.container_delete{ id = container.Id, force = true, v = true }
    end
  end)

  local function assert_ok(ran)
    assert.equal(0, ran.code, ran.stderr)
    return ran
  end

  local function assert_refused(ran, code, ...)
    assert.equal(code, ran.code, ran.stderr)
    assert.equal("", ran.stdout)
    for _, words in ipairs{ ... } do
      assert.truthy(ran.stderr:find(words, 1, true), ran.stderr)
    end
    assert.same({}, containers())
  end

  local NAME <const> = OWN .. "-m"

  local function create(words, changes)
    return machine({ "create", "--name", NAME, "--snapshot", snapshot, table.unpack(words or {}) },
      changes)
  end

  it("makes one from the newest snapshot, published on 127.0.0.1 alone", function()
    local ran = assert_ok(machine{ "create", "--wait-healthy", "--env", "A=1", "--json" })
    assert.truthy(ran.stderr:find("LOCAL ONLY", 1, true))
    local made = json.decode(ran.stdout).machines[1]
    assert.equal(snapshot, made.snapshot)
    assert.truthy(made.url:match("^http://127%.0%.0%.1:%d+$"), made.url)
    assert.equal("served\n", http.request{ url = made.url, timeout = 5 }.body)
    local ports = docker.api.container_inspect{ id = made.id }.NetworkSettings.Ports["3000/tcp"]
    assert.equal(1, #ports)
    assert.equal("127.0.0.1", ports[1].HostIp)
  end)

  it("asks whether it is healthy as its daemon is asked, or as a policy says", function()
    assert_ok(create{ "--wait-healthy" })
    assert.matches("a request for /api/health\n", machine{ "logs", NAME }.stdout)
    assert_ok(machine{ "delete", NAME })
    world:write("policy.lua", 'policy.api(1)\npolicy.set("machine.health_path", "/up")\n')
    assert_ok(create({ "--wait-healthy" }, { OS2_POLICY = "policy.lua" }))
    local asked = machine{ "logs", NAME }.stdout
    assert.matches("a request for /up\n", asked)
    assert.not_matches("/api/health", asked)
  end)

  it("finds the port anew after each start", function()
    assert_ok(create())
    local signed = assert_ok(machine{ "url", NAME, "--signed", "60" })
    assert.truthy(signed.stderr:find("--signed has no effect here", 1, true), signed.stderr)
    local first = assert_ok(machine{ "url", NAME }).stdout
    assert_ok(machine{ "stop", NAME })
    local ran = machine{ "url", NAME }
    assert.equal(6, ran.code)
    assert.truthy(ran.stderr:find("os2 machine start --provider docker " .. NAME, 1, true), ran.stderr)
    for _, words in ipairs{ { "exec", NAME, "--", "true" }, { "get", OWN .. "-nope" } } do
      ran = machine(words)
      assert.truthy(ran.stderr:find("os2 machine %l+ %-%-provider docker"), ran.stderr)
    end
    assert_ok(machine{ "start", NAME })
    local second = assert_ok(machine{ "url", NAME }).stdout
    assert.not_equal(first, second)
    assert.equal(200, http.request{ url = second:gsub("\n", ""), timeout = 5 }.status)
  end)

  it("lists, tells and deletes", function()
    assert_ok(create{ "--label", "team=x" })
    local listed = json.decode(assert_ok(machine{ "list", "--label", "team=x", "--json" }).stdout)
    assert.equal(NAME, listed.machines[1].name)
    assert.equal("started", listed.machines[1].state)
    assert.truthy(assert_ok(machine{ "get", NAME }).stdout:find("team=x", 1, true))
    assert.equal(NAME .. "\n", assert_ok(machine{ "delete", NAME }).stdout)
    assert.equal(4, machine{ "get", NAME }.code)
  end)

  it("knows a machine by its name or whole id, whatever labels are given", function()
    assert_ok(create{ "--label", "os2.machine=other", "--label", "os2.snapshot=none" })
    local machines = json.decode(assert_ok(machine{ "list", "--json" }).stdout).machines
    local made
    for _, listed in ipairs(machines) do made = listed.name == NAME and listed or made end
    assert.equal(snapshot, made.snapshot)
    assert.equal(4, machine{ "delete", made.id:sub(1, 12) }.code)
    assert_ok(machine{ "get", made.id })
    assert_ok(machine({ "get", NAME }, { DOCKER_AUTH_CONFIG = "{" }))
    local ran = machine{ "stop", OWN .. "-nope", "--json" }
    assert.truthy(ran.stdout:find('"machines":[]', 1, true), ran.stdout)
  end)

  it("takes no container for a machine that is none", function()
    docker.api.container_create{ name = NAME, Image = docker.image(snapshot .. ":snapshot").Id }
    assert.equal(4, machine{ "delete", NAME }.code)
    assert.equal(6, create().code)
    assert.equal(1, #containers())
  end)

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

    local function assert_all_end()
      for _ = 1, 100 do
        if processes() == 0 then return end
        task.sleep(0.1)
      end
      assert.equal(0, processes())
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
      local between = forward.start("/var/run/docker.sock")
      local process <close> = world:spawn({ "machine", "exec", "--provider", "docker", NAME, "--",
        "sh", "-c", STUBBORN }, {
        DOCKER_HOST = between:url("tcp"), OS2_POLICY = "policy.lua", DAYTONA_API_KEY = false,
      })
      while processes() == 0 do task.sleep(0.05) end
      between:cut()
      local said = ""
      for event in process do
        if event.stream == "stderr" then said = said .. event.data end
      end
      between:stop()
      assert.equal(125, process:result().code, said)
      assert.truthy(said:find("was cut while the command still runs", 1, true), said)
      assert_all_end()
    end)

    it("at the deadline of an each that was killed and resumed", function()
      local process <close> = world:spawn({ "machine", "each", "--provider", "docker", "--label",
        "job=" .. OWN, "--log", "late.ndjson", "--", "sh", "-c", STUBBORN }, KEYLESS)
      while processes() == 0 do task.sleep(0.05) end
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
    local ran = assert_ok(machine{ "logs", NAME })
    assert.equal("listening\n", ran.stdout:sub(1, 10))
    assert.equal("ready for requests\n", ran.stderr)
    local outcomes = task.map({ 1, 2 }, function(index)
      if index == 1 then return machine{ "logs", NAME, "--follow" } end
      task.sleep(0.3)
      http.request{ url = machine{ "url", NAME }.stdout:gsub("\n", ""), timeout = 5 }
      machine{ "stop", NAME }
    end)
    local _, requests = assert_ok(outcomes[1].value).stdout:gsub("a request", "")
    assert.equal(2, requests)
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
      cwd = world.project, timeout = 5,
    })
    assert.equal(0, same.code, same.stdout .. same.stderr)
    assert.equal(4, machine{ "cp", "tree", NAME .. ":/none/x" }.code)
    assert.equal(4, machine{ "cp", NAME .. ":/none", "x" }.code)
  end)

  it("cp that breaks off leaves what is there as it was", function()
    assert_ok(create())
    assert_ok(machine{ "exec", NAME, "--", "sh", "-c", "head -c 300000000 /dev/zero > /large" })
    world:write("broken/large", "old\n")
    local function names() return fs.list(world.project .. "/broken") end
    local between = forward.start("/var/run/docker.sock")
    local process <close> = world:spawn({ "machine", "cp", "--provider", "docker", NAME .. ":/large",
      "broken" }, { DOCKER_HOST = between:url("tcp"), DAYTONA_API_KEY = false })
    while #names() < 2 do task.sleep(0.005) end
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
      assert.truthy(ran.stderr:find("neither takes the other's place", 1, true), ran.stderr)
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

  it("says what it has not, and leaves the machine as it is: archive", function()
    assert_ok(create())
    local ran = machine{ "archive", NAME }
    assert.equal(2, ran.code)
    assert.truthy(ran.stderr:find("os2 machine stop --provider docker", 1, true), ran.stderr)
    assert.equal("running", containers()[1].State)
  end)

  it("each runs a command in every machine", function()
    assert_ok(machine{ "create", "--count", "3", "--name", NAME, "--label", "job=" .. OWN })
    assert_ok(machine{ "stop", NAME .. "-2" })
    local ran = machine{ "each", "--quiet", "--label", "job=" .. OWN, "--log", "run.ndjson", "--", "hostname" }
    assert.equal("2 ok, 0 failed, 1 skipped\n", assert_ok(ran).stdout)
    assert_ok(machine{ "start", NAME .. "-2" })
    ran = machine{ "each", "--quiet", "--label", "job=" .. OWN, "--resume", "run.ndjson" }
    assert.equal("3 ok, 0 failed, 0 skipped\n", assert_ok(ran).stdout)
  end)

  it("each, killed and resumed, runs the command once in every machine", function()
    assert_ok(machine{ "create", "--count", "4", "--name", NAME, "--label", "job=" .. OWN })
    local process <close> = world:spawn({ "machine", "each", "--provider", "docker", "--label",
      "job=" .. OWN, "--limit", "2", "--log", "killed.ndjson", "--", "sh", "-c",
      "echo x >> /ran; sleep 0.6" }, KEYLESS)
    local log = world.project .. "/killed.ndjson"
    while not (fs.exists(log) and fs.read(log):find('"done"', 1, true)) do task.sleep(0.02) end
    task.sleep(0.2)
    process:kill(proc.signals.KILL)
    for _ in process do end -- luacheck: ignore 542
    local ran = machine{ "each", "--quiet", "--label", "job=" .. OWN, "--resume", "killed.ndjson" }
    assert.equal("4 ok, 0 failed, 0 skipped\n", assert_ok(ran).stdout)
    for index = 1, 4 do
      assert.equal("x\n", machine{ "exec", ("%s-%d"):format(NAME, index), "--", "cat", "/ran" }.stdout)
    end
  end)

  describe("leaves nothing when", function()
    it("the snapshot is unknown", function()
      assert_refused(machine{ "create", "--name", NAME, "--snapshot", "nope" }, 4, "nope")
    end)

    it("its program cannot be started", function()
      local broken = make_snapshot("FROM scratch\nCOPY hello /hello\nCMD [\"/nope\"]\n")
      local ran = machine{ "create", "--name", NAME, "--snapshot", broken }
      docker.untag(broken .. ":snapshot")
      assert_refused(ran, 1, "/nope")
    end)

    it("its program ends at once", function()
      local ending = make_snapshot(("FROM %s\nCMD [\"false\"]\n"):format(worlds.base_image()))
      local ran = machine{ "create", "--name", NAME, "--snapshot", ending, "--wait-healthy" }
      docker.untag(ending .. ":snapshot")
      assert_refused(ran, 1, "ended with code 1")
    end)

    it("it does not become healthy", function()
      world:write("policy.lua", 'policy.api(1)\npolicy.set("machine.port", 3001)\n'
        .. 'policy.set("timeouts.machine_healthy", 1)\n')
      assert_refused(create({ "--wait-healthy" }, { OS2_POLICY = "policy.lua" }), 5, "not healthy")
    end)

    it("it is interrupted while it is to become healthy", function()
      world:write("policy.lua", 'policy.api(1)\npolicy.set("machine.port", 3001)\n')
      local ended = interrupt.run(world, { "machine", "create", "--provider", "docker", "--name",
        NAME, "--snapshot", snapshot, "--wait-healthy" }, function() return #containers() > 0 end, {
        environment = { OS2_POLICY = "policy.lua", DAYTONA_API_KEY = false },
      })
      assert.equal(130, ended.code, ended.stderr)
      assert.same({}, containers())
    end)

    it("it is interrupted among many", function()
      local ended = interrupt.run(world, { "machine", "create", "--provider", "docker", "--name",
        NAME, "--snapshot", snapshot, "--count", "8", "--limit", "4" },
        function() return #containers() > 2 end, { environment = { DAYTONA_API_KEY = false } })
      assert.equal(130, ended.code, ended.stderr)
      assert.same({}, containers())
    end)
  end)
end)
