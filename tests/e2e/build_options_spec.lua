--- scripts/snapshot.lua with the options of a build, held to what the docker command makes of them.
local docker = require("os2.docker")
local proc = require("os2.proc")
local worlds = require("tests.lib.world")

describe("snapshot with options of the build", function()
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

  -- A stage of another run has another environment: neither its cached steps nor its images are ours.
  local OWN <const> = ("\nENV OF=%s\n"):format(worlds.PREFIX)

  local function dockerfile(text)
    world:write("sandbox/Dockerfile", (text:gsub("(FROM [^\n]*)\n", "%1" .. OWN):gsub("BASE", base)))
  end

  local function snapshot(words, changes)
    local ran = world:run({ "snapshot", "--provider", "docker", table.unpack(words) }, changes)
    local name = ran.stdout:match("%S+")
    if name then made[#made + 1] = name .. ":snapshot" end
    return ran, name
  end

  local function image(words, changes)
    local ran, name = snapshot(words, changes)
    assert.equal(0, ran.code, ran.stderr)
    return docker.image(name .. ":snapshot"), ran
  end

  -- The image that the docker command makes of the same project with the same options.
  local function image_of_command(words)
    local tag = worlds.PREFIX .. "command:" .. #made
    local argv = { "/usr/bin/docker", "build", "-q", "-f", "sandbox/Dockerfile", "-t", tag }
    table.move(words, 1, #words, #argv + 1, argv)
    argv[#argv + 1] = "."
    local ran = proc.run(argv, {
      cwd = world.project, timeout = 240,
      env = { DOCKER_BUILDKIT = "1", DOCKER_CONFIG = world.directory .. "/none" },
    })
    assert.equal(0, ran.code, ran.stderr)
    made[#made + 1] = tag
    return docker.image(tag)
  end

  local function file_of(found, path)
    local ran = proc.run({ "/usr/bin/docker", "run", "--rm", "--entrypoint", "cat", found.Id, path },
      { timeout = 240 })
    assert.equal(0, ran.code, ran.stderr)
    return ran.stdout
  end

  it("takes the stage of --target, and of the policy", function()
    dockerfile("FROM BASE AS tools\nENV AT=tools\nENTRYPOINT [\"x\"]\n"
      .. "FROM BASE\nENV AT=last\nENTRYPOINT [\"x\"]\n")
    local function at(found) return table.concat(found.Config.Env, " "):match("AT=(%w+)") end
    assert.equal("last", at(image{}))
    assert.equal("tools", at(image{ "--target", "Tools" }))
    assert.equal(at(image_of_command{ "--target", "Tools" }), "tools")
    world:write("p.lua", 'policy.api(1)\npolicy.set("snapshot.target", "tools")\n')
    assert.equal("tools", at(image({}, { OS2_POLICY = "p.lua" })))
  end)

  it("refuses a stage that is not there before anything is sent", function()
    dockerfile("FROM BASE AS tools\nENTRYPOINT [\"x\"]\n")
    local ran = snapshot{ "--target", "tolls" }
    assert.equal(1, ran.code, ran.stderr)
    assert.matches("the Dockerfile has no stage 'tolls'", ran.stderr, 1, true)
    assert.matches("tools", ran.stderr, 1, true)
    assert.equal("", ran.stdout)
  end)

  it("knows the hosts of --add-host in RUN steps, as the docker command", function()
    dockerfile("FROM BASE\nRUN grep -E 'db$|six$' /etc/hosts | sort > /hosts\nENTRYPOINT [\"x\"]\n")
    local words = { "--add-host", "db:10.9.8.7", "--add-host", "six:fd00::1" }
    local own = file_of(image(words), "/hosts")
    assert.equal(file_of(image_of_command(words), "/hosts"), own)
    assert.matches("10.9.8.7%s+db", own)
    assert.matches("fd00::1%s+six", own)
  end)

  it("gives RUN steps no network with --network none", function()
    dockerfile("FROM BASE\nRUN ls /sys/class/net > /net\nENTRYPOINT [\"x\"]\n")
    assert.equal("lo\n", file_of(image{ "--network", "none" }, "/net"))
  end)

  it("runs each step anew with --no-cache", function()
    dockerfile("FROM BASE\nRUN cat /proc/sys/kernel/random/uuid > /once\nENTRYPOINT [\"x\"]\n")
    local first = file_of(image{}, "/once")
    assert.equal(first, file_of(image{}, "/once"))
    assert.not_equal(first, file_of(image{ "--no-cache" }, "/once"))
  end)

  it("takes lists of the policies where the command line gives none", function()
    dockerfile("FROM BASE\nRUN grep db /etc/hosts > /hosts\nENTRYPOINT [\"x\"]\n")
    world:write("p.lua", 'policy.api(1)\npolicy.set("snapshot.hosts", { "db:10.1.2.3" })\n')
    assert.matches("10.1.2.3%s+db", file_of(image({}, { OS2_POLICY = "p.lua" }), "/hosts"))
  end)

  it("labels the image, over what the policy says", function()
    dockerfile("FROM BASE\nENTRYPOINT [\"x\"]\n")
    local found = image{ "--label", "team=blue", "--label", "org.opencontainers.image.created=never" }
    assert.equal("blue", found.Config.Labels.team)
    assert.equal("never", found.Config.Labels["org.opencontainers.image.created"])
  end)

  it("asks the registry for the base image with --pull", function()
    local reference = ("127.0.0.1:1/%snowhere:1"):format(worlds.PREFIX)
    dockerfile(("FROM %s\nENTRYPOINT [\"x\"]\n"):format(reference))
    docker.tag(base, reference)
    made[#made + 1] = reference
    image{}
    local ran = snapshot{ "--pull" }
    assert.not_equal(0, ran.code)
    assert.matches("127.0.0.1:1", ran.stderr, 1, true)
  end)

  it("warns of a build argument that no ARG declares", function()
    dockerfile("FROM BASE\nARG GIVEN\nENTRYPOINT [\"x\"]\n")
    local _, ran = image{ "--build-arg", "GIVEN=1", "--build-arg", "GIVNE=1" }
    assert.matches("declares the build argument GIVNE", ran.stderr, 1, true)
    assert.is_nil(ran.stderr:find("argument GIVEN", 1, true))
  end)

  it("refuses what is no platform, host or network (exit 2)", function()
    for _, words in ipairs{
      { "--platform", "amd64" }, { "--add-host", "db" }, { "--network", "bridge" }, { "--label", "x" },
    } do
      local ran = snapshot(words)
      assert.equal(2, ran.code, table.concat(words, " ") .. ran.stderr)
    end
  end)
end)
