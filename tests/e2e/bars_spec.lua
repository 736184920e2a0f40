--- Builds from outside, as somebody at a prompt runs them: registries, memory, refusals.
local build_cache = require("tests.lib.build_cache")
local docker = require("os2.docker")
local env = require("os2.env")
local fixture = require("tests.lib.docker_fixture")
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local native = require("host.docker")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")
local tree = require("tests.lib.tree")

local OS2 <const> = env.get("OS2") or "build/os2"
local ROOT <const> = lfs.currentdir()
local PREFIX <const> = ("dev-bars-%s--"):format(temporary.unique())
-- Of images that have no tag for a moment: what another run makes and removes is not the same image.
local LABEL <const> = ("LABEL of=%s\n"):format(PREFIX)

local function absolute(path)
  return path:match("^/") and path or ROOT .. "/" .. path
end

local function run(argv, options)
  options.timeout = 400
  return proc.run({ absolute(OS2), "--isolated", table.unpack(argv) }, options)
end

-- Makes a local snapshot of a Dockerfile; nothing of the tester's own reaches it.
local function snapshot(directory, dockerfile, changes)
  changes = changes or {}
  temporary.write(directory .. "/sandbox/Dockerfile", dockerfile)
  temporary.write(directory .. "/own", PREFIX) -- another run's image is another one
  return run({ "-v", ROOT .. "/scripts/snapshot.lua", "--provider", "docker" }, {
    cwd = directory, env = {
      DAYTONA_API_KEY = false, DAYTONA_SNAPSHOT_PREFIX = PREFIX, DAYTONA_SNAPSHOT_PIN = false,
      DOPPLER_CONFIG = false, DOPPLER_ENVIRONMENT = false, DOCKER_AUTH_CONFIG = false,
      DOCKER_CONFIG = changes.docker_config or directory .. "/no-config",
      DOCKER_HOST = changes.docker_host,
      XDG_CACHE_HOME = directory .. "/../cache",
    },
  })
end

