--- Pushes, pulls and builds with real registries, with and without credentials.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local json = require("os2.json")
local native = require("host.docker")
local frontend = require("tests.lib.frontend")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local CLASSIC <const> = "1"

local build, find, raised = fixture.build, fixture.find, fixture.raised

local function credentials(registry)
  return { username = registry.REGISTRY_USER, password = registry.REGISTRY_PASSWORD }
end

  describe("os2.docker with registries", function()
    local base, here, home, password, token
  local unique = ("os2-spec-%d-%d"):format(math.floor(clock.now()), math.random(1 << 30))

  setup(function()
    base = fixture.tool("base").BASE_IMAGE
    home = temporary.directory()
    password = fixture.tool("registry", "start", home .. "/password", "password")
    token = fixture.tool("registry", "start", home .. "/token", "token")
  end)

  teardown(function()
    fixture.tool("registry", "stop", home .. "/password")
    fixture.tool("registry", "stop", home .. "/token")
    temporary.remove(home)
  end)

  before_each(function() here = fixture.open() end)

  after_each(function() here:close() end)

  local function publish_id(registry, name, id)
    local ref = ("%s/%s:1"):format(registry.REGISTRY, name)
    docker.tag(id, ref)
    local result = fixture.push{ ref = ref, auth = credentials(registry) }
    docker.untag(ref)
    return ref, result
  end

  -- Pushes a small image of its own and returns its reference; no trace of it stays here.
  local function publish(registry, name)
    return publish_id(registry, name, (build{ context = here:context{
      Dockerfile = "FROM scratch\nCOPY own /own\n", own = unique .. name,
    } }))
  end

  local function configure(content)
      here.variables.DOCKER_CONFIG = here.directory .. "/docker-config"
      temporary.write(here.variables.DOCKER_CONFIG .. "/config.json", json.encode(content))
      client.forget()
    end

    local function auth_text(registry)
      local auth = credentials(registry)
      local text = native.base64_url(auth.username .. ":" .. auth.password)
      return (text:gsub("-", "+"):gsub("_", "/"))
    end

    local function build_on(ref, options)
      temporary.write(here.directory .. "/above/Dockerfile", ("FROM %s\nCOPY Dockerfile /\n"):format(ref))
      options = options or {}
      options.context = docker.context{ path = here.directory .. "/above" }
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
      local id = build{ context = here:context{
        Dockerfile = "FROM scratch\nCOPY own /own\n", own = unique .. ("x"):rep(2000000),
      } }
      local ref = password.REGISTRY .. "/bytes:1"
      docker.tag(id, ref)
      here:owned(ref)
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
      here:owned(ref)
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
      local nowhere = here:owned(("127.0.0.1:1/%s:1"):format(temporary.unique()))
      docker.tag(base, nowhere)
      assert.are.equal("network", raised(push, { ref = nowhere }).kind)
    end)

    it("builds on an image behind a password", function()
      local ref = publish(password, "guarded")
      local failure = raised(build_on, ref)
      assert.are.equal("denied", failure.kind)
      assert.is_truthy(failure.hint:find("docker login", 1, true))
      configure{ auths = { [password.REGISTRY] = { auth = auth_text(password) } } }
      build_on(ref)
      build_on(ref, { builder = CLASSIC })
    here:owned(ref) -- the classic builder pulls what it builds on
    end)

    it("builds on an image whose registry challenges anonymous users", function()
      build_on((publish(token, "open")))
    end)

    it("builds with the front end of a syntax line", function()
    local program = home .. "/frontend"
    frontend.build(program)
    local file <close> = assert(io.open(program, "rb"))
    local ref = publish_id(token, "frontend", (build{ context = here:context{
      Dockerfile = 'FROM scratch\nCOPY --chmod=755 frontend /frontend\nENTRYPOINT ["/frontend"]\n',
      frontend = file:read("a"),
    } }))
    local id, events = build{ context = here:context{
      Dockerfile = ("# syntax=%s\nFROM scratch\nCOPY own /own\n"):format(ref), own = unique,
    } }
    task.try(docker.untag, id)
    local resolving <const> = "resolve image config for "
    assert.is_truthy(find(events, { name = resolving .. ref, state = "done" })
      -- newer engines say where the image is from
      or find(events, { name = resolving .. "docker-image://" .. ref, state = "done" }))
    assert.is_truthy(find(events, { name = "COPY own /own", state = "done" }))
  end)

  it("pulls, and says why it does not", function()
      local ref = publish(token, "pulled")
      here:owned(ref)
      local stream <close> = docker.pull{ ref = ref }
      assert.are.same({ ref = ref }, stream:result())
      assert.is_string(docker.image(ref).Id)
      local absent <close> = docker.pull{ ref = token.REGISTRY .. "/absent:1" }
      assert.are.equal("not_found", raised(absent.result, absent).kind)
    end)
  end)
