--- `os2 snapshot` that lists, changes and cleans up, against the stand-in.
local docker = require("os2.docker")
local fs = require("os2.fs")
local json = require("os2.json")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local PREFIX <const> = worlds.PREFIX
local OTHER <const> = PREFIX:gsub("%-%-$", "-stg--")

describe("snapshots that there are", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)

  -- Twelve of the prefix, each an hour after the other, the last one the newest; and one of another.
  before_each(function()
    world:reset()
    world:control("POST", "seed", { count = 12, name = PREFIX .. "{time}", createdAt = "2026-10-01T00:00:00Z",
      step = 3600 })
    world:control("POST", "seed", { name = OTHER .. "{time}", createdAt = "2026-10-02T00:00:00Z" })
  end)

  local function at(hour) return ("%s20261001-%02d0000"):format(PREFIX, hour) end

  local function snapshot(code, words, changes)
    local ran = world:run({ "snapshot", table.unpack(words) }, changes)
    assert.equal(code, ran.code, ran.stderr)
    return ran
  end

  local function document(code, words, changes)
    words[#words + 1] = "--json"
    return json.decode(snapshot(code, words, changes).stdout)
  end

  local function states()
    local known = {}
    for _, record in ipairs(world:control("GET", "state").snapshots) do known[record.name] = record.state end
    return known
  end

  local function names_of(list)
    local names = {}
    for index, record in ipairs(list) do names[index] = record.name end
    return names
  end

  local function fail(method, path, nth)
    world:control("POST", "faults", { times = 0, match = { method = method, path = path, nth = nth },
      action = { type = "status", status = 403, body = { message = "no" } } })
  end

  it("are listed by prefix, with who uses them", function()
    world:control("POST", "seed-sandboxes", { count = 3, set = { snapshot = at(2) } })
    local listed = document(0, { "list" }, { DAYTONA_SNAPSHOT_PIN = at(4) }).snapshots
    assert.equal(12, #listed)
    assert.same({ at(11), "latest" }, { listed[1].name, listed[1].marks[1] })
    assert.same({ 3, "pinned" }, { listed[10].machines, listed[8].marks[1] })
    assert.equal(13, #document(0, { "list", "--all-prefixes" }).snapshots)
    local _, lines = snapshot(0, { "list", "--jsonl" }).stdout:gsub("\n", "")
    assert.equal(12, lines)
  end)

  it("are pruned: shown first, then changed, and never what is needed", function()
    world:control("POST", "seed-sandboxes", { count = 1, set = { snapshot = at(2) } })
    local pin = { DAYTONA_SNAPSHOT_PIN = at(4) }
    local shown = document(0, { "prune" }, pin)
    assert.same({ at(0), at(1), at(3), at(5), at(6) }, names_of(shown.snapshots))
    assert.same({ planned = 5, done = 0, skipped = 0, failed = 0, kept = 7 }, shown.counts)
    assert.equal("active", states()[at(0)])
    local ran = snapshot(0, { "prune", "--yes" }, pin)
    assert.matches("deactivated +" .. at(6):gsub("%p", "%%%0"), ran.stdout)
    assert.matches("keep +" .. at(2):gsub("%p", "%%%0") .. ".- a machine uses it", ran.stdout)
    for hour, state in pairs{ [1] = "inactive", [2] = "active", [4] = "active", [7] = "active" } do
      assert.equal(state, states()[at(hour)])
    end
    -- the first one has the image of the other prefix's newest
    local deleted = document(0, { "prune", "--yes", "--delete", "--keep", "1" }, pin)
    assert.equal(OTHER .. "20261002-000000 has the same image", deleted.kept[#deleted.kept].why)
    assert.same({ [at(0)] = "inactive", [at(2)] = "active", [at(4)] = "active",
      [at(11)] = "active", [OTHER .. "20261002-000000"] = "active" },
      states())
  end)

  it("are left alone when a page of a list, or the look before a change, fails", function()
    local before = states()
    for path, nth in pairs{ ["/snapshots"] = 1, ["/sandbox"] = 2 } do
      fail("GET", path, nth)
      snapshot(7, { "prune", "--yes", "--delete" })
      world:control("DELETE", "faults")
      assert.same(before, states())
    end
    fail("GET", "snapshots=")
    local failed = document(7, { "prune", "--yes", "--delete" })
    assert.equal(0, failed.counts.done)
    assert.same(before, states())
  end)

  it("are changed by a plan, and by none that is stale", function()
    local path = world.project .. "/plan.json"
    snapshot(0, { "prune", "--keep", "9", "--plan", path })
    assert.same({ 1, "deactivate", 3 }, { json.decode(fs.read(path)).version, json.decode(fs.read(path)).action,
      #json.decode(fs.read(path)).snapshots })
    world:control("POST", "seed-sandboxes", { count = 1, set = { snapshot = at(0) } })
    local ran = snapshot(6, { "prune", "--apply", path })
    assert.matches("is stale, nothing was changed: " .. at(0):gsub("%p", "%%%0") .. ": a machine uses it", ran.stderr)
    world:control("POST", "sandbox", { name = "box-1", set = { snapshot = "another" } })
    local before = states()[at(2)]
    assert.matches("nothing was changed; %d+ snapshots? would be .*prune %-%-apply",
      snapshot(0, { "prune", "--apply", path, "--dry-run" }).stderr)
    assert.equal(before, states()[at(2)])
    assert.matches("no place beside %-%-yes", snapshot(2, { "prune", "--yes", "--dry-run" }).stderr)
    snapshot(0, { "prune", "--apply", path })
    assert.same({ "inactive", "active" }, { states()[at(2)], states()[at(3)] })
    snapshot(6, { "prune", "--apply", path })
    assert.matches("/no/plan: No such file or directory; write one: os2 snapshot prune %-%-plan FILE",
      snapshot(4, { "prune", "--apply", "/no/plan" }).stderr)
  end)

  it("are changed by name, but for what is protected", function()
    local refused = snapshot(6, { "deactivate", at(11), at(1) })
    assert.matches("is protected: it is the newest usable one", refused.stderr)
    assert.equal("active", states()[at(1)])
    snapshot(6, { "delete", at(11), "--dry-run" })
    assert.equal(at(1) .. "\n", snapshot(0, { "delete", at(1), "--dry-run" }).stdout)
    assert.is_true(json.decode(snapshot(0, { "deactivate", at(1), "--dry-run", "--json" }).stdout).dry_run)
    assert.equal("active", states()[at(1)])
    local ran = snapshot(0, { "deactivate", at(1), at(2) })
    assert.equal(at(1) .. "\n" .. at(2) .. "\n", ran.stdout)
    assert.matches("disk +%d+ GB\n", snapshot(0, { "get", at(3) }).stdout)
    local late = snapshot(75, { "activate", at(1) })
    assert.matches("Daytona activates it from 2", late.stderr)
    world:control("POST", "turn-off", { name = at(1), ago = 3600000 })
    snapshot(0, { "activate", at(1) })
    snapshot(0, { "delete", at(2) })
    assert.same({ [at(1)] = "active" }, { [at(1)] = states()[at(1)], [at(2)] = states()[at(2)] })
    snapshot(4, { "delete", at(2) })
    snapshot(0, { "deactivate", "--force", at(11) })
    assert.equal(at(10) .. "\n", world:run({ "resolve" }).stdout)
  end)

  it("of the local engine are tags, which are changed and pruned the same way", function()
    local names = {}
    for index = 1, 2 do
      names[index] = PREFIX .. "2026100" .. index .. "-000000"
      snapshot(0, { "--provider", "docker", "--name", names[index], "--allow-older" })
    end
    local _ <close> = task.defer(function()
      for _, name in ipairs(names) do
        pcall(docker.untag, name .. ":snapshot")
        pcall(docker.untag, name .. ":inactive")
      end
    end)
    local function docker_snapshot(code, verb, ...)
      return snapshot(code, { verb, "--provider", "docker", ... })
    end
    assert.same({ names[2], names[1] }, names_of(document(0, { "list", "--provider", "docker" }).snapshots))
    docker_snapshot(6, "deactivate", names[2])
    docker_snapshot(0, "deactivate", names[1])
    assert.equal("inactive", document(0, { "get", names[1], "--provider", "docker" }).snapshot.state)
    docker_snapshot(0, "deactivate", "--force", names[2])
    assert.equal(4, world:run({ "resolve", "--provider", "docker" }).code)
    docker_snapshot(0, "activate", names[1], names[2])
    assert.equal(names[2] .. "\n", world:run({ "resolve", "--provider", "docker" }).stdout)
    docker_snapshot(4, "logs", names[1])
    docker_snapshot(0, "prune", "--delete", "--keep", "1", "--older-than", "0s", "--yes")
    assert.same({ names[2] }, names_of(document(0, { "list", "--provider", "docker" }).snapshots))
  end)

  it("name prune when the quota is full", function()
    world:write("quota.lua", 'policy.api(1)\npolicy.set("snapshot.quota", 13)')
    local ran = world:run{ "snapshot", "--policy", "quota.lua" }
    assert.equal(8, ran.code, ran.stderr)
    assert.is_truthy(ran.stderr:find("os2 snapshot prune --yes", 1, true), ran.stderr)
  end)
end)
