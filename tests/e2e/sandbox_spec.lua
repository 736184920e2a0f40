--- sandbox/Dockerfile as it is, built by os2, and what runs in it.
local client = require("os2.docker.client")
local container = require("os2.docker.container")
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local fs = require("os2.fs")
local lfs = require("lfs")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local ROOT <const> = lfs.currentdir()
local PREFIX <const> = ("sandbox-test-%s--"):format(temporary.unique())
local LARGEST <const> = 1200 * 1000 * 1000
local TINI <const> = { "tini", "-s", "--" }
local OCI <const> = "org.opencontainers.image."
-- Fixed, so that no run but the first one builds.
local TOLD <const> = {
  SOURCE = "https://git.example/os2.git", REVISION = ("1234567890"):rep(4),
  CREATED = "2026-01-11T19:30:45Z",
}
local TOOLS <const> = {
  { "node", "^v24%.%d+%.%d+\n" }, { "pnpm", "^10%.%d+%.%d+\n" },
  { "tsx", "^tsx v4%.%d+%.%d+\nnode v24%." }, { "gh", "^gh version 2%.%d+%.%d+ " },
  { "claude", "^2%.%d+%.%d+ %(Claude Code%)\n" }, { "opencode", "^1%.%d+%.%d+\n" },
  { "git", "^git version 2%.%d+%.%d+\n" }, { "os2", "^os2 %d+%.%d+%.%d+\n" },
}

