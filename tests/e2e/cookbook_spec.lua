--- docs/cookbook.md: each task is run as it stands there, at Daytona and on the local engine.
local daytona_machines = require("tests.lib.daytona_machines")
local docker = require("os2.docker")
local docker_machines = require("tests.lib.docker_machines")
local fs = require("os2.fs")
local promoting = require("tests.lib.promoting")
local scripts = require("tests.lib.scripts")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-+$", "")
local A <const>, B <const> = OWN .. "-a", OWN .. "-b"
local OLD <const>, NEW <const> = "20261001-000000", "20261002-000000"
local LONGEST_LINES <const> = 20

-- The tasks of the page: number -> its block.
local function tasks()
  local found = {}
  for number, section in fs.read("docs/cookbook.md"):gmatch("\n## (%d+)%. (.-)\n```\n") do
    found[tonumber(number)] = section:match("\n```lua\n(.*)$")
  end
  return found
end

local TASKS <const> = tasks()

describe("the cookbook", function()
  it("has fifteen tasks of at most twenty lines", function()
    assert.equal(15, #TASKS)
    for number, text in ipairs(TASKS) do
      local _, lines = text:gsub("\n", "")
      assert.is_true(lines + 1 <= LONGEST_LINES, ("task %d has %d lines"):format(number, lines + 1))
    end
  end)
end)

-- What the tasks need of a provider: `world`, `changes` of the environment, `machines(body)` and
-- `seed(prefix)`, which makes an older and a newer snapshot.
local function define(name, place)
  describe("the cookbook at " .. name, function()
    setup(place.start)
    teardown(place.stop)
    before_each(function()
      place.reset()
      place.world:write("policy.lua", promoting.ENVIRONMENTS)
    end)
    after_each(place.clean)

    local function changes(more)
      local all = { OS2_PROVIDER = name, OS2_POLICY = "policy.lua" }
      for key, value in pairs(place.changes) do all[key] = value end
      for key, value in pairs(more or {}) do all[key] = value end
      return all
    end

    local function task(number, words, more)
      place.world:write("task.lua", TASKS[number])
      local ran = scripts.os2(place.world, { "./task.lua", table.unpack(words or {}) }, changes(more))
      return ran.stdout, ran.code, ran.stderr
    end

    local function ok(...)
      local stdout, code, stderr = task(...)
      assert.equal(0, code, stderr)
      return stdout
    end

    local function told(body) return scripts.told(place.world, body, changes()) end

    -- Two machines of one label.
    local function two()
      told(([[for _, name in ipairs{ %q, %q } do
        machines.create{ name = name, snapshot = %q, labels = { job = %q }, wait_healthy = true }
      end]]):format(A, B, place.snapshot, OWN))
      return "job=" .. OWN
    end

    local function states()
      return told(([[local states = {}
        for machine in machines.list() do states[machine.name] = machine.state end
        return { states[%q] or "gone", states[%q] or "gone" }]]):format(A, B))
    end

    local function with_snapshots(test)
      local prefix = promoting.STG
      place.seed(prefix .. OLD, 1)
      place.seed(prefix .. NEW, 2)
      test(prefix .. OLD, prefix .. NEW, { OS2_PREFIX = prefix })
    end

    it("goes back, and says before what would be done (1)", function()
      with_snapshots(function(old, new, env)
        assert.equal(("would be done: back to %s, away from %s\n"):format(old, new), ok(1, {}, env))
        assert.matches("back to " .. old:gsub("%p", "%%%0"), ok(1, { "yes" }, env))
        assert.equal("inactive", told(("return snapshots.get(%q).state"):format(new)))
        for _, words in ipairs{ {}, { "yes" } } do
          local stdout = ok(1, words, env)
          assert.matches("^nothing to do: .* is the newest, with the image of " .. old:gsub("%p", "%%%0"), stdout)
        end
      end)
    end)

    it("switches the newest off, tells what it is, and pins it (2, 11, 12, 15)", function()
      with_snapshots(function(old, new, env)
        assert.matches("^name\t" .. new:gsub("%p", "%%%0") .. "\n", ok(11, {}, env))
        local _, lines = ok(12, { "100000" }, env):gsub("\n", "")
        assert.equal(2, lines)
        assert.equal(("export DAYTONA_SNAPSHOT_PIN='%s'\n"):format(new), ok(15, {}, env))
        assert.equal(("%s is off, %s is the newest\n"):format(new, old), ok(2, {}, env))
        assert.matches(old .. " is off, no usable snapshot with the prefix ", ok(2, {}, env), 1, true)
      end)
    end)

    it("promotes the newest (13)", function()
      with_snapshots(function(_, new, env)
        assert.equal(("%s from %s\n"):format(promoting.PRD .. NEW, new):gsub(" ", "\t", 1),
          ok(13, { "prd" }, env))
      end)
    end)

    it("tells which snapshot runs where, and who answers what (3, 5, 14)", function()
      local label = two()
      assert.matches(A:gsub("%p", "%%%0") .. "\tstarted\t" .. place.snapshot:gsub("%p", "%%%0"), ok(3))
      assert.matches("^%S+ %S+: 0 hi\n", ok(5, { label, "echo", "hi" }))
      local answers = ok(14, { label })
      assert.matches(A:gsub("%p", "%%%0") .. "\t200\n", answers)
      assert.matches(B:gsub("%p", "%%%0") .. "\t200\n", answers)
    end)

    it("keeps evidence, and brings files in (6, 7)", function()
      local label = two()
      place.world:write("mended", "mended")
      local path = place.inside .. "/mended"
      ok(7, { label, "mended", path })
      ok(6, { B, path })
      assert.equal("mended", fs.read(("%s/%s/mended"):format(place.world.project, B)))
      assert.is_true(fs.exists(("%s/%s/stdout.log"):format(place.world.project, B)))
    end)

    it("stops, replaces and deletes machines (4, 8, 9)", function()
      local label = two()
      assert.matches("in place of " .. A:gsub("%p", "%%%0"), ok(8, { A }))
      local stopped = ok(4, { label })
      assert.equal(2, select(2, stopped:gsub("\tstopped\n", "")))
      assert.same({ "gone", "stopped" }, states())
      -- with the label, because the engine may have machines of others
      assert.equal("", ok(9, { "1", "yes", label }))
      assert.matches(B:gsub("%p", "%%%0") .. "\tstopped", ok(9, { "-1", "no", label }))
      assert.same({ "gone", "stopped" }, states())
      ok(9, { "-1", "yes", label })
      assert.same({ "gone", "gone" }, states())
    end)

    it("tries the newest one out, and leaves no machine (10)", function()
      assert.matches(place.snapshot:gsub("%p", "%%%0") .. ": works\n$", ok(10, { "true" }))
      local _, code = task(10, { "false" })
      assert.equal(1, code)
      assert.equal(0, place.count())
    end)
  end)
end

local function at_daytona()
  local shared = daytona_machines.new()
  local place = { changes = {}, snapshot = daytona_machines.SNAPSHOT, inside = "/tmp" }
  function place.start() place.world = shared.start() end
  place.stop = shared.stop
  function place.reset()
    shared.reset()
    local digests = {}
    for number = 1, 2 do digests["ghcr.io/acme/box:" .. number] = ("%d"):format(number):rep(64) end
    place.world:control("POST", "config", { imageDigests = digests })
  end
  function place.clean() end
  function place.count() return #shared.sandboxes() end
  function place.seed(name, number)
    place.world:control("POST", "seed", { name = name, createdAt = ("2026-10-%02dT00:00:00Z"):format(number),
      set = { imageName = "ghcr.io/acme/box:" .. number,
        ref = ("h/p/daytona-%s:daytona"):format(("%d"):format(number):rep(64)) } })
  end
  return place
end

local function at_docker()
  local shared = docker_machines.new()
  local place = { changes = { DAYTONA_API_KEY = false }, inside = "/tmp" }
  function place.start() place.world, place.snapshot = shared.start() end
  place.stop = shared.stop
  function place.reset() end
  function place.count() return #shared.containers() end
  function place.seed(name, number)
    place.world:write("sandbox/Dockerfile", ('FROM scratch\nCOPY hello /hello%d\nCMD ["/hello"]\n')
      :format(number))
    local ran = shared.run{ "snapshot", "--provider", "docker", "--name", name, "--prefix",
      name:match("^.*%-%-"), "--allow-dirty" }
    assert(ran.code == 0, ran.stderr)
  end
  function place.clean()
    for _, container in ipairs((docker.api.container_list{ all = true })) do
      local name = (container.Names or {})[1] or "" -- none on its way in or out
      local is_own = container.Image:find(OWN, 1, true) or name:find(OWN, 1, true)
      if is_own then docker.api.container_delete{ id = container.Id, force = true, v = true } end
    end
    for _, image in ipairs(docker.images()) do
      for _, ref in ipairs(type(image.RepoTags) == "table" and image.RepoTags or {}) do
        if ref:find(OWN, 1, true) and not ref:find(place.snapshot, 1, true) then docker.untag(ref) end
      end
    end
  end
  return place
end

define("daytona", at_daytona())
define("docker", at_docker())
