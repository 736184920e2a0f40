--- The Docker verbs on the real engine and real registries.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local docker = require("os2.docker")
local env = require("os2.env")
local err = require("os2.err")
local json = require("os2.json")
local lfs = require("lfs")
local native = require("host.docker")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local get = env.get
local LIB <const> = "tests/lib/"
local CLASSIC <const>, BUILDKIT <const> = "1", "2"

-- Runs a helper of the tests and returns the NAME=value lines it printed.
local function run_helper(...)
  local done = proc.run({ LIB .. (...), select(2, ...) }, { timeout = 300 })
  assert(done.code == 0, done.stderr)
  local values = {}
  for name, value in done.stdout:gmatch("([%u_]+)=([^\n]*)") do values[name] = value end
  return values
end

local function credentials(registry)
  return { username = registry.REGISTRY_USER, password = registry.REGISTRY_PASSWORD }
end

local function raised(fn, ...)
  local ok, failure = pcall(fn, ...)
  assert.is_false(ok)
  assert.is_true(err.is(failure), tostring(failure))
  return failure
end

local function is_running(word)
  for name in lfs.dir("/proc") do
    local file = name:find("^%d+$") and io.open(("/proc/%s/cmdline"):format(name), "rb")
    if file then
      local line = file:read("a") or ""
      file:close()
      if line:find(word, 1, true) then return true end
    end
  end
  return false
end

local function wait_until(wanted, word)
  local due = clock.monotonic() + 1
  while is_running(word) ~= wanted and clock.monotonic() < due do task.sleep(0.02) end
  return is_running(word) == wanted
end

