--- `os2 snapshot` looks at the image before the push: at the stand-in and on the local engine.
local docker = require("os2.docker")
local snapshot_worlds = require("tests.lib.snapshot_worlds")

local NO_PUSH <const> = "GET /api/docker-registry/registry-push-access"

describe("snapshot looks at the image", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)
  after_each(shared.clean)

  local snapshot, assert_refused, with_policy =
    shared.snapshot, shared.assert_refused, shared.with_policy

  local function dockerfile(...)
    world:write("sandbox/Dockerfile", table.concat({ "FROM scratch", "COPY hello /hello", ... }, "\n")
      .. "\n")
  end

  local function local_snapshot()
    local ran = snapshot{ "--provider", "docker" }
    assert.equal(0, ran.code, ran.stderr)
    docker.untag(ran.stdout:match("%S+") .. ":snapshot")
    return ran
  end

  it("refuses a private key before the push, and warns of it on this machine", function()
    world:write("keys/id_rsa", "not a key\n")
    dockerfile("COPY keys/id_rsa /root/.ssh/id_rsa", 'ENTRYPOINT ["/hello"]')
    local ran = snapshot()
    assert_refused(ran, 1, "keys/id_rsa looks like a secret", "--mount=type=secret", ".dockerignore")
    assert.is_nil(world:requests()[NO_PUSH])
    ran = with_policy([[policy.override("snapshot.exposed", function(_, facts)
      return facts.name:find("id_rsa") and "take" or "refuse"
    end)]])
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("id_rsa looks like a secret", local_snapshot().stderr, 1, true)
  end)

  it("warns of variables and arguments by their names, never with their values", function()
    dockerfile("ARG NPM_TOKEN=hidden-one", "ENV API_KEY=hidden-two PLAIN=x", 'ENTRYPOINT ["/hello"]')
    local ran = snapshot()
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("the variable API_KEY looks like a secret", ran.stderr, 1, true)
    assert.matches("the build argument NPM_TOKEN looks like a secret", ran.stderr, 1, true)
    local warned = {}
    for line in ran.stderr:gmatch("[^\n]*looks like a secret[^\n]*") do warned[#warned + 1] = line end
    assert.equal(2, #warned, ran.stderr)
    assert.is_nil(table.concat(warned):find("hidden", 1, true))
  end)

  it("warns of an ENTRYPOINT that a shell runs, for Daytona only", function()
    dockerfile("ENTRYPOINT /hello --loud")
    local ran = snapshot()
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("write it as a list", ran.stderr, 1, true)
    assert.is_nil(local_snapshot().stderr:find("write it as a list", 1, true))
  end)

  it("refuses another platform, unless it is asked for", function()
    world:write("sandbox/Dockerfile", "FROM --platform=linux/arm64 scratch\nCOPY hello /hello\n"
      .. 'ENTRYPOINT ["/hello"]\n')
    local words = { "--platform", "linux/arm64" }
    assert.equal(0, snapshot(words).code)
    local ran = with_policy([[policy.override("snapshot.image_platform", function(base, facts)
      facts.wanted = "linux/amd64"
      return base(facts)
    end)]], words)
    assert_refused(ran, 1, "the image is for linux/arm64, sandboxes need linux/amd64")
  end)

  it("tells the policy the size and the disk", function()
    dockerfile('ENTRYPOINT ["/hello"]')
    local ran = with_policy([[policy.override("snapshot.image_size", function(_, facts)
      return "refuse", ("%d bytes of %d GB"):format(facts.bytes, facts.disk)
    end)]], { "--disk", "5" })
    local line = assert_refused(ran, 1, "bytes of 5 GB", "--disk")
    assert.matches("%d%d bytes of", line)
    assert.is_nil(world:requests()[NO_PUSH])
  end)
end)
