--- scripts/snapshot.lua where the build meets the world: registries in trouble, Docker's config, logs that grow.
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local json = require("os2.json")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

describe("snapshot --provider docker", function()
  local world, registry, address

  setup(function()
    world = worlds.start()
    registry = proc.spawn({ "node", "tests/lib/faulty-registry.js" }, { stdin = "null", timeout = 600 })
    address = registry:next().data:match("LISTENING=(%S+)")
  end)

  teardown(function()
    if registry then registry:close() end
    if world then world:stop() end
  end)

  before_each(function() world:reset() end)

  local function remove(ran)
    local name = ran.stdout:match("%S+")
    if name then docker.untag(name .. ":snapshot") end
  end

  -- Builds with a directory of Docker's own in which config.json is this text.
  local function snapshot(config, ...)
    world:write("../docker/config.json", config)
    return world:run({ "snapshot", "--provider", "docker", ... }, {
      DOCKER_CONFIG = world.directory .. "/docker",
    })
  end

  for _, mode in ipairs{ "429", "500", "502", "503", "504", "eof" } do
    it(("says that a base image's registry is in trouble: %s"):format(mode), function()
      world:write("sandbox/Dockerfile", ("FROM %s/m%s/x:1\n"):format(address, mode))
      local ran = snapshot("{}")
      assert.equal(75, ran.code, ran.stderr)
      assert.matches("run again in a while", ran.stderr, 1, true)
      assert.is_nil(ran.stderr:find("fix ", 1, true), ran.stderr)
    end)
  end

  it("says that a base image's registry refuses, or has no such image", function()
    world:write("sandbox/Dockerfile", ("FROM %s/m403/x:1\n"):format(address))
    local ran = snapshot("{}")
    assert.equal(7, ran.code, ran.stderr)
    assert.matches("docker login", ran.stderr, 1, true)
    world:write("sandbox/Dockerfile", ("FROM %s/m404/x:1\n"):format(address))
    ran = snapshot("{}")
    assert.equal(1, ran.code, ran.stderr)
    assert.matches("fix sandbox/Dockerfile and run again", ran.stderr, 1, true)
  end)

  it("goes on without a config that cannot be used, and says what was passed over", function()
    for config, is_said in pairs{ [""] = false, ['{"auths": {'] = true, ["\239\187\191{}"] = true } do
      local ran = snapshot(config)
      assert.equal(0, ran.code, ran.stderr)
      remove(ran)
      assert.equal(is_said, ran.stderr:find("os2: warning: Docker's config", 1, true) ~= nil, ran.stderr)
    end
    world:write("sandbox/Dockerfile", ("FROM %s/m401/x:1\n"):format(address))
    local ran = snapshot('{"auths": {')
    assert.equal(7, ran.code, ran.stderr)
    assert.matches("repair or remove it, then docker login", ran.stderr, 1, true)
  end)

  it("sends its own log as long as it was", function()
    world:write("sandbox/Dockerfile", "FROM scratch\nCOPY . /c\n")
    world:write("big", ("x"):rep(3000000))
    local words = world:command("snapshot", "--provider", "docker")
    local ran = proc.run({ "sh", "-c", 'exec "$@" 2>build.log', "sh", table.unpack(words) }, {
      timeout = 240, cwd = world.project, env = world:environment(),
    })
    assert.equal(0, ran.code, ran.stdout)
    remove(ran)
  end)

  it("gives a machine the proxies of Docker's config, and takes one without any variable", function()
    local config = json.encode{ proxies = { default = { httpProxy = "http://proxy.example:3128" } } }
    world:write("sandbox/Dockerfile", ("FROM %s\nENTRYPOINT [\"sleep\", \"1000\"]\n"):format(worlds.base_image()))
    local ran = snapshot(config)
    assert.equal(0, ran.code, ran.stderr)
    local name = worlds.PREFIX .. "proxied"
    local created = world:run({ "machine", "create", "--provider", "docker", "--name", name, "--env", "http_proxy=own",
      "--snapshot", ran.stdout:match("%S+") }, { DOCKER_CONFIG = world.directory .. "/docker" })
    local seen = created.code == 0 and docker.api.container_inspect{ id = name }.Config.Env or {}
    world:run{ "machine", "delete", "--provider", "docker", name }
    remove(ran)
    assert.equal(0, created.code, created.stderr)
    local is_there = {}
    for _, entry in ipairs(seen) do is_there[entry] = true end
    assert.is_true(is_there["HTTP_PROXY=http://proxy.example:3128"])
    assert.is_true(is_there["http_proxy=own"])
  end)

  it("warns of secrets that stay in the image", function()
    world:write("sandbox/Dockerfile", "FROM scratch AS a\nARG OTHER_TOKEN\nCOPY hello /h\nFROM scratch\n"
      .. "ARG NPM_TOKEN\nARG PLAIN\nCOPY --from=a /h /h\n")
    local ran = snapshot("{}", "--build-arg", "NPM_TOKEN=abcdefgh", "--build-arg", "OTHER_TOKEN=ijklmnop",
      "--build-arg", "PLAIN=x", "--build-arg", "UNUSED_TOKEN=x")
    assert.equal(0, ran.code, ran.stderr)
    remove(ran)
    local _, count = ran.stderr:gsub("stays in the image", "")
    assert.equal(1, count, ran.stderr)
    assert.matches("the build argument NPM_TOKEN stays in the image", ran.stderr, 1, true)
  end)

  -- Servers that stand in front of the engine; the last one's socket is DOCKER_HOST.
  local function in_front(list)
    local path, servers = fixture.socket(), {}
    for index, words in ipairs(list) do
      local socket = ("%s/front-%d.sock"):format(world.directory, index)
      servers[index] = proc.spawn({ "node", "tests/lib/" .. words[1], socket, path, table.unpack(words, 2) },
        { stdin = "null", timeout = 600 })
      assert.matches("LISTENING", servers[index]:next().data)
      path = socket
    end
    return "unix://" .. path, task.defer(function()
      for _, server in ipairs(servers) do server:close() end
    end)
  end

  it("builds again when another run removed the same image before it had its tag", function()
    local answer = world.directory .. "/answer"
    temporary.write(answer, json.encode{ errorDetail = {
      message = "failed to get digest sha256:" .. ("0"):rep(64) .. ": open /x: no such file or directory" } } .. "\n")
    local host <const>, _ <close> = in_front{ { "classic-engine.js" }, { "answering-engine.js", answer, "ONCE" } }
    local ran = world:run({ "snapshot", "--provider", "docker" }, { DOCKER_HOST = host })
    assert.equal(0, ran.code, ran.stderr)
    remove(ran)
    assert.matches("another run removed an image meanwhile: building again (failed to get digest",
      ran.stderr, 1, true)
  end)

  it("warns of an image that no machine can be started from", function()
    local ran = snapshot("{}")
    assert.equal(0, ran.code, ran.stderr)
    remove(ran)
    assert.matches("neither ENTRYPOINT nor CMD", ran.stderr, 1, true)
  end)
end)