describe("the sandbox image", function()
  local image, resident

  -- The Dockerfile's own base where the engine has it, as `./bootstrap run` has then used it.
  local function base_image()
    local own = fs.read(ROOT .. "/sandbox/Dockerfile"):match("\nARG BASE_IMAGE=(%S+)")
    return task.try(docker.image, own) and own or fixture.tool("base", "node").BASE_IMAGE
  end

  local function build()
    local words = {
      "scripts/snapshot.lua", "--provider", "docker", "--prefix", PREFIX, "--build-arg",
      "BASE_IMAGE=" .. base_image(),
    }
    for name, value in pairs(TOLD) do
      table.move({ "--build-arg", name .. "=" .. value }, 1, 2, #words + 1, words)
    end
    local ran = program.run(words, { cwd = ROOT, timeout = 1500, env = {
      DAYTONA_API_KEY = false, DOPPLER_CONFIG = false, DOPPLER_ENVIRONMENT = false,
    } })
    assert(ran.code == 0, ran.stderr)
    return ran.stdout:match("^%S+") .. ":snapshot"
  end

  local function create(fields)
    fields.Image, fields.HostConfig = image, { NetworkMode = "none" }
    return docker.api.container_create(fields).Id
  end

  local function delete(id)
    docker.api.container_delete{ id = id, force = true, v = true }
  end

  local function text_of(stream)
    local text <const> = {}
    for event in stream do text[#text + 1] = event.data end
    return table.concat(text), stream:result()
  end

  -- Runs a command as PID 1 of a container of its own.
  local function run_alone(argv, user)
    local id = create{ Entrypoint = argv, User = user }
    local _ <close> = task.defer(function() delete(id) end)
    docker.api.container_start{ id = id }
    local code = docker.api.container_wait({ id = id }, { timeout = 600 }).StatusCode
    local logs <close> = container.logs(id)
    return code, (text_of(logs))
  end

  -- Runs a command in a container whose PID 1 is another program, as a Daytona runner does.
  local function run_inside(argv)
    local stream <close> = container.exec(resident, argv)
    local text, result = text_of(stream)
    return result.code, text
  end

  local function under_tini(argv)
    return table.move(argv, 1, #argv, #TINI + 1, { table.unpack(TINI) })
  end

  local function says(expected, script)
    local code, text = run_inside{ "sh", "-c", script }
    assert.equal(0, code, text)
    assert.equal(expected, text)
  end

  setup(function()
    client.forget()
    image = build()
    resident = create{ Entrypoint = { "sleep", "infinity" } }
    docker.api.container_start{ id = resident }
  end)

  teardown(function()
    if resident then delete(resident) end
    if image then docker.untag(image) end
    client.forget()
  end)

  for _, tool in ipairs(TOOLS) do
    local argv <const> = { tool[1], "--version" }

    it(("has %s, which runs as PID 1"):format(tool[1]), function()
      local code, text = run_alone(argv)
      assert.equal(0, code, text)
      assert.truthy(text:find(tool[2]), text)
    end)

    it(("has %s, which runs as a child of tini that is none"):format(tool[1]), function()
      local code, text = run_inside(under_tini(argv))
      assert.equal(0, code, text)
      assert.truthy(text:find(tool[2]), text)
    end)
  end

  it("says what it is, and has its whole command in ENTRYPOINT", function()
    local found = docker.image(image)
    local config = found.Config
    assert.is_nil(config.Cmd)
    assert.same({ "tini", "-s", "--", "os2", "entry" }, config.Entrypoint)
    assert.equal("iterate", config.User)
    assert.truthy(config.ExposedPorts["3000/tcp"])
    assert.equal(TOLD.SOURCE, config.Labels[OCI .. "source"])
    assert.equal(TOLD.REVISION, config.Labels[OCI .. "revision"])
    assert.equal(TOLD.CREATED, config.Labels[OCI .. "created"])
    assert.equal(base_image(), config.Labels[OCI .. "base.name"])
    assert.is_true(found.Size <= LARGEST, ("%d bytes"):format(found.Size))
  end)

  it("runs as a user who is not root and owns a home", function()
    says("iterate /home/iterate /home/iterate\n", 'touch ~/file && rm ~/file && echo "$(id -un)" ~ "$PWD"')
  end)

  it("has no caches and no package lists", function()
    local _, found = run_alone({ "sh", "-c",
      "find /root/.npm /root/.cache /home/iterate/.npm /home/iterate/.cache /var/lib/apt/lists "
        .. "/var/cache/apt /tmp /src /tools /out -type f -size +0 2>/dev/null" }, "root")
    assert.equal("", found)
  end)

  it("commits as iterate-bot", function()
    says("iterate-bot <iterate-bot@users.noreply.github.com>\n",
      "cd \"$(mktemp -d)\" && git init -q . && git commit -q --allow-empty -m x && git log --format='%an <%ae>'")
  end)

  it("has os2 with all its modules and scripts", function()
    says("true\n", [[os2 -e '
      local modules = fs.list("/usr/local/lib/os2/host")
      for _, file in ipairs(modules) do require("host." .. file:match("^(.*)%.so$")) end
      print(#modules >= 4 and policy.ask("snapshot.platform") ~= nil)']])
    says("", "os2 policy list >/dev/null")
  end)

  it("reaps orphans, also where tini is not PID 1", function()
    local code, text = run_inside(under_tini{ "sh", "-c",
      "orphan=$(sleep 0.1 >&2 & echo $!); n=0; "
        .. "while [ -e /proc/$orphan ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done; "
        .. "cat /proc/$orphan/status" })
    assert.equal(1, code, text)
    assert.truthy(text:find("No such file", 1, true), text)
  end)

  it("begins the boot, and says in one line what stopped it", function()
    local code, text = run_alone()
    assert.is_not.equal(0, code)
    assert.truthy(text:find("Z identity: iterate-bot <", 1, true), text)
    assert.truthy(text:find("\nos2: entry.checkout: cannot clone [^\n]+\n$"), text)
  end)

  it("is healthy only when port 3000 answers", function()
    local check = docker.image(image).Config.Healthcheck.Test
    local argv = table.move(check, 2, #check, 1, {})
    assert.equal("CMD", check[1])
    assert.is_not.equal(0, (run_inside(argv)))
    local server = [[require("http").createServer((_, reply) => reply.end("ok")).listen(3000)]]
    local stream <close> = container.exec(resident, { "node", "-e", server .. '; console.log("up")' })
    stream()
    local code, text = run_inside(argv)
    assert.equal(0, code, text)
  end)
end)
