--- Podman's socket: what os2 asks of an engine, answered by another one.
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

describe("os2.docker with Podman", function()
  local home, socket, why

  setup(function()
    home = temporary.directory()
    local done = proc.run({ "tests/lib/podman", "start", home }, { timeout = 120 })
    socket, why = done.stdout:match("PODMAN_SOCKET=([^\n]+)"), done.stderr
  end)

  teardown(function()
    fixture.tool("podman", "stop", home)
    temporary.remove(home)
  end)

  local here

  before_each(function()
    here = fixture.open()
    here.variables.DOCKER_HOST = "unix://" .. tostring(socket)
  end)

  after_each(function() here:close() end)

  -- An unprivileged container has no Podman that runs.
  local function with_podman(name, body)
    it(name, function()
      if not socket then return pending("Podman does not run here: " .. why) end
      return body()
    end)
  end

  with_podman("is asked for its classic builder", function()
    local engine = docker.ping()
    assert.equal("1", engine.builder_version)
    assert.matches("^1%.%d+$", engine.api_version)
  end)

  with_podman("builds, lists, tags and untags", function()
    local id, events = fixture.build{
      context = here:context{
        Dockerfile = "FROM scratch AS one\nCOPY own /own\nFROM scratch\nCOPY --from=one /own /twice\n"
          .. "LABEL os2.spec=podman\n", own = "own",
      }, tags = { "localhost/os2-spec:1" },
    }
    assert.is_truthy(fixture.find(events, { type = "step", name = "COPY own /own", state = "done" }))
    assert.equal(id:gsub("^sha256:", ""), (docker.image("localhost/os2-spec:1").Id:gsub("^sha256:", "")))
    assert.equal(1, #docker.images{ labels = { "os2.spec=podman" } })
    docker.tag("localhost/os2-spec:1", "localhost/os2-other:1")
    docker.untag("localhost/os2-other:1")
    docker.untag("localhost/os2-spec:1")
    assert.equal("not_found", fixture.raised(docker.image, "localhost/os2-spec:1").kind)
  end)

  with_podman("lists snapshots, by both of their labels and their tag", function()
    local provider = require("os2.providers.docker")
    local labels = provider.labels("podman--20260101-000000")
    for tag, more in pairs{ whole = labels["os2.created"], half = "" } do
      fixture.build{
        context = here:context{
          Dockerfile = ('FROM scratch\nCOPY own /own\nLABEL os2.snapshot="podman--%s" %s\n'):format(tag,
            more ~= "" and ('os2.created="%s"'):format(more) or ""), own = tag,
        }, tags = { "localhost/os2-listed:" .. tag },
      }
    end
    local names = {}
    for _, tag in ipairs{ "whole", "half" } do
      assert.equal(0, #provider.pages()())
      local image = docker.image("localhost/os2-listed:" .. tag).Id
      names[tag] = (provider.create_snapshot{ name = "podman--" .. tag, image = image } or {}).name
      docker.untag("localhost/os2-listed:" .. tag)
      docker.untag(provider.snapshot_reference("podman--" .. tag))
    end
    assert.same({ whole = "podman--whole" }, names)
  end)

  with_podman("keeps no health check, and os2 says so", function()
    local id, events = fixture.build{ context = here:context{
      Dockerfile = 'FROM scratch\nCOPY own /own\nHEALTHCHECK CMD ["/own"]\n', own = "own",
    }, tags = { "localhost/os2-healthy:1" } }
    local health = docker.image(id).Config.Healthcheck
    docker.untag("localhost/os2-healthy:1")
    assert.not_equal("table", type(health))
    local warning = fixture.find(events, { type = "warning" })
    assert.matches("Podman keeps no HEALTHCHECK in the image", warning.text, 1, true)
  end)

  with_podman("says which step failed", function()
    local failure = fixture.raised(fixture.build, {
      context = here:context{ Dockerfile = "FROM scratch\nCOPY missing /\n" },
    })
    assert.equal("invalid", failure.kind)
    assert.matches("step 2/2 (COPY missing /): ", failure.message, 1, true)
    assert.matches("missing", failure.message, 1, true)
  end)
end)