describe("a build", function()
  local here

  before_each(function() here = fixture.open() end)
  after_each(function() here:close() end)

  local function project()
    return here.directory .. "/project"
  end

  local function assert_built(ran)
    assert.equal(0, ran.code, ran.stderr)
    here:owned(ran.stdout:match("^%S+") .. ":snapshot")
    assert.truthy(ran.stderr:find("POST docker /build", 1, true), ran.stderr)
  end

  describe("on images of a registry", function()
    local home, frontend

    setup(function()
      home = temporary.directory()
      frontend = home .. "/frontend"
      require("tests.lib.frontend").build(frontend)
    end)

    teardown(function() temporary.remove(home) end)

    local function read(path)
      local file <close> = assert(io.open(path, "rb"))
      return file:read("a")
    end

    -- Pushes an image and removes it here.
    local function publish(registry, name, files)
      local id = fixture.build{ context = here:context(files) }
      local ref = ("%s/%s:1"):format(registry.REGISTRY, name)
      docker.tag(id, ref)
      fixture.push{
        ref = ref,
        auth = { username = registry.REGISTRY_USER, password = registry.REGISTRY_PASSWORD },
      }
      docker.untag(ref)
      return ref
    end

    -- A Dockerfile whose front end and whose base both have to be fetched.
    local function dockerfile_on(registry)
      local syntax = publish(registry, "frontend", {
        Dockerfile = 'FROM scratch\nCOPY --chmod=755 frontend /frontend\nENTRYPOINT ["/frontend"]\n' .. LABEL,
        frontend = read(frontend),
      })
      local base = publish(registry, "base", {
        Dockerfile = "FROM scratch\nCOPY base /base\n" .. LABEL, base = registry.REGISTRY,
      })
      return ("# syntax=%s\nFROM %s\nCOPY own /own\n"):format(syntax, base)
    end

    local function with_registry(mode, fn)
      local directory = home .. "/" .. mode
      local registry = fixture.tool("registry", "start", directory, mode)
      local ok, failure = pcall(fn, registry)
      fixture.tool("registry", "stop", directory)
      if not ok then error(failure, 0) end
    end

    local function docker_config(registry)
      local pair = registry.REGISTRY_USER .. ":" .. registry.REGISTRY_PASSWORD
      local auth = native.base64_url(pair):gsub("-", "+"):gsub("_", "/")
      temporary.write(here.directory .. "/config/config.json", json.encode{
        auths = { [registry.REGISTRY] = { auth = auth } },
      })
      return here.directory .. "/config"
    end

    it("that challenges anonymous users", function()
      with_registry("token", function(registry)
        local ran = snapshot(project(), dockerfile_on(registry))
        assert_built(ran)
        assert.truthy(ran.stderr:find("resolve image config for " .. registry.REGISTRY, 1, true),
          ran.stderr)
      end)
    end)

    it("behind a password that stands in Docker's config alone, and is never shown", function()
      with_registry("password", function(registry)
        local dockerfile = dockerfile_on(registry)
        local refused = snapshot(project(), dockerfile)
        assert.equal(7, refused.code, refused.stderr)
        assert.truthy(refused.stderr:find("docker login", 1, true), refused.stderr)
        local ran = snapshot(project(), dockerfile, { docker_config = docker_config(registry) })
        assert_built(ran)
        assert.is_nil((ran.stdout .. ran.stderr):find(registry.REGISTRY_PASSWORD, 1, true))
      end)
    end)
  end)

  local HINTS <const> = { secret = "--secret id=x", ssh = "--ssh x" }
  local THINGS <const> = { secret = "the secret x", ssh = "the SSH agent x" }
  for kind, hint in pairs(HINTS) do
    it(("with a required %s mount is refused before the context is sent"):format(kind), function()
      local ran = snapshot(project(), ("FROM scratch\nRUN --mount=type=%s,id=x,required true\n"):format(kind))
      assert.equal(1, ran.code, ran.stderr)
      assert.truthy(ran.stderr:find("line 2 of the Dockerfile requires " .. THINGS[kind], 1, true), ran.stderr)
      assert.truthy(ran.stderr:find(hint, 1, true), ran.stderr)
      assert.is_nil(ran.stderr:find("POST docker /build", 1, true), ran.stderr)
    end)
  end

  describe("on an engine without BuildKit", function()
    -- Returns the socket, and what has to stay open meanwhile.
    local function start_classic_engine()
      local socket = here.directory .. "/engine.sock"
      local proxy = proc.spawn({
        "node", "tests/lib/classic-engine.js", socket, fixture.socket(),
      }, { stdin = "null", stderr = "inherit", timeout = 600 })
      assert.truthy(proxy().data:find("LISTENING", 1, true))
      return "unix://" .. socket, proxy
    end

    it("gives the same tree", function()
      temporary.write(project() .. "/.dockerignore", "left\n")
      temporary.write(project() .. "/left", "")
      local function build(docker_host)
        local ran = snapshot(project(), "FROM scratch\nCOPY . /\n", { docker_host = docker_host })
        assert_built(ran)
        return tree.describe(tree.members(ran.stdout:match("^%S+") .. ":snapshot")), ran.stderr
      end
      local host <const>, _ <close> = start_classic_engine()
      local classic, said = build(host)
      assert.truthy(said:find("(classic builder)", 1, true), said)
      assert.truthy(classic:find('"own" file', 1, true), classic)
      assert.is_nil(classic:find('"left"', 1, true), classic)
      assert.equal(build(), classic)
    end)
  end)

  describe("of a 500 MB context", function()
    local PEAK <const> = 24 * 1000 * 1000
    local SIZE <const> = 500 * 1000 * 1000

    local function write_files(count)
      for number = 1, count do
        local path = ("%s/%d/%d"):format(project(), number % 10, number)
        temporary.write(path, "")
        local file <close> = assert(io.open(path, "r+b"))
        file:seek("set", SIZE // count - 1)
        file:write("\0")
      end
    end

    -- The state of what was sent is no temporary file.
    local function assert_no_temporary_file(report)
      assert.same({}, fs.list(here.directory .. "/tmp"))
      for _, path in ipairs(report.open_files) do
        local is_known = path == "/dev/null" or not path:find("^/") or path:find("^/proc/")
          or (path .. "/"):find(project() .. "/", 1, true) == 1
          or path:find(here.directory .. "/cache/os2/contexts/", 1, true) == 1
        assert.is_true(is_known, path)
      end
    end

    -- By the session only what a COPY takes is sent; by a tar all of it.
    local COPY <const> = { auto = "COPY . /x/", tar = "COPY Dockerfile /" }
    for _, case in ipairs{ { 4, "auto" }, { 20000, "auto" }, { 4, "tar" }, { 20000, "tar" } } do
      local count, transport = table.unpack(case)
      local title <const> = "in %d files takes at most 24 MB of memory and no temporary file: %s"
      it(title:format(count, transport), function()
        local before = build_cache.large(SIZE)
        write_files(count)
        temporary.write(project() .. "/Dockerfile", "FROM scratch\n" .. COPY[transport] .. "\n" .. LABEL)
        lfs.mkdir(here.directory .. "/tmp")
        local ran = run({ ROOT .. "/tests/lib/watched_build.lua", project(), transport }, {
          env = { TMPDIR = here.directory .. "/tmp", XDG_CACHE_HOME = here.directory .. "/cache" },
        })
        build_cache.prune_since(SIZE, before)
        assert.equal(0, ran.code, ran.stderr)
        local report = json.decode(ran.stdout)
        assert.is_true(report.sent >= SIZE)
        assert_no_temporary_file(report)
        -- A sanitizer's own memory comes on top.
        if not report.is_sanitized then
          assert.is_true(report.peak <= PEAK, ("%d bytes"):format(report.peak))
        end
      end)
    end
  end)
end)