describe("os2.docker on the engine", function()
  local base, directory, tags, variables
  local unique = ("os2-spec-%d-%d"):format(math.floor(clock.now()), math.random(1 << 30))

  setup(function() base = run_helper("base").BASE_IMAGE end)

  before_each(function()
    directory, tags, variables = temporary.directory(), {}, {}
    env.get = function(name) return variables[name] or get(name) end
    variables.DOCKER_CONFIG = directory .. "/no-docker-config"
    client.forget()
  end)

  after_each(function()
    variables.DOCKER_HOST = nil
    client.forget()
    for _, ref in ipairs(tags) do task.try(docker.untag, ref) end
    env.get = get
    client.forget()
    temporary.remove(directory)
  end)

  local function tag_for(name)
    local ref = ("%s/%s:1"):format(unique, name)
    table.insert(tags, ref)
    return ref
  end

  -- Writes the files and opens them as a context.
  local function context_of(files)
    for path, content in pairs(files) do temporary.write(directory .. "/" .. path, content) end
    return docker.context{ path = directory }
  end

  -- Builds to the end and returns the id and all events.
  local function build(options)
    local stream <close> = docker.build(options)
    local events = {}
    for event in stream do events[#events + 1] = event end
    return stream:result().id, events
  end

  local function find(events, wanted)
    for _, event in ipairs(events) do
      local fits = true
      for key, value in pairs(wanted) do fits = fits and event[key] == value end
      if fits then return event end
    end
  end

  -- The container, running or not, whose command holds the word.
  local function container_of(word)
    for _, container in ipairs(docker.request("GET", "/containers/json?all=1").body) do
      if container.Command:find(word, 1, true) then return container.Id end
    end
  end

  -- The engine takes a moment to remove the container of a build that it stopped.
  local function remaining_container(word)
    local due = clock.monotonic() + 5
    while container_of(word) and clock.monotonic() < due do task.sleep(0.05) end
    return container_of(word)
  end

  it("says who it is", function()
    local engine = docker.ping()
    assert.is_truthy(engine.api_version:find("^1%.%d+$"))
    assert.is_truthy(engine.engine_version:find("^%d+%."))
    assert.are.equal("linux", engine.os)
    assert.is_string(engine.arch)
  end)

  for _, builder in ipairs{ BUILDKIT, CLASSIC } do
    describe(builder == CLASSIC and "with the classic builder" or "with BuildKit", function()
      it("builds from scratch", function()
        local ref = tag_for("scratch-" .. builder)
        local id, events = build{
          context = context_of{
            Dockerfile = "FROM scratch\nARG word\nLABEL word=$word\nCOPY hello /hello\n", hello = unique,
          },
          tags = { ref }, args = { word = "said" }, labels = { run = unique }, builder = builder,
        }
        assert.is_truthy(id:find("^sha256:%x+$"))
        local image = docker.image(ref)
        assert.are.equal(id, image.Id)
        assert.are.same({ word = "said", run = unique }, image.Config.Labels)
        assert.is_truthy(find(events, { type = "step", name = "COPY hello /hello", state = "done" }))
        assert.is_truthy(find(events, { type = "bytes", id = "context" }))
        assert.are.equal(1, #docker.images{ labels = { run = unique }, reference = ref })
      end)

      it("tells what a failing RUN said last", function()
        local failure = raised(build, {
          context = context_of{
            Dockerfile = ("FROM %s\nRUN for i in $(seq 30); do echo line $i; done; : %s; exit 7\n"):format(
              base, unique),
          }, no_cache = true, builder = builder,
        })
        assert.are.equal("invalid", failure.kind)
        assert.are.equal("docker.build", failure.op)
        assert.is_truthy(failure.message:find("step 2/2 %(RUN .*%) failed with exit code 7"))
        assert.is_truthy(failure.detail:find("line 11\n.*line 30$"))
        assert.is_nil(failure.detail:find("line 10\n", 1, true))
        assert.is_nil(container_of(unique))
      end)

      it("names the line of a syntax error", function()
        local failure = raised(build, {
          context = context_of{ Dockerfile = "FROM scratch\nRUNN x\n" }, builder = builder,
        })
        assert.are.equal("invalid", failure.kind)
        assert.are.equal("dockerfile parse error line 2: unknown instruction: RUNN", failure.message)
      end)

      it("names a file that is missing", function()
        local failure = raised(build, {
          context = context_of{ Dockerfile = "FROM scratch\nCOPY missing.txt /\n" }, builder = builder,
        })
        assert.are.equal("invalid", failure.kind)
        assert.is_truthy(failure.message:find("missing.txt", 1, true))
      end)

      it("stops the engine when it is closed", function()
        local word = ("61.%d"):format(math.random(1 << 30))
        local context = context_of{
          Dockerfile = ("FROM %s\nRUN echo begun; sleep %s\n"):format(base, word),
        }
        do
          local stream <close> = docker.build{ context = context, builder = builder }
          for event in stream do
            if event.type == "log" and event.text == "begun" then break end
          end
          assert.is_true(wait_until(true, "sleep\0" .. word))
        end
        assert.is_true(wait_until(false, "sleep\0" .. word))
        assert.is_nil(remaining_container(word))
      end)
    end)
  end

  it("ends a build at its deadline", function()
    local failure = raised(build, {
      context = context_of{ Dockerfile = ("FROM %s\nRUN sleep 62\n"):format(base) }, timeout = 1,
    })
    assert.are.equal("timeout", failure.kind)
  end)

  it("builds a stage, without cache, for a platform", function()
    local id, events = build{
      context = context_of{ Dockerfile = "FROM scratch AS one\nCOPY x /x\nFROM scratch\nCOPY nothing /\n", x = "" },
      target = "one", no_cache = true, platform = "linux/amd64", cache_from = {},
    }
    assert.are.equal("amd64", docker.image(id).Architecture)
    assert.is_nil(find(events, { state = "cached" }))
    task.try(docker.untag, id)
  end)

  it("takes a Dockerfile and its ignore file from outside of the context", function()
    temporary.write(directory .. "/context/kept", "")
    temporary.write(directory .. "/context/left", "")
    temporary.write(directory .. "/Other", "FROM scratch\nCOPY . /\n")
    temporary.write(directory .. "/Other.dockerignore", "left\n")
    local context = docker.context{ path = directory .. "/context", dockerfile = directory .. "/Other" }
    assert.are.equal(1, context.ignored)
    local ref = tag_for("outside")
    build{ context = context, tags = { ref } }
    assert.is_string(docker.image(ref).Id)
  end)

  it("refuses mounts that it does not serve before anything is sent", function()
    local failure = raised(docker.build, {
      context = context_of{ Dockerfile = ("FROM %s\nRUN --mount=type=secret,id=npm true\n"):format(base) },
    })
    assert.are.equal("invalid", failure.kind)
    assert.is_truthy(failure.message:find("mounts a secret, which os2 does not serve: "
      .. "RUN --mount=type=secret,id=npm true", 1, true))
    assert.is_string(failure.hint)
  end)

  it("sends a context to one build at a time", function()
    local context = context_of{ Dockerfile = "FROM scratch\nCOPY Dockerfile /\n" }
    do
      local _ <close> = docker.build{ context = context }
      assert.are.equal("conflict", raised(docker.build, { context = context }).kind)
    end
    local id = build{ context = context }
    task.try(docker.untag, id)
  end)

  it("refuses what it does not know", function()
    local context = context_of{ Dockerfile = "FROM scratch\n" }
    assert.has_error(function() docker.build{ context = context, squash = true } end)
    assert.has_error(function() docker.build{ context = context, builder = "3" } end)
    local ok, message = pcall(function() return docker.api.image_lst end)
    assert.is_false(ok)
    assert.is_truthy(message:find("image_list", 1, true))
    assert.are.equal("not_found", raised(docker.image, unique .. "/nothing:1").kind)
    assert.are.equal("not_found", raised(docker.untag, unique .. "/nothing:1").kind)
    assert.are.equal("not_found", raised(docker.context, { path = directory .. "/nowhere" }).kind)
  end)

  it("reaches every path of the engine", function()
    local answer = docker.request("GET", "/images/json?all=1")
    assert.are.equal(200, answer.status)
    assert.is_table(answer.body)
    assert.are.equal(404, docker.request("GET", "/nothing").status)
    assert.is_string((docker.api.system_version()).Version)
  end)

  it("says where no engine answers, and the way on", function()
    variables.DOCKER_HOST = "unix:///nonexistent/docker.sock"
    local failure = raised(docker.ping)
    assert.are.equal("unavailable", failure.kind)
    assert.is_truthy(failure.message:find("unix:///nonexistent/docker.sock", 1, true))
    assert.is_truthy(failure.hint:find("DOCKER_HOST", 1, true))
  end)

  describe("with registries", function()
    local home, password, token

    setup(function()
      home = temporary.directory()
      password = run_helper("registry", "start", home .. "/password", "password")
      token = run_helper("registry", "start", home .. "/token", "token")
    end)

    teardown(function()
      run_helper("registry", "stop", home .. "/password")
      run_helper("registry", "stop", home .. "/token")
      temporary.remove(home)
    end)

    -- Pushes a small image of its own and returns its reference; no trace of it stays here.
    local function publish(registry, name)
      local id = build{ context = context_of{ Dockerfile = "FROM scratch\nCOPY own /own\n", own = unique .. name } }
      local ref = ("%s/%s:1"):format(registry.REGISTRY, name)
      docker.tag(id, ref)
      local stream <close> = docker.push{ ref = ref, auth = credentials(registry) }
      local result = stream:result()
      docker.untag(ref)
      return ref, result
    end

    local function configure(content)
      variables.DOCKER_CONFIG = directory .. "/docker-config"
      temporary.write(variables.DOCKER_CONFIG .. "/config.json", json.encode(content))
      client.forget()
    end

    local function auth_text(registry)
      local auth = credentials(registry)
      local text = native.base64_url(auth.username .. ":" .. auth.password)
      return (text:gsub("-", "+"):gsub("_", "/"))
    end

    local function build_on(ref, options)
      temporary.write(directory .. "/above/Dockerfile", ("FROM %s\nCOPY Dockerfile /\n"):format(ref))
      options = options or {}
      options.context = docker.context{ path = directory .. "/above" }
      local id = build(options)
      task.try(docker.untag, id)
    end

    it("pushes, and says the digest that the registry has", function()
      local ref, pushed = publish(password, "pushed")
      assert.is_truthy(pushed.digest:find("^sha256:%x+$"))
      assert.are.equal("1", pushed.tag)
      assert.is_true(pushed.size > 0)
      local found = docker.distribution(ref, { auth = credentials(password) })
      assert.are.equal(pushed.digest, found.Descriptor.digest)
      assert.are.equal("denied", raised(docker.distribution, ref).kind)
      assert.are.equal("not_found",
        raised(docker.distribution, ref .. "x", { auth = credentials(password) }).kind)
    end)

    it("shows layers and bytes", function()
      local id = build{ context = context_of{
        Dockerfile = "FROM scratch\nCOPY own /own\n", own = unique .. ("x"):rep(2000000),
      } }
      local ref = password.REGISTRY .. "/bytes:1"
      docker.tag(id, ref)
      table.insert(tags, ref)
      local stream <close> = docker.push{ ref = ref, auth = credentials(password) }
      local events = {}
      for event in stream do events[#events + 1] = event end
      local bytes = find(events, { type = "bytes" })
      assert.is_true(bytes.total >= 2000000 and bytes.current > 0)
      assert.is_truthy(find(events, { type = "layer", layer = bytes.layer, state = "done" }))
    end)

    it("says why a push is refused", function()
      local ref = password.REGISTRY .. "/refused:1"
      docker.tag(base, ref)
      table.insert(tags, ref)
      local function push(options)
        local stream <close> = docker.push(options)
        return stream:result()
      end
      local wrong = raised(push, { ref = ref, auth = { username = "nobody", password = "hidden-word" } })
      assert.are.equal("denied", wrong.kind)
      assert.is_truthy(wrong.message:find(ref, 1, true))
      assert.is_nil(tostring(wrong):find("hidden-word", 1, true))
      local anonymous = raised(push, { ref = ref })
      assert.are.equal("denied", anonymous.kind)
      assert.is_truthy(anonymous.hint:find("docker login", 1, true))
      assert.are.equal("invalid", raised(push, { ref = ref .. "@sha256:" .. ("0"):rep(64) }).kind)
      assert.are.equal("not_found", raised(push, { ref = password.REGISTRY .. "/absent:1" }).kind)
      docker.tag(base, "127.0.0.1:1/nobody:1")
      table.insert(tags, "127.0.0.1:1/nobody:1")
      assert.are.equal("network", raised(push, { ref = "127.0.0.1:1/nobody:1" }).kind)
    end)

    it("builds on an image behind a password", function()
      local ref = publish(password, "guarded")
      local failure = raised(build_on, ref)
      assert.are.equal("denied", failure.kind)
      assert.is_truthy(failure.hint:find("docker login", 1, true))
      configure{ auths = { [password.REGISTRY] = { auth = auth_text(password) } } }
      build_on(ref)
      build_on(ref, { builder = CLASSIC })
    end)

    it("builds on an image whose registry challenges anonymous users", function()
      build_on((publish(token, "open")))
    end)

    it("pulls, and says why it does not", function()
      local ref = publish(token, "pulled")
      table.insert(tags, ref)
      local stream <close> = docker.pull{ ref = ref }
      assert.are.same({ ref = ref }, stream:result())
      assert.is_string(docker.image(ref).Id)
      local absent <close> = docker.pull{ ref = token.REGISTRY .. "/absent:1" }
      assert.are.equal("not_found", raised(absent.result, absent).kind)
    end)
  end)
end)
