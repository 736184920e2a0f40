--- The Daytona API and the toolbox where they answer wrongly: every command that asks them.
local hostile = require("tests.lib.hostile")
local hostile_server = require("tests.lib.hostile_server")
local worlds = require("tests.lib.world")

local GOOD <const> = worlds.PREFIX .. "20261001-100000"

describe("an API that answers wrongly", function()
  local world, server

  setup(function()
    world = worlds.start{ registry = "password" }
    server = hostile_server.start()
    world:control("POST", "config", {
      proxyTemplateUrl = "{{origin}}/preview/{{PORT}}/{{sandboxId}}",
    })
    world:control("POST", "seed", {
      name = worlds.PREFIX .. "20261101-100000", createdAt = "2026-11-01T10:00:00Z",
    })
    world:control("POST", "seed", {
      name = GOOD, createdAt = "2026-10-01T10:00:00Z", set = { imageName = "r/p/os2:good" },
    })
  end)

  teardown(function()
    if server then server:stop() end
    if world then world:stop() end
  end)

  local function environment(front)
    return world:environment{ DAYTONA_API_URL = ("http://127.0.0.1:%d/api"):format(front.port) }
  end

  local function seed(name)
    world:control("POST", "seed-sandboxes", { count = 1, name = name })
  end

  local function seed_stopped(name)
    seed(name)
    world:control("POST", "sandbox", { name = name, set = { state = "stopped" } })
  end

  local function verb(words, more)
    local made = {
      words = words, upstream = world.api_url:gsub("/api$", ""), environment = environment,
      cwd = world.project,
    }
    for key, value in pairs(more or {}) do made[key] = value end
    return made
  end

  local function is_refused(words, more)
    it("is refused by os2 " .. table.concat(words, " "), function()
      assert.same({}, hostile.faults(server, verb(words, more)))
    end)
  end

  is_refused{ "resolve", "--refresh" }
  is_refused{ "snapshot", "--dry-run" }
  is_refused{ "snapshot", "promote", GOOD, "--to", "other--", "--dry-run" }
  is_refused{ "snapshot", "rollback", "--to", GOOD, "--dry-run" }
  is_refused{ "doctor" }
  is_refused{ "machine", "create" }
  is_refused{ "machine", "list" }
  is_refused({ "machine", "get", "M" }, { prepare = seed })
  is_refused({ "machine", "start", "M" }, { prepare = seed_stopped })
  is_refused({ "machine", "stop", "M" }, { prepare = seed })
  is_refused({ "machine", "delete", "M" }, { prepare = seed })
  is_refused({ "machine", "url", "M" }, { prepare = seed })
  is_refused({ "machine", "exec", "M", "--", "echo", "hi" }, { prepare = seed })
  is_refused({ "machine", "logs", "M" }, { prepare = seed, is_raw = true, megabytes = 350 })
  is_refused({ "machine", "cp", "hello", "M:/hello" }, { prepare = seed })
  is_refused({ "-e", "for s in os2.daytona.snapshots{} do print(s.name) end" })

  for _, mode in ipairs{ "mute", "slow", "slow-head" } do
    it("is left at the first signal: " .. mode, function()
      for _, one in ipairs{ verb{ "resolve", "--refresh" }, verb{ "machine", "list" },
        verb({ "machine", "exec", "M", "--", "true" }, { prepare = seed, after = 2 }),
        verb({ "machine", "create" }, { after = 1 }) } do
        assert.equal(130, hostile.interrupted(server, one, mode).code, one.words[2])
      end
    end)
  end
end)
