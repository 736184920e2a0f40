--- The engine over every way that leads to it: builds with credentials, pushes, builds that stop.
local clock = require("os2.clock")
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local forward = require("tests.lib.forward")
local json = require("os2.json")
local lfs = require("lfs")
local native = require("host.docker")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local PROBE <const> = "tests/lib/transport_probe.lua"
local DOCKER <const> = "/usr/bin/docker" -- the packaged one; another need not have contexts
local UNIX <const> = "unix:///var/run/docker.sock"

-- Nothing of the tester's own engine reaches the program.
local NOWHERE <const> = {
  DOCKER_HOST = false, DOCKER_CONTEXT = false, DOCKER_TLS_VERIFY = false, DOCKER_TLS = false,
  DOCKER_CERT_PATH = false, DOCKER_API_VERSION = false, DOCKER_AUTH_CONFIG = false,
}

local FIRST_BUILD <const> = [[
local native = require("host.docker")
local id = native.session_id()
local build <close> = native.build{
  url = "http://docker/v1.41/build?version=2&t=" .. arg[2] .. "&session=" .. id, session_id = id,
  session_url = "http://docker/v1.41/session", route = { unix_socket = arg[3] },
  headers = {}, context = native.context{ path = arg[1], timeout = 10 }, timeout = 20,
}
for _ in build do end
print(build:result().status)
]]

local function is_running(word)
  for name in lfs.dir("/proc") do
    local file = name:find("^%d+$") and io.open(("/proc/%s/cmdline"):format(name), "rb")
    local line = file and file:read("a") or ""
    if file then file:close() end
    if line:find(word, 1, true) then return true end
  end
  return false
end

local function has_ended(word)
  local due = clock.monotonic() + 30 -- seconds, on a loaded machine
  while clock.monotonic() < due do
    if not is_running(word) then return true end
    task.sleep(0.02)
  end
  return false
end

