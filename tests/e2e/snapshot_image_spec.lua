--- `os2 snapshot --image` and `--also`: what is in a registry or in the engine is registered.
local docker = require("os2.docker")
local json = require("os2.json")
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-+$", "")

describe("snapshot --image", function()
  local shared, world, repository, auth = snapshot_worlds.new(), nil, nil, nil

  setup(function()
    world = shared.start()
    local registry = world.registry
    repository = registry.REGISTRY .. "/own/app"
    auth = { username = registry.REGISTRY_USER, password = registry.REGISTRY_PASSWORD }
    temporary.write(world.directory .. "/docker/config.json",
      json.encode{ auths = { [registry.REGISTRY] = auth } })
  end)
  teardown(shared.stop)
  before_each(shared.reset)

  -- What the tests themselves have made with the engine; os2 leaves nothing but local snapshots.
  local made = {}
  after_each(function()
    for _, ref in ipairs(made) do task.try(docker.untag, ref) end
    made = {}
    shared.clean()
  end)

  local function run(words, changes)
    changes = changes or {}
    if changes.DOCKER_CONFIG == nil then changes.DOCKER_CONFIG = world.directory .. "/docker" end
    return shared.snapshot(words, changes)
  end

  -- Builds an image with a reference; returns its id.
  local function built(ref, more)
    world:write("image/Dockerfile", "FROM scratch\nCOPY text /text\n" .. (more or "")
      .. 'ENTRYPOINT ["/text"]\n')
    world:write("image/text", OWN .. (more or ""))
    made[#made + 1] = ref
    return docker.build{ context = docker.context{ path = world.project .. "/image",
      dockerfile = world.project .. "/image/Dockerfile" }, tags = { ref },
      on_progress = function() end }.id
  end

  -- Pushes an image; the engine keeps it.
  local function pushed(tag, more)
    local ref = ("%s:%s"):format(repository, tag)
    built(ref, more)
    return docker.push{ ref = ref, auth = auth, on_progress = function() end }.digest, ref
  end

  local function document_of(ran)
    assert.equal(0, ran.code, ran.stderr)
    local document = json.decode(ran.stdout)
    if document.provider == "docker" then made[#made + 1] = document.name .. ":snapshot" end
    return document
  end

  it("registers what is in a registry, with its digest and without a push", function()
    local digest, ref = pushed("one")
    local document = document_of(run{ "--image", ref, "--json" })
    assert.equal(digest, document.digest)
    assert.equal(ref, document.image)
    assert.matches("^%x+$", document.content)
    assert.equal(ref, shared.snapshots()[1].imageName)
    assert.is_nil(world:requests()["GET /api/docker-registry/registry-push-access"])
    assert.is_nil(document.push or document.build)
    local again = document_of(run{ "--image", ref, "--if-changed", "--json" })
    assert.is_true(again.reused)
    assert.equal(document.name, again.name)
    assert.equal(1, shared.creates())
  end)

  it("is tried with --verify, without a push", function()
    local _, ref = pushed("verified")
    world:control("POST", "config", {
      proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
    })
    world:write("policy.lua", "policy.api(1)\npolicy.set('snapshot.checks', {'exit 3'})\n")
    local changes = { OS2_POLICY = "policy.lua" }
    shared.assert_refused(run({ "--image", ref, "--verify" }, changes), 1, "ended with 3")
    world:write("policy.lua", "policy.api(1)\npolicy.set('snapshot.checks', {'true'})\n")
    local document = document_of(run({ "--image", ref, "--verify", "--json" }, changes))
    assert.is_true(document.candidate.passed)
    assert.equal(ref, document.image)
    assert.is_nil(world:requests()["GET /api/docker-registry/registry-push-access"])
  end)

  it("needs no engine, nor the image in it", function()
    local digest, ref = pushed("two")
    docker.untag(ref)
    local document = document_of(run{ "--image", ref, "--json" })
    assert.equal(digest, document.digest)
    assert.is_nil(document.content)
    local ran = run({ "--image", ref, "--json", "--if-changed" }, { DOCKER_HOST = "unix:///nowhere" })
    assert.matches("is not known here, so --if-changed cannot compare it", ran.stderr, 1, true)
    document = document_of(ran)
    assert.equal(digest, document.digest) -- Daytona has told it
  end)

  it("takes a digest that the tag has, and no other", function()
    local digest, ref = pushed("three")
    assert.equal(ref, document_of(run{ "--image", ref .. "@" .. digest, "--json" }).image)
    local other = "sha256:" .. ("0"):rep(64)
    shared.assert_refused(run{ "--image", ref .. "@" .. other }, 6, digest, other)
    -- where only Daytona can tell it, the gate finds it out before anything is live
    local before = shared.creates()
    shared.assert_refused(run({ "--image", ref .. "@" .. other, "--verify" },
      { DOCKER_HOST = "unix:///nowhere" }), 6, "has pulled " .. digest, "nothing is registered")
    assert.equal(before + 1, shared.creates())
    assert.equal(0, #(world:control("GET", "state").sandboxes))
  end)

  it("refuses what Daytona would refuse or could not read", function()
    for _, row in ipairs{
      { "ghcr.io/acme/box:latest", ":latest" }, { "ghcr.io/acme/box", "it has no tag" },
      { "localhost:5000/box", "it has no tag" }, { "Acme/Box:1", "lower case" },
      { "box@sha256:" .. ("0"):rep(64), "cannot read it" }, { "box:1@sha256:abc", "64 hexadecimal" },
    } do
      shared.assert_refused(run{ "--image", row[1] }, 2, row[2])
    end
    shared.assert_refused(run{ "--image", "box:1", "--target", "a" }, 2, "--target is for a build")
    shared.assert_refused(run{ "--push" }, 2, "--push needs --image")
  end)

  it("says what is in no registry, and pushes it with --push", function()
    local ref = OWN .. "-local:latest"
    local id = built(ref)
    docker.tag(id, OWN .. "-local:one")
    made[#made + 1] = OWN .. "-local:one"
    shared.assert_refused(run{ "--image", OWN .. "-local:one" }, 4, "in the local engine", "--push")
    shared.assert_refused(run{ "--image", repository .. ":absent" }, 4, "there is no image")
    local document = document_of(run{ "--image", ref, "--push", "--json" })
    assert.matches("/daytona/os2:%d+%-%d+%-c" .. document.content .. "%-%x+$", document.image)
    assert.equal(document.image, shared.snapshots()[1].imageName)
    document = document_of(run{ "--image", ref, "--push", "--if-changed", "--json" })
    assert.is_true(document.reused)
    shared.assert_refused(run{ "--image", OWN .. "-absent:1", "--push" }, 4, "has no image")
  end)

  it("looks at the image that the engine has", function()
    local _, ref = pushed("five", "ENV API_TOKEN=hidden\n")
    local ran = run{ "--image", ref }
    assert.matches("the variable API_TOKEN looks like a secret", ran.stderr, 1, true)
    built(OWN .. "-arm:1", "LABEL a=b\n")
    shared.assert_refused(run{ "--image", OWN .. "-arm:1", "--push", "--platform", "linux/arm64" }, 1,
      "sandboxes need linux/arm64")
  end)

  it("makes a local snapshot of what is here, and of what can be pulled", function()
    local ref = OWN .. "-local:two"
    local id = built(ref, "LABEL org.opencontainers.image.revision=0123456789abcdef\n")
    local document = document_of(run{ "--provider", "docker", "--image", ref, "--json" })
    assert.equal("0123456789abcdef", document.commit)
    local image = docker.image(document.name .. ":snapshot")
    assert.same(docker.image(id).RootFS.Layers, image.RootFS.Layers)
    local resolved = world:run{ "resolve", "--provider", "docker", "--fresh" }
    assert.equal(document.name .. "\n", resolved.stdout, resolved.stderr)
    local _, remote = pushed("six")
    docker.untag(remote)
    document_of(run{ "--provider", "docker", "--image", remote, "--json" })
  end)

  describe("--also", function()
    it("pushes to a registry of one's own, before the registration", function()
      local document = document_of(run{ "--also", repository .. ":mine", "--also", repository, "--json" })
      assert.equal(2, #document.copies)
      assert.equal(repository .. ":mine", document.copies[1].ref)
      assert.equal(document.digest, document.copies[1].digest)
      local tag = document.image:match(":([^:]+)$")
      assert.equal(("%s:%s"):format(repository, tag), document.copies[2].ref)
      local found = docker.distribution(document.copies[2].ref, { auth = auth })
      assert.equal(document.digest, found.Descriptor.digest)
    end)

    it("registers nothing where it fails, and says how to go on", function()
      local ran = run({ "--also", repository .. ":x" }, { DOCKER_CONFIG = "/nowhere" })
      local line = shared.assert_refused(ran, 7, repository .. ":x (--also) failed", "--pushed")
      assert.matches("--also " .. repository .. ":x", line, 1, true)
      assert.equal(0, shared.creates())
    end)

    it("copies a local snapshot, and what is in a registry only", function()
      local document = document_of(run{ "--provider", "docker", "--also", repository .. ":seven",
        "--json" })
      assert.matches("^sha256:", document.copies[1].digest)
      local digest, ref = pushed("eight")
      docker.untag(ref)
      document = document_of(run{ "--image", ref, "--also", repository .. ":nine", "--json" })
      assert.equal(digest, document.copies[1].digest)
    end)

    it("leaves a tag of that name to the image that the user gave it", function()
      local ref = repository .. ":own"
      local id = built(ref, "LABEL mine=yes\n")
      local document = document_of(run{ "--also", ref, "--json" })
      assert.equal(document.digest, docker.distribution(ref, { auth = auth }).Descriptor.digest)
      assert.equal(id, docker.image(ref).Id)
      local ran = run({ "--also", ref }, { DOCKER_CONFIG = "/nowhere" })
      assert.equal(7, ran.code, ran.stderr)
      assert.equal(id, docker.image(ref).Id)
      assert.same({ ref }, docker.image(id).RepoTags)
    end)

    it("refuses what cannot be pushed to", function()
      shared.assert_refused(run{ "--also", "No:1" }, 2, "lower case")
      shared.assert_refused(run{ "--also", "a@sha256:" .. ("0"):rep(64) }, 2, "not to a digest")
    end)
  end)
end)
