--- `os2 snapshot` that refuses: settings, names, images, and what the organization does not allow.
local snapshot_worlds = require("tests.lib.snapshot_worlds")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local NAME <const> = snapshot_worlds.NAME

describe("snapshot", function()
  local shared, world = snapshot_worlds.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)
  before_each(shared.reset)
  after_each(shared.clean)

  local snapshot, fixed, snapshots, fault, assert_refused, with_policy =
    shared.snapshot, shared.fixed, shared.snapshots, shared.fault, shared.assert_refused,
    shared.with_policy

  describe("what the organization does not allow", function()
    it("is found before the build where a policy knows it", function()
      for text, words in pairs{
        ['policy.set("snapshot.largest", { cpu = 4 })'] = { "cpu 8 is more", "4 (snapshot.largest)",
          "at most 4 with --cpu" },
        ['policy.set("snapshot.quota", 1)'] = { "1 snapshot in use", "(snapshot.quota)" },
      } do
        world:reset()
        world:control("POST", "seed", { name = "other", createdAt = "2026-01-01T00:00:00Z" })
        local ran = with_policy(text, { "--cpu", "8" })
        assert_refused(ran, 8, table.unpack(words))
        assert.is_nil(ran.stderr:find("  build", 1, true), ran.stderr)
      end
    end)

    it("is answered with what it does allow, and a way on that asks for that", function()
      world:control("POST", "config", { limits = { cpu = 4 } })
      local ran = fixed{ "--cpu", "8" }
      assert_refused(ran, 8, "CPU request 8 exceeds", "at most 4 with --cpu")
      assert.is_nil(ran.stderr:find("--cpu 8", 1, true), ran.stderr)
      local ref = ran.stderr:match("%-%-pushed (%S+)")
      ran = snapshot{ "--name", NAME, "--cpu", "4", "--pushed", ref }
      assert.equal(0, ran.code, ran.stderr)
      assert.equal(4, snapshots()[1].cpu)
    end)
  end)

  describe("options of which one makes another useless", function()
    it("are refused, with both named and the way on", function()
      for _, row in ipairs{
        { { "--verify-env", "A=b" }, "--verify-env is for the machine of --verify", "add --verify" },
        { { "--keep-candidate" }, "--keep-candidate is for the candidate of --verify" },
        { { "--run-key", "k", "--no-run-key" }, "--run-key and --no-run-key contradict" },
        { { "--run-key", "k", "--name", NAME }, "--run-key has no effect with --name" },
        { { "--run-key", "k", "--image", "a/b:1" }, "--run-key has no effect with --image",
          "--if-changed" },
        { { "--allow-older", "--on-newer", "skip" }, "--allow-older means --on-newer publish" },
        { { "--gpu-type", "H100" }, "the number of GPUs is 0", "--gpu N" },
      } do
        assert_refused(snapshot(row[1]), 2, table.unpack(row, 2))
      end
      assert.equal(0, select(2, world:requests()))
    end)

    it("are said where the provider has no such thing, and where a rerun would double", function()
      local ran = snapshot{ "--provider", "docker", "--region", "us", "--entrypoint", "x",
        "--run-key", "k", "--dry-run" }
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("--region, --entrypoint, --run-key: no effect with --provider docker",
        ran.stderr, 1, true)
      local ci = { GITHUB_RUN_ID = "1", GITHUB_JOB = "b" }
      local words = "a rerun of this CI job makes another snapshot"
      for given, is_said in pairs{ ["--remote"] = true, ["--no-run-key"] = false } do
        ran = snapshot({ "--dry-run", given }, ci)
        assert.equal(is_said, ran.stderr:find(words, 1, true) ~= nil, ran.stderr)
      end
      assert.is_nil(snapshot({ "--dry-run", "--remote", "--if-changed" }, ci).stderr:find(words, 1, true))
    end)
  end)

  describe("refuses", function()
    it("no prefix", function()
      assert_refused(snapshot({}, { DAYTONA_SNAPSHOT_PREFIX = false }), 3,
        "DAYTONA_SNAPSHOT_PREFIX", "--prefix")
    end)

    it("a prefix without --", function()
      assert_refused(snapshot{ "--prefix", "dev" }, 3, '"dev"', '"dev--"')
    end)

    it("illegal characters", function()
      assert_refused(snapshot{ "--prefix", "dev sand--" }, 3, '"dev sand--"', "allowed are")
    end)

    it("no key, naming both ways on", function()
      assert_refused(snapshot({}, { DAYTONA_API_KEY = false }), 3, "DAYTONA_API_KEY",
        "--provider docker")
    end)

    it("a missing Dockerfile", function()
      assert_refused(snapshot{ "--dockerfile", "none/Dockerfile" }, 3, "none/Dockerfile",
        "--dockerfile")
      assert.equal(0, select(2, world:requests()))
    end)

    it("a syntax error", function()
      world:write("sandbox/Dockerfile", "FROM scratch\nCOPYY hello /hello\n")
      assert_refused(snapshot(), 1, "COPYY")
    end)

    it("a failing RUN, with its last lines", function()
      world:write("sandbox/Dockerfile",
        ("FROM %s\nENV OWN=%s\nRUN echo so far so good; echo then this >&2; exit 7\n"):format(
          worlds.base_image(), PREFIX))
      local ran = snapshot()
      assert_refused(ran, 1, "exit code 7")
      assert.truthy(ran.stderr:find("| then this", 1, true), ran.stderr)
      assert.same({}, snapshots())
    end)

    it("to publish what stands on a stand-in for its base image", function()
      world:write("sandbox/Dockerfile",
        ("FROM %s\nLABEL one=%s\n"):format(worlds.base_image(), PREFIX))
      local ran = snapshot()
      assert_refused(ran, 1, "os2.stand-in", "--provider docker")
      assert.same({}, snapshots())
    end)

    it("a wrong key", function()
      assert_refused(snapshot({}, { DAYTONA_API_KEY = "wrong" }), 7, "Invalid credentials",
        "DAYTONA_API_KEY")
      -- Repeated 401s throttle the whole address: one is enough.
      assert.equal(1, select(2, world:requests()))
    end)

    it("a key without the permission, before anything is built", function()
      local ran = snapshot({}, { DAYTONA_API_KEY = "dtn_test_key_read" })
      assert_refused(ran, 7, "write:snapshots", "key")
      assert.is_nil(ran.stderr:find("  build", 1, true))
    end)

    it("a full quota", function()
      world:control("POST", "config", { quota = 0 })
      assert_refused(snapshot(), 8, "uota")
      assert.same({}, snapshots())
    end)

    it("a name taken by what an other run registers meanwhile, when it was given", function()
      fault({ method = "POST", path = "/snapshots$" }, {
        type = "status", status = 409, body = { message = "Snapshot with name already exists" },
      }, 0)
      assert_refused(snapshot{ "--name", NAME }, 6, "exists")
    end)

    it("an engine that is down", function()
      assert_refused(snapshot({}, { DOCKER_HOST = "unix:///nowhere/docker.sock" }), 75,
        "/nowhere/docker.sock", "start the engine")
    end)

    it("a registry that refuses the push", function()
      world:control("POST", "config", { registry = { password = "wrong" } })
      assert_refused(snapshot(), 7, "docker.push")
      assert.same({}, snapshots())
    end)

    it("a registry that is not there", function()
      world:control("POST", "config", { registry = { url = "http://127.0.0.1:1" } })
      assert_refused(snapshot(), 75, "127.0.0.1:1")
    end)

    it("to overtake a newer snapshot unasked", function()
      world:control("POST", "seed", { name = PREFIX .. "20270101-000000" })
      assert_refused(fixed(), 6, "20270101-000000", "--allow-older")
      assert.equal(0, fixed({ "--allow-older" }).code)
    end)

    it("a key and a prefix of different environments", function()
      assert_refused(snapshot({ "--prefix", "iterate-sandbox-prd--" }, { DOPPLER_CONFIG = "dev" }), 3,
        "iterate-sandbox-prd--", "dev")
    end)
  end)
end)
