--- The Docker verbs on the real engine and real registries.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local docker = require("os2.docker")
local env = require("os2.env")
local fixture = require("tests.lib.docker_fixture")
local json = require("os2.json")
local lfs = require("lfs")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local CLASSIC <const>, BUILDKIT <const> = "1", "2"
local PATIENCE <const> = 60 -- seconds, on a loaded machine

local build, find, raised = fixture.build, fixture.find, fixture.raised

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
  local due = clock.monotonic() + PATIENCE
  while is_running(word) ~= wanted and clock.monotonic() < due do task.sleep(0.02) end
  return is_running(word) == wanted
end

describe("os2.docker on the engine", function()
  local base, here
  local unique = ("os2-spec-%d-%d"):format(math.floor(clock.now()), math.random(1 << 30))

  setup(function() base = fixture.tool("base").BASE_IMAGE end)

  before_each(function() here = fixture.open() end)

  after_each(function() here:close() end)

  local function tag_for(name)
    return here:owned(("%s/%s:1"):format(unique, name))
  end

  local function context_of(files)
    return here:context(files)
  end

  -- The container, running or not, whose command holds the word.
  local function container_of(word)
    for _, container in ipairs((docker.request("GET", "/containers/json", { query = { all = 1 } }))) do
      if container.Command:find(word, 1, true) then return container.Id end
    end
  end

  -- The engine takes a moment to remove the container of a build that it stopped.
  local function remaining_container(word)
    local due = clock.monotonic() + PATIENCE
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
      it("tells no line of a secret build argument", function()
        local key = {}
        for line = 1, 4 do key[line] = ("%d-line-of-a-key-%s"):format(line, unique) end
        local value = table.concat(key, "\n")
        env.conceal("DEPLOY_KEY", value)
        local said = {}
        local failure = raised(build, {
          context = context_of{ Dockerfile = ("FROM %s\nARG DEPLOY_KEY\n"
            .. [[RUN echo "$DEPLOY_KEY"; echo %s >&2; exit 7]]):format(base, key[2]) },
          args = { DEPLOY_KEY = value }, no_cache = true, builder = builder,
          on_progress = function(event) said[#said + 1] = event.text or event.name end,
        })
        said[#said + 1] = tostring(failure)
        said[#said + 1] = failure.detail
        for _, line in ipairs(key) do assert.is_nil(table.concat(said, " "):find(line, 1, true)) end
        assert.truthy(failure.message:find("***", 1, true))
        assert.truthy(failure.detail:find("***\n***\n***\n***", 1, true))
      end)

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

      it("tells what a failing RUN said", function()
        local failure = raised(build, {
          context = context_of{
            Dockerfile = ("FROM %s\nRUN for i in $(seq 30); do echo line $i; done; : %s; exit 7\n"):format(
              base, unique),
          }, no_cache = true, builder = builder,
        })
        assert.are.equal("invalid", failure.kind)
        assert.are.equal("docker.build", failure.op)
        assert.is_truthy(failure.message:find("step 2/2 %(RUN .*%) failed with exit code 7"))
        assert.is_truthy(failure.detail:find("^line 1\n.*line 30$"))
        assert.is_nil(remaining_container(unique))
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
          local stream <close> = docker.build{ context = context, builder = builder, no_cache = true }
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
    temporary.write(here.directory .. "/context/kept", "")
    temporary.write(here.directory .. "/context/left", "")
    temporary.write(here.directory .. "/Other", "FROM scratch\nCOPY . /\n")
    temporary.write(here.directory .. "/Other.dockerignore", "left\n")
    local context = docker.context{ path = here.directory .. "/context", dockerfile = here.directory .. "/Other" }
    assert.are.equal(1, context.ignored)
    local ref = tag_for("outside")
    build{ context = context, tags = { ref } }
    assert.is_string(docker.image(ref).Id)
  end)

  it("gives its events to a function and returns the result", function()
    local types = {}
    local result = docker.build{
      context = context_of{ Dockerfile = "FROM scratch\nCOPY Dockerfile /\n" },
      on_progress = function(event) types[event.type] = true end,
    }
    task.try(docker.untag, result.id)
    assert.is_true(types.step and types.bytes)
  end)

  it("refuses what a step requires and is not given, before anything is sent", function()
    local failure = raised(docker.build, {
      context = context_of{
        Dockerfile = ("FROM %s\nRUN --mount=type=secret,id=npm,required true\n"):format(base),
      },
    })
    assert.are.equal("invalid", failure.kind)
    assert.is_truthy(failure.message:find("line 2 of the Dockerfile requires the secret npm", 1, true))
    assert.is_string(failure.hint)
  end)

  it("builds without what a step does not require, and says so", function()
    local id, events = build{ context = context_of{
      Dockerfile = ("FROM %s\nRUN --mount=type=secret,id=npm --mount=type=ssh "):format(base)
        .. "test ! -e /run/secrets/npm\n",
    } }
    task.try(docker.untag, id)
    local said = {}
    for _, event in ipairs(events) do
      if event.type == "warning" then said[#said + 1] = event.text end
    end
    assert.same({
      "line 2 of the Dockerfile runs without the secret npm: it is not given (--secret id=npm)",
      "line 2 of the Dockerfile runs without the SSH agent default: it is not given (--ssh default)",
    }, said)
  end)

  it("takes the text of a here-document for none of the Dockerfile's instructions", function()
    local failure = raised(build, { context = context_of{
      Dockerfile = "FROM scratch\nCOPY <<EOF /x\nRUN --mount=type=secret,id=a,required=true make\nEOF\n",
    } })
    -- An engine of this age knows none without the line.
    assert.matches("unknown instruction", failure.message)
    assert.matches("# syntax=docker/dockerfile:1", failure.hint, 1, true)
  end)

  it("gives a build the proxies of Docker's config, but for those that are given", function()
    here.variables.DOCKER_CONFIG = here.directory .. "/config"
    temporary.write(here.variables.DOCKER_CONFIG .. "/config.json", json.encode{
      proxies = { default = { httpProxy = "http://proxy.example:3128", noProxy = "a.example" } },
    })
    client.forget()
    local id = build{
      args = { NO_PROXY = "b.example" },
      context = context_of{ Dockerfile = "FROM scratch\nCOPY Dockerfile /\nARG HTTP_PROXY\nARG http_proxy\n"
        .. "ARG NO_PROXY\nLABEL seen=$HTTP_PROXY,$http_proxy,$NO_PROXY\n" },
    }
    local labels = docker.image(id).Config.Labels
    task.try(docker.untag, id)
    assert.equal("http://proxy.example:3128,http://proxy.example:3128,b.example", labels.seen)
  end)

  it("sends a context's tar to one build at a time", function()
    local context = context_of{ Dockerfile = "FROM scratch\nCOPY Dockerfile /\n" }
    do
      local _ <close> = docker.build{ context = context, builder = "1" }
      assert.are.equal("conflict", raised(docker.build, { context = context, builder = "1" }).kind)
    end
    local id = build{ context = context, builder = "1" }
    task.try(docker.untag, id)
  end)

  it("refuses what it does not know", function()
    local context = context_of{ Dockerfile = "FROM scratch\n" }
    assert.has_error(function() docker.build{ context = context, squash = true } end)
    assert.has_error(function() docker.build{ context = context, builder = "3" } end)
    assert.has_error(function() docker.build{ context = {} } end)
    assert.has_error(function() docker.build{ context = context, args = { a = {} } } end)
    local ok, message = pcall(function() return docker.api.image_lst end)
    assert.is_false(ok)
    assert.is_truthy(message:find("image_list", 1, true))
    assert.are.equal("not_found", raised(docker.image, unique .. "/nothing:1").kind)
    assert.are.equal("not_found", raised(docker.untag, unique .. "/nothing:1").kind)
    assert.are.equal("not_found", raised(docker.context, { path = here.directory .. "/nowhere" }).kind)
  end)

  it("reaches every path of the engine", function()
    local images, answer = docker.request("GET", "/images/json", { query = { all = 1 } })
    assert.are.equal(200, answer.status)
    assert.is_table(images)
    local failure = raised(docker.request, "GET", "/nothing")
    assert.are.equal("not_found", failure.kind)
    assert.are.equal(404, failure.status)
    assert.is_string((docker.api.system_version()).Version)
  end)

  it("says where no engine answers, and the way on", function()
    here.variables.DOCKER_HOST = "unix:///nonexistent/docker.sock"
    local failure = raised(docker.ping)
    assert.are.equal("unavailable", failure.kind)
    assert.is_truthy(failure.message:find("unix:///nonexistent/docker.sock", 1, true))
    assert.is_truthy(failure.hint:find("DOCKER_HOST", 1, true))
  end)
end)