describe("snapshot at Daytona", function()
  local world, registry, address

  setup(function()
    world = worlds.start()
    registry = proc.spawn({ "node", "tests/lib/faulty-registry.js" }, { stdin = "null", timeout = 600 })
    address = registry:next().data:match("LISTENING=(%S+)")
  end)

  teardown(function()
    if registry then registry:close() end
    if world then world:stop() end
  end)

  before_each(function() world:reset() end)

  it("refuses an image whose CMD would be dropped, before the push", function()
    world:write("sandbox/Dockerfile", 'FROM scratch\nCOPY hello /hello\nCMD ["/hello", "--loud"]\n')
    local ran = world:run{ "snapshot" }
    assert.equal(1, ran.code, ran.stderr)
    assert.matches("Daytona drops CMD", ran.stderr, 1, true)
    assert.matches('ENTRYPOINT ["/hello","--loud"]', ran.stderr, 1, true)
    assert.is_nil(world:requests()["GET /api/docker-registry/registry-push-access"])
  end)

  for mode, code in pairs{ m404 = 1, m403 = 7, m429 = 75 } do
    it(("says how to go on after a push that ended so: %s"):format(mode), function()
      world:control("POST", "config", { registry = {
        url = "http://" .. address, username = "u", password = "p", project = mode,
      } })
      local ran = world:run{ "snapshot" }
      assert.equal(code, ran.code, ran.stderr)
      assert.matches("go on: os2 snapshot --name " .. worlds.PREFIX, ran.stderr, 1, true)
      assert.matches("warning: the image has no ENTRYPOINT", ran.stderr, 1, true)
    end)
  end
end)
