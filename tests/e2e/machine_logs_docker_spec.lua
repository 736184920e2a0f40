--- `os2 machine logs` of containers of the local engine. What the docker command prints says what is
--- right.
local docker = require("os2.docker")
local docker_machines = require("tests.lib.docker_machines")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local DOCKER <const> = "/usr/bin/docker"
local OWN <const> = docker_machines.NAME
local SCRIPT <const> = "echo one; echo two >&2; sleep 1.2; echo three; echo four"

describe("machine logs, on the local engine", function()
  local shared = docker_machines.new()
  local world

  local function start(name, script)
    local id = docker.api.container_create{
      name = name, Image = worlds.base_image(), Cmd = { "sh", "-c", script },
      Labels = { ["os2.machine"] = name, ["os2.snapshot"] = "x" },
    }.Id
    docker.api.container_start{ id = id }
    return id
  end

  setup(function()
    world = worlds.start()
    docker.api.container_wait{ id = start(OWN, SCRIPT) }
  end)
  teardown(function()
    shared.clean()
    world:stop()
  end)

  local function logs(...)
    return world:run({ "machine", "logs", "--provider", "docker", ... },
      { DAYTONA_API_KEY = false })
  end

  it("--tail and --since, as the docker command", function()
    for _, options in ipairs{ {}, { "--tail", "1" }, { "--tail", "3" }, { "--tail", "0" },
      { "--since", "1h" } } do
      local theirs = proc.run({ DOCKER, "logs", OWN, table.unpack(options) }, { timeout = 30 })
      local own = logs(OWN, table.unpack(options))
      assert.same({ theirs.code, theirs.stdout, theirs.stderr },
        { own.code, own.stdout, own.stderr }, table.concat(options, " "))
    end
  end)

  it("--follow of two machines, which goes on until both have ended", function()
    start(OWN .. "-2", "sleep 0.5; echo late")
    start(OWN .. "-3", "echo early; sleep 1; echo later >&2")
    local ran
    task.timeout(30, function() ran = logs("--follow", OWN .. "-2", OWN .. "-3") end)
    local lines = {}
    for line in ran.stdout:gmatch("[^\n]+") do lines[#lines + 1] = line end
    table.sort(lines)
    assert.same({ 0, OWN .. "-2 | late", OWN .. "-3 | early" }, { ran.code, table.unpack(lines) })
    assert.equal(OWN .. "-3 | later\n", ran.stderr)
  end)
end)
