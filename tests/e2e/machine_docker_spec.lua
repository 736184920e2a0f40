--- `os2 machine` with containers of the local engine: made, listed, changed, undone.
local docker = require("os2.docker")
local docker_machines = require("tests.lib.docker_machines")
local fs = require("os2.fs")
local http = require("os2.http")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local patience = require("tests.lib.patience")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-+$", "")
local NAME <const> = docker_machines.NAME
local KEYLESS <const> = docker_machines.KEYLESS

describe("machine --provider docker", function()
  local shared = docker_machines.new()
  local world, snapshot

  setup(function() world, snapshot = shared.start() end)
  teardown(shared.stop)
  after_each(shared.clean)

  local machine, make_snapshot, containers, assert_ok, assert_refused, create =
    shared.machine, shared.make_snapshot, shared.containers, shared.assert_ok,
    shared.assert_refused, shared.create

  it("makes one from the newest snapshot, published on 127.0.0.1 alone", function()
    local ran = assert_ok(machine{ "create", "--wait-healthy", "--env", "A=1", "--json" })
    assert.truthy(ran.stderr:find("LOCAL ONLY", 1, true))
    local made = json.decode(ran.stdout).machines[1]
    assert.equal(snapshot, made.snapshot)
    assert.truthy(made.url:match("^http://127%.0%.0%.1:%d+$"), made.url)
    assert.equal("served\n", http.request{ url = made.url, timeout = patience.SECONDS }.body)
    local ports = docker.api.container_inspect{ id = made.id }.NetworkSettings.Ports["3000/tcp"]
    assert.equal(1, #ports)
    assert.equal("127.0.0.1", ports[1].HostIp)
  end)

  it("asks whether it is healthy as its daemon is asked, or as a policy says", function()
    assert_ok(create{ "--wait-healthy" })
    shared.logged("a request for /api/health\n")
    assert_ok(machine{ "delete", NAME })
    world:write("policy.lua", 'policy.api(1)\npolicy.set("machine.health_path", "/up")\n')
    assert_ok(create({ "--wait-healthy" }, { OS2_POLICY = "policy.lua" }))
    assert.not_matches("/api/health", shared.logged("a request for /up\n").stdout)
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
    -- its program begins to listen a moment after it was started
    patience.until_true("it answers there", function()
      local answer = task.try(http.request, { url = second:gsub("\n", ""), timeout = patience.SECONDS })
      return answer and answer.status == 200
    end)
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
    patience.until_true("a first machine is done",
      function() return fs.exists(log) and fs.read(log):find('"done"', 1, true) end)
    task.sleep(0.2)
    process:kill(proc.signals.KILL)
    for _ in process do end -- luacheck: ignore 542
    local ran = machine{ "each", "--quiet", "--label", "job=" .. OWN, "--resume", "killed.ndjson" }
    assert.equal("4 ok, 0 failed, 0 skipped\n", assert_ok(ran).stdout)
    for index = 1, 4 do
      assert.equal("x\n", machine{ "exec", ("%s-%d"):format(NAME, index), "--", "cat", "/ran" }.stdout)
    end
  end)

  -- Of an interrupt what counts is that all is cleaned up, however long the engine takes for it.
  local CALM <const> = 'policy.api(1)\npolicy.set("timeouts.machine_cleanup", 60)\n'
    .. 'policy.set("machine.settle", 10)\n'

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
      world:write("policy.lua", CALM .. 'policy.set("machine.port", 3001)\n')
      local ended = interrupt.run(world, { "machine", "create", "--provider", "docker", "--name",
        NAME, "--snapshot", snapshot, "--wait-healthy" }, function() return #containers() > 0 end, {
        environment = { OS2_POLICY = "policy.lua", DAYTONA_API_KEY = false },
      })
      assert.equal(130, ended.code, ended.stderr)
      assert.same({}, containers())
    end)

    it("it is interrupted among many", function()
      world:write("policy.lua", CALM)
      local ended = interrupt.run(world, { "machine", "create", "--provider", "docker", "--name",
        NAME, "--snapshot", snapshot, "--count", "8", "--limit", "4" }, function() return #containers() > 2 end, {
        environment = { OS2_POLICY = "policy.lua", DAYTONA_API_KEY = false },
      })
      assert.equal(130, ended.code, ended.stderr)
      assert.same({}, containers())
    end)
  end)
end)
