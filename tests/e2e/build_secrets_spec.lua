--- scripts/snapshot.lua with secrets and SSH agents: on a real engine, with a real agent.
local docker = require("os2.docker")
local proc = require("os2.proc")
local worlds = require("tests.lib.world")

local SECRET <const> = "s3cr3t-of-the-build"

describe("snapshot with secrets", function()
  local world, base, made

  setup(function()
    world = worlds.start()
    base = worlds.base_image()
  end)

  teardown(function()
    if world then world:stop() end
  end)

  before_each(function()
    made = {}
    world:reset()
  end)

  after_each(function()
    for _, reference in ipairs(made) do docker.untag(reference) end
  end)

  -- With an environment of its own: the engine lets two runs that build the same share each step.
  local function dockerfile(text)
    world:write("sandbox/Dockerfile", ("FROM %s\nENV OF=%s\n%s\nENTRYPOINT [\"x\"]\n"):format(base,
      worlds.PREFIX, text))
  end

  local function snapshot(words, changes)
    local ran = world:run({ "snapshot", "--provider", "docker", "--no-cache", table.unpack(words) },
      changes)
    local name = ran.stdout:match("%S+")
    if name then made[#made + 1] = name .. ":snapshot" end
    return ran, name
  end

  local function sh(...)
    local ran = proc.run({ ... }, { timeout = 240 })
    assert.equal(0, ran.code, ran.stderr)
    return ran.stdout
  end

  it("mounts a secret, which stays out of image, history and output", function()
    dockerfile("RUN --mount=type=secret,id=key cat /run/secrets/key && wc -c < /run/secrets/key > /size")
    local ran, name = snapshot({ "--secret", "id=key,env=KEY" }, { KEY = SECRET })
    assert.equal(0, ran.code, ran.stderr)
    local reference = name .. ":snapshot"
    local size = sh("/usr/bin/docker", "run", "--rm", "--entrypoint", "cat", reference, "/size")
    assert.equal(#SECRET, tonumber(size))
    for _, text in ipairs{
      ran.stderr, ran.stdout, sh("/usr/bin/docker", "history", "--no-trunc", reference),
      sh("/usr/bin/docker", "inspect", reference),
      sh("sh", "-c", "/usr/bin/docker save " .. reference .. " | tar -xO"),
    } do
      assert.is_nil(text:find(SECRET, 1, true))
    end
  end)

  it("keeps a secret out of what a failing step wrote", function()
    dockerfile("RUN --mount=type=secret,id=key cd /run/secrets; cat key; echo; echo \"=$(base64 key)=\"; "
      .. "(echo -n xy; cat key) | base64; exit 3")
    local ran = snapshot({ "--secret", "id=key,env=KEY" }, { KEY = SECRET })
    assert.equal(1, ran.code)
    assert.matches("exit code 3", ran.stderr, 1, true)
    assert.is_nil(ran.stderr:find(SECRET, 1, true), ran.stderr)
    assert.matches("***", ran.stderr, 1, true)
    assert.matches("=***", ran.stderr, 1, true)
    for _, encoded in ipairs{ "czNjcjN0LW9m", "M2NyM3Qtb2Y" } do
      assert.is_nil(ran.stderr:find(encoded, 1, true), ran.stderr)
    end
  end)

  it("takes it from a file and from a policy, bytes and all", function()
    world:write("key", "a\0b\n\255")
    dockerfile("RUN --mount=type=secret,id=key,required=true od -An -tx1 /run/secrets/key > /bytes")
    world:write("p.lua", 'policy.api(1)\npolicy.set("snapshot.secrets", { "id=key,src=key" })\n')
    for _, case in ipairs{ { { "--secret", "id=key,src=key" } }, { {}, { OS2_POLICY = "p.lua" } } } do
      local ran, name = snapshot(case[1], case[2])
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(" 61 00 62 0a ff\n",
        sh("/usr/bin/docker", "run", "--rm", "--entrypoint", "cat", name .. ":snapshot", "/bytes"))
      docker.untag(table.remove(made))
    end
  end)

  it("goes on without a secret that is not required, and stops before the build where it is", function()
    dockerfile("RUN --mount=type=secret,id=key test ! -e /run/secrets/key")
    local ran = snapshot{}
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("runs without the secret key: it is not given (--secret id=key)", ran.stderr, 1, true)
    dockerfile("RUN --mount=type=secret,id=key,required true")
    ran = snapshot{}
    assert.equal(1, ran.code, ran.stderr)
    assert.matches("requires the secret key", ran.stderr, 1, true)
    assert.matches("--secret id=key", ran.stderr, 1, true)
  end)

  it("warns of a build argument that is a secret, and names the option", function()
    dockerfile("ARG NPM_TOKEN")
    local ran = snapshot({ "--build-arg", "NPM_TOKEN" }, { NPM_TOKEN = SECRET })
    assert.equal(0, ran.code, ran.stderr)
    assert.matches("--secret id=NPM_TOKEN", ran.stderr, 1, true)
  end)

  describe("of an SSH agent", function()
    local agent, socket

    before_each(function()
      socket = world.directory .. "/agent"
      agent = proc.spawn({ "ssh-agent", "-D", "-a", socket }, { stdin = "null", timeout = 600 })
      agent:next()
      sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "of the test", "-f", world.directory .. "/id")
      proc.run({ "ssh-add", world.directory .. "/id" }, { timeout = 120, env = { SSH_AUTH_SOCK = socket } })
    end)

    after_each(function()
      agent:close()
      os.remove(socket)
      os.remove(world.directory .. "/id")
      os.remove(world.directory .. "/id.pub")
    end)

    -- Asks the agent for its keys: SSH2_AGENTC_REQUEST_IDENTITIES, a message of one byte.
    local ASK <const> = [[perl -MIO::Socket::UNIX -e ']]
      .. [[$s = IO::Socket::UNIX->new($ENV{SSH_AUTH_SOCK}) or die "no agent"; ]]
      .. [[print $s pack("NC", 1, 11); read $s, $l, 4; read $s, $m, unpack("N", $l); ]]
      .. [[print $m =~ /of the test/ ? "known" : "unknown"' > /keys]]

    it("forwards it to the steps that mount it", function()
      dockerfile("RUN --mount=type=ssh,required=true " .. ASK)
      for _, case in ipairs{
        { { "--ssh", "default" }, { SSH_AUTH_SOCK = socket } },
        { { "--ssh", "default=" .. socket }, { SSH_AUTH_SOCK = false } },
      } do
        local ran, name = snapshot(case[1], case[2])
        assert.equal(0, ran.code, ran.stderr)
        assert.equal("known",
          sh("/usr/bin/docker", "run", "--rm", "--entrypoint", "cat", name .. ":snapshot", "/keys"))
        docker.untag(table.remove(made))
      end
    end)

    it("refuses one that is not there", function()
      dockerfile("RUN --mount=type=ssh true")
      local ran = snapshot({ "--ssh", "default" }, { SSH_AUTH_SOCK = false })
      assert.equal(2, ran.code, ran.stderr)
      assert.matches("SSH_AUTH_SOCK is not set", ran.stderr, 1, true)
    end)
  end)
end)