describe("os2.docker", function()
  local home, base, registry, engine, ssh, unique

  local function run_docker(...)
    local done = proc.run({ DOCKER, ... }, {
      timeout = 60, env = { DOCKER_CONFIG = home .. "/docker", DOCKER_HOST = false },
    })
    assert(done.code == 0, done.stderr)
  end

  local function write_config()
    local auth = native.base64_url(registry.REGISTRY_USER .. ":" .. registry.REGISTRY_PASSWORD)
    temporary.write(home .. "/docker/config.json", json.encode{
      auths = { [registry.REGISTRY] = { auth = (auth:gsub("-", "+"):gsub("_", "/")) } },
    })
  end

  local function make_contexts()
    run_docker("context", "create", "plain", "--docker", "host=" .. engine:url("tcp"))
    run_docker("context", "create", "secured", "--docker", ("host=%s,ca=%s,cert=%s,key=%s"):format(
      engine:url("tls"), home .. "/tls/ca.pem", home .. "/tls/cert.pem", home .. "/tls/key.pem"))
    run_docker("context", "create", "unproved", "--docker",
      ("host=%s,skip-tls-verify=true,cert=%s,key=%s"):format(engine:url("tls"),
        home .. "/tls/cert.pem", home .. "/tls/key.pem"))
  end

  setup(function()
    home, unique = temporary.directory(), temporary.unique()
    base = fixture.tool("base").BASE_IMAGE
    registry = fixture.tool("registry", "start", home .. "/registry")
    fixture.tool("certificates", home .. "/tls")
    ssh = fixture.tool("sshd", "start", home .. "/ssh")
    engine = forward.start(UNIX:sub(8), home .. "/tls")
    write_config()
    make_contexts()
  end)

  teardown(function()
    engine:stop()
    fixture.tool("sshd", "stop", home .. "/ssh")
    fixture.tool("registry", "stop", home .. "/registry")
    temporary.remove(home)
  end)

  -- Runs a program with what leads to the engine.
  local function run(argv, way)
    local variables = { DOCKER_CONFIG = home .. "/docker" }
    for name, value in pairs(NOWHERE) do variables[name] = value end
    for name, value in pairs(way) do variables[name] = value end
    return proc.run(argv, { timeout = 120, env = variables })
  end

  local function probe(way, ...)
    return run({ program.path, "--isolated", PROBE, ... }, way)
  end

  local function asked(way, ...)
    local ran = probe(way, ...)
    assert.equal("", ran.stderr)
    assert.equal(0, ran.code)
    return (ran.stdout:gsub("\n$", ""))
  end

  -- What the environment holds on each way.
  local WAYS <const> = {
    { "a unix socket", function() return { DOCKER_HOST = UNIX } end },
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
    { "a context with certificates", function() return { DOCKER_CONTEXT = "secured" } end },
  }

  for index, way in ipairs(WAYS) do
    local name, variables = way[1], way[2]

    describe("over " .. name, function()
      local directory, ref

      before_each(function()
        directory = temporary.directory()
        ref = ("%s/%s-%d:1"):format(registry.REGISTRY, unique, index)
      end)

      after_each(function()
        task.try(docker.untag, ref)
        temporary.remove(directory)
      end)

      it("answers, as it answers the Docker command", function()
        local said = run({ DOCKER, "version", "--format", "{{.Server.Version}}" }, variables())
        assert.equal("", said.stderr)
        assert.equal(said.stdout:gsub("\n$", "\ttrue"), asked(variables(), "ping"))
      end)

      it("pushes, and builds on what needs credentials", function()
        temporary.write(directory .. "/Dockerfile", "FROM scratch\nCOPY own /own\n")
        temporary.write(directory .. "/own", unique .. name)
        local id = asked(variables(), "build", directory, ref)
        assert.equal(id, docker.image(ref).Id)
        assert.matches("^sha256:%x+$", asked(variables(), "push", ref))
        docker.untag(ref)
        temporary.write(directory .. "/Dockerfile", ("FROM %s\nCOPY own /twice\n"):format(ref))
        local above = ("%s-above:%d"):format(unique, index)
        assert.equal(asked(variables(), "build", directory, above), docker.image(above).Id)
        docker.untag(above)
      end)

      it("stops a build", function()
        local word = ("63.%d"):format(math.random(1 << 30))
        temporary.write(directory .. "/Dockerfile",
          ("FROM %s\nRUN echo begun; sleep %s\n"):format(base, word))
        assert.is_true(tonumber(asked(variables(), "stop", directory)) < 50)
        -- the shell of the step has the word too, from its start to its end
        assert.is_true(has_ended(word))
      end)
    end)
  end

  it("takes a registry's credentials from DOCKER_AUTH_CONFIG", function()
    local ref = ("%s/%s-variable:1"):format(registry.REGISTRY, unique)
    docker.tag(base, ref)
    local nobody = { DOCKER_HOST = UNIX, DOCKER_CONFIG = home .. "/nobody" }
    assert.equal(7, probe(nobody, "push", ref).code)
    local file <close> = assert(io.open(home .. "/docker/config.json"))
    nobody.DOCKER_AUTH_CONFIG = file:read("a")
    assert.matches("^sha256:", asked(nobody, "push", ref))
    docker.untag(ref)
  end)

  it("takes a context from the command line before all else", function()
    local argv = { program.path, "--isolated", "--context", "plain", PROBE, "ping" }
    local ran = run(argv, { DOCKER_HOST = "tcp://127.0.0.1:1", DOCKER_CONTEXT = "secured" })
    assert.equal("", ran.stderr)
    assert.equal(docker.ping().engine_version .. "\ttrue\n", ran.stdout)
  end)

  -- The session's connection is of the build's own host, and not one that a request may share.
  it("opens a session before it has asked anything", function()
    -- other builds of the same content would take the image along with theirs
    temporary.write(home .. "/first/Dockerfile", ("# %s\nFROM scratch\nCOPY Dockerfile /first\n"):format(unique))
    local argv = { program.path, "--isolated", "-e", FIRST_BUILD, home .. "/first", unique, fixture.socket() }
    local ran = run(argv, {})
    docker.untag(unique)
    assert.equal("", ran.stderr)
    assert.equal("200\n", ran.stdout)
  end)

  it("asks no proxy the way to this machine", function()
    asked({ DOCKER_HOST = engine:url("tcp"), http_proxy = "http://127.0.0.1:1" }, "ping")
  end)

  it("takes a context's word for not looking at certificates", function()
    assert.matches("true", asked({ DOCKER_CONTEXT = "unproved" }, "ping"), 1, true)
  end)

  it("shows certificates without a look at the engine's with DOCKER_TLS", function()
    lfs.mkdir(home .. "/stranger")
    for _, name in ipairs{ "cert.pem", "key.pem" } do
      local file <close> = assert(io.open(home .. "/tls/" .. name))
      temporary.write(home .. "/stranger/" .. name, file:read("a"))
    end
    asked({
      DOCKER_HOST = engine:url("tls"), DOCKER_TLS = "1", DOCKER_CERT_PATH = home .. "/stranger",
    }, "ping")
  end)

  describe("says in one line", function()
    local function refused(way, code, words)
      local ran = probe(way, "ping")
      assert.equal(code, ran.code)
      assert.matches(words, ran.stderr, 1, true)
      assert.matches("^os2: [^\n]+; [^\n]+\n$", ran.stderr)
      return ran.stderr
    end

    it("where no engine answers", function()
      refused({ DOCKER_HOST = "tcp://127.0.0.1:1" }, 75, "no Docker engine answers at tcp://127.0.0.1:1")
      refused({ DOCKER_HOST = "tcp://127.0.0.1:1", DOCKER_TLS = "1" }, 75, "no Docker engine answers at")
      refused({ DOCKER_HOST = "tcp://nowhere.invalid" }, 75, "nowhere.invalid")
    end)

    it("that an engine's certificate is of another CA", function()
      fixture.tool("certificates", home .. "/other")
      local said = refused({
        DOCKER_HOST = engine:url("tls"), DOCKER_TLS_VERIFY = "1", DOCKER_CERT_PATH = home .. "/other",
      }, 7, "the certificates do not fit the Docker engine at " .. engine:url("tls"))
      assert.matches("ca.pem", said, 1, true)
    end)

    it("that the engine speaks no TLS, or only TLS", function()
      refused({
        DOCKER_HOST = engine:url("tcp"), DOCKER_TLS_VERIFY = "1", DOCKER_CERT_PATH = home .. "/tls",
      }, 7, "does not use TLS")
      refused({ DOCKER_HOST = engine:url("tls") }, 75, "DOCKER_TLS_VERIFY=1")
    end)

    it("which certificate is missing", function()
      refused({ DOCKER_HOST = engine:url("tls"), DOCKER_TLS_VERIFY = "1" }, 3, "there is no ca.pem")
    end)

    it("what ssh said last", function()
      local path = ssh.SSH_PATH .. ":" .. os.getenv("PATH")
      local said = refused({ DOCKER_HOST = "ssh://nobody@127.0.0.1:1", PATH = path }, 75,
        "ssh ended with exit code 255: ssh: connect to host 127.0.0.1 port 1: Connection refused")
      assert.matches("-l nobody -p 1 -- 127.0.0.1 docker system dial-stdio", said, 1, true)
      refused({ DOCKER_HOST = "ssh://os2-nobody@" .. ssh.SSH_HOST:match("@(.*)$"), PATH = path }, 7,
        "Permission denied")
      refused({ DOCKER_HOST = ("ssh://%s/no/such.sock"):format(ssh.SSH_HOST), PATH = path }, 75,
        "/no/such.sock")
      refused({ DOCKER_HOST = "ssh://far", PATH = "/nonexistent" }, 3, "install ssh")
    end)

    it("which contexts there are", function()
      refused({ DOCKER_CONTEXT = "secure" }, 3, "did you mean secured?")
      refused({ DOCKER_CONTEXT = "something-else" }, 3, "there are default, ")
    end)
  end)
end)
