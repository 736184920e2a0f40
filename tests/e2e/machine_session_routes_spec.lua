--- `os2 machine exec -i` over every way to an engine: the command reads the end of its stdin, and
--- its output still comes.
local docker_machines = require("tests.lib.docker_machines")
local fixture = require("tests.lib.docker_fixture")
local forward = require("tests.lib.forward")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local NAME <const> = docker_machines.NAME

describe("machine exec -i", function()
  local shared = docker_machines.new()
  local world, home, ssh, engine

  setup(function()
    home, world = temporary.directory(), shared.start()
    shared.assert_ok(shared.create())
    fixture.tool("certificates", home .. "/tls")
    ssh = fixture.tool("sshd", "start", home .. "/ssh")
    engine = forward.start(fixture.socket(), home .. "/tls")
  end)
  teardown(function()
    if engine then engine:stop() end
    fixture.tool("sshd", "stop", home .. "/ssh")
    temporary.remove(home)
    shared.clean()
    shared.stop()
  end)

  for _, way in ipairs{
    { "tcp", function() return { DOCKER_HOST = engine:url("tcp") } end },
    { "TLS", function()
      return {
        DOCKER_HOST = engine:url("tls"), DOCKER_TLS_VERIFY = "1", DOCKER_CERT_PATH = home .. "/tls",
      }
    end },
    { "ssh", function()
      return {
        DOCKER_HOST = "ssh://" .. ssh.SSH_HOST, PATH = ssh.SSH_PATH .. ":" .. os.getenv("PATH"),
      }
    end },
  } do
    local name, variables = way[1], way[2]

    local function bash(line, flag, ...)
      local command = world:command("machine", "exec", "--provider", "docker", flag, NAME, "--", ...)
      return proc.run({ "bash", "-c", line, "bash", table.unpack(command) }, {
        timeout = 60, cwd = world.project, env = world:environment(variables()),
      })
    end

    it("over " .. name .. ": half-close", function()
      local ran = bash('printf "a\\nb" | "$@"', "-i", "sh", "-c", "cat; sleep 0.3; echo end; exit 4")
      assert.same({ 4, "a\nbend\n" }, { ran.code, ran.stdout }, ran.stderr)
      ran = bash('head -c 2000000 /dev/zero | "$@" | wc -c', "-i", "cat")
      assert.equal("2000000\n", ran.stdout, ran.stderr)
    end)

    it("over " .. name .. ": a terminal", function()
      local ran = bash('"$@" </dev/null', "-t", "sh", "-c", "test -t 0 && echo yes; exit 5")
      assert.same({ 5, "yes\r\n" }, { ran.code, ran.stdout }, ran.stderr)
    end)
  end
end)
