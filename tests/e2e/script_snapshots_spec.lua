--- `os2.snapshots` in scripts: the stand-in and the real engine, with the same calls.
local docker = require("os2.docker")
local docker_provider = require("os2.providers.docker")
local promoting = require("tests.lib.promoting")
local scripts = require("tests.lib.scripts")
local worlds = require("tests.lib.world")

local PREFIX <const>, STG <const> = promoting.DEV, promoting.STG

describe("os2.snapshots", function()
  local world

  setup(function() world = worlds.start() end)
  teardown(function() if world then world:stop() end end)
  before_each(function()
    world:reset()
    world:write("sandbox/Dockerfile", worlds.DOCKERFILE .. 'CMD ["/hello"]\n')
    world:write("policy.lua", promoting.ENVIRONMENTS)
    world:control("POST", "config", { imageDigests = { ["ghcr.io/acme/box:1"] = ("0"):rep(64) } })
  end)

  local function told(body, changes)
    changes = changes or {}
    changes.OS2_POLICY = "policy.lua"
    return scripts.told(world, body, changes)
  end

  local function seed(count)
    world:control("POST", "seed", { count = count, name = PREFIX .. "{time}", step = 3600,
      createdAt = "2026-10-01T00:00:00Z", set = { imageName = "ghcr.io/acme/box:1",
        ref = ("h/p/daytona-%s:daytona"):format(("0"):rep(64)) } })
  end

  local function at(hour) return ("%s20261001-%02d0000"):format(PREFIX, hour) end

  it("list, get and find the newest at Daytona", function()
    seed(3)
    local names, machines, got, newest, cached = told[[
      local names, used = {}, 0
      for snapshot in snapshots.list{ machines = true } do
        names[#names + 1], used = snapshot.name, used + snapshot.machines
      end
      return names, used, snapshots.get(names[2]), snapshots.newest{ fresh = true },
        snapshots.newest().cached]]
    assert.same({ at(2), at(1), at(0) }, names)
    assert.same({ 0, at(1), "active" }, { machines, got.name, got.state })
    assert.same({ at(2), false, true }, { newest.name, newest.cached, cached })
  end)

  it("change at Daytona, and protected ones only by force", function()
    seed(3)
    local states, kind = told[[
      local list = {}
      for snapshot in snapshots.list() do list[#list + 1] = snapshot end
      local states = { snapshots.deactivate(list[3]).state, snapshots.delete(list[3].name).state }
      local _, failure = os2.try(snapshots.delete, list[1])
      states[3] = snapshots.delete(list[1], { force = true }).state
      states[4] = snapshots.newest().name
      return states, failure.kind]]
    assert.same({ "inactive", "deleted", "deleted", at(1) }, states)
    assert.equal("conflict", kind)
  end)

  it("promote and roll back at Daytona", function()
    seed(2)
    local promoted, dry, back = told(([[
      local newest = snapshots.newest()
      local dry = snapshots.promote(newest, { to = "stg", dry_run = true })
      local promoted = snapshots.promote(newest.name, { to = "stg" })
      return promoted, dry, snapshots.rollback{ prefix = %q, to = %q,
        dry_run = true }]]):format(PREFIX, at(0)))
    assert.same({ STG .. "20261001-010000", at(1), "active" },
      { promoted.name, promoted.source, promoted.state })
    assert.same({ true, true }, { dry.dry_run, back.dry_run })
  end)

  it("are made, listed, promoted and deleted on the local engine", function()
    local made, listed, promoted, left = told([[
      local here = { provider = "docker" }
      local made = snapshots.make{ provider = "docker", labels = { job = "x" } }
      local listed = {}
      for snapshot in snapshots.list(here) do listed[#listed + 1] = snapshot.name end
      local promoted = snapshots.promote(made.name, { provider = "docker", to = "stg",
        allow_dirty = true })
      for _, name in ipairs{ made.name, promoted.name } do
        snapshots.delete(name, { provider = "docker", force = true })
      end
      local _, failure = os2.try(snapshots.newest, here)
      return made.name, listed, promoted.name, failure.kind]], { DAYTONA_API_KEY = false })
    for _, name in ipairs{ made, promoted } do
      pcall(docker.untag, docker_provider.snapshot_reference(name))
    end
    assert.same({ made }, listed)
    assert.equal(STG, promoted:sub(1, #STG))
    assert.equal("not_found", left)
  end)
end)
