--- `os2 snapshot --verify --provider docker` on the real engine.
local docker = require("os2.docker")
local docker_machines = require("tests.lib.docker_machines")
local interrupt = require("tests.lib.interrupt")
local json = require("os2.json")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-%-$", "")

describe("snapshot --verify --provider docker", function()
  local shared, world = docker_machines.new(), nil

  setup(function() world = shared.start() end)
  teardown(shared.stop)

  local served = ("FROM %s\nCOPY served /served\nLABEL a=%s\n"):format(worlds.base_image(), OWN)

  -- The references of this spec's snapshots, but for the one that the library has made.
  local function references(pattern)
    local found = {}
    for _, image in ipairs(docker.images{ labels = { "a=" .. OWN } }) do
      for _, ref in ipairs(type(image.RepoTags) == "table" and image.RepoTags or {}) do
        if ref:find(OWN, 1, true) and ref:find(pattern) then found[#found + 1] = ref end
      end
    end
    return found
  end

  after_each(function()
    shared.clean()
    for _, ref in ipairs(references(".")) do docker.untag(ref) end
  end)

  local CHECKS <const> = "policy.set('snapshot.checks', {%s})\npolicy.set('timeouts.candidate', %d)\n"

  local function policies(checks, seconds, more)
    world:write("policy.lua", "policy.api(1)\n" .. CHECKS:format(checks, seconds or 60)
      .. (more or ""))
    return { OS2_POLICY = "policy.lua" }
  end

  local function verify(command, words, checks, seconds)
    world:write("sandbox/Dockerfile", served .. command .. "\n")
    return shared.run({ "snapshot", "--provider", "docker", "--verify", table.unpack(words) },
      policies(checks, seconds))
  end

  it("publishes what works, and leaves neither machine nor candidate", function()
    local ran = verify('ENTRYPOINT ["/served"]', { "--json" }, "'test -x /served', 'echo $0'")
    assert.equal(0, ran.code, ran.stderr)
    local document = json.decode(ran.stdout)
    assert.matches("^http://127.0.0.1:", document.candidate.url)
    assert.is_true(document.candidate.passed and document.candidate.removed)
    assert.same({ document.name .. ":snapshot" }, references("."))
    assert.same({}, shared.containers())
  end)

  it("does not publish where a check fails", function()
    local ran = verify('ENTRYPOINT ["/served"]', {}, "'true', 'echo why; no-such-tool'")
    shared.assert_refused(ran, 1, "ended with 127", OWN .. "-candidate--")
    assert.matches("  | why", ran.stderr, 1, true)
    assert.same({}, references("."))
  end)

  it("does not publish what ends or does not answer, and shows what it wrote", function()
    local ran = verify('ENTRYPOINT ["/bin/sh", "-c", "echo broken; exit 3"]', {}, "'true'")
    shared.assert_refused(ran, 1, "its candidate", "has failed")
    assert.matches("  | broken", ran.stderr, 1, true)
    assert.same({}, references("."))
  end)

  it("does not publish what ends by itself, where no health is asked for", function()
    -- it ends while the check runs
    world:write("sandbox/Dockerfile", served .. 'ENTRYPOINT ["/bin/sh", "-c", '
      .. '"echo broken; until test -e /checked; do sleep 0.1; done; exit 3"]\n')
    local ran = shared.run({ "snapshot", "--provider", "docker", "--verify" },
      policies("'touch /checked; sleep 100', 'true'", 60,
        "policy.set('snapshot.gate_health', false)\n"))
    shared.assert_refused(ran, 1, "its program ended with code 3", "--verify-env")
    assert.matches("  | broken", ran.stderr, 1, true)
  end)

  it("keeps what failed with --keep-candidate, with its machine", function()
    local ran = verify('ENTRYPOINT ["/served"]', { "--keep-candidate", "--json" }, "'exit 3'")
    assert.equal(1, ran.code, ran.stderr)
    local candidate = json.decode(ran.stdout).candidate
    assert.same({ candidate.name .. ":snapshot" }, references("."))
    assert.equal(1, #shared.containers())
    local logs = shared.machine{ "logs", candidate.machine }
    assert.equal(0, logs.code, logs.stderr)
    local resolved = shared.run{ "resolve", "--provider", "docker", "--fresh" }
    assert.is_nil(resolved.stdout:find("candidate", 1, true))
  end)

  it("takes no candidate of another run", function()
    local words = { "--name", worlds.PREFIX .. "20260111-193045", "--keep-candidate", "--json" }
    local kept = json.decode(verify('ENTRYPOINT ["/served"]', words, "'exit 3'").stdout).candidate.name
    local image = docker.image(kept .. ":snapshot").Id
    local ran = verify('LABEL b=1\nENTRYPOINT ["/served"]', words, "'true'")
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(OWN .. "-candidate--20260111-193046", json.decode(ran.stdout).candidate.name)
    assert.equal(image, docker.image(kept .. ":snapshot").Id)
  end)

  it("deletes the machine and the candidate when it is interrupted", function()
    world:write("sandbox/Dockerfile", served .. 'ENTRYPOINT ["/served"]\n')
    local changes = policies("'sleep 30'")
    changes.DAYTONA_API_KEY = false
    local ended = interrupt.run(world, { "snapshot", "--provider", "docker", "--verify" }, function()
      local first = shared.containers()[1]
      -- the machine of the test before may be on its way out of the list
      local found = first and task.try(docker.api.container_inspect, { id = first.Id })
      return type(found) == "table" and type(found.ExecIDs) == "table"
    end, { environment = changes })
    assert.equal(130, ended.code, ended.stderr)
    -- a busy engine removes it after it was asked to
    interrupt.wait_until(function() return #shared.containers() == 0 end)
    assert.same({}, references("."))
  end)
end)
