--- A Docker engine that answers wrongly: every command that asks it, on a socket and on TCP.
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local hostile = require("tests.lib.hostile")
local hostile_server = require("tests.lib.hostile_server")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local OWN <const> = worlds.PREFIX:gsub("%-+$", "")
local MACHINE <const> = OWN .. "-m"

describe("an engine that answers wrongly", function()
  local world, server, snapshot

  local function succeeded(words)
    local ran = world:run(words, { DAYTONA_API_KEY = false })
    assert(ran.code == 0, ran.stderr)
    return (ran.stdout:gsub("\n", ""))
  end

  local function remove_machines(kept)
    for _, container in ipairs((docker.api.container_list{ all = true })) do
      local name = container.Names[1] or ""
      if name:find(OWN, 1, true) and name ~= "/" .. (kept or "") then
        task.try(docker.api.container_delete, { id = container.Id, force = true, v = true })
      end
    end
  end

  local function remove_snapshots(kept)
    local listed = proc.run({ "docker", "images", "--format", "{{.Repository}}:{{.Tag}}" },
      { timeout = 60 })
    for ref in listed.stdout:gmatch("%S+") do
      if ref:find(worlds.PREFIX, 1, true) and ref ~= (kept or "") .. ":snapshot" then
        task.try(docker.untag, ref)
      end
    end
  end

  setup(function()
    world = worlds.start{ registry = "password" }
    server = hostile_server.start()
    local made = proc.run({ "cc", "-std=gnu17", "-O1", "-static", "-o", world.project .. "/served",
      "tests/lib/served.c" }, { timeout = 60 })
    assert(made.code == 0, made.stderr)
    world:write("sandbox/Dockerfile", ("FROM %s\nCOPY served /served\nCMD [\"/served\"]\n"):format(
      worlds.base_image()))
    snapshot = succeeded{ "snapshot", "--provider", "docker" }
    succeeded{ "machine", "create", "--provider", "docker", "--name", MACHINE, "--snapshot",
      snapshot }
  end)

  after_each(function()
    remove_machines(MACHINE)
    remove_snapshots(snapshot)
  end)

  teardown(function()
    if server then server:stop() end
    remove_machines()
    remove_snapshots()
    if world then world:stop() end
  end)

  local function on_socket(front)
    return world:environment{ DAYTONA_API_KEY = false, DOCKER_HOST = "unix://" .. front.socket }
  end

  local function on_tcp(front)
    return world:environment{
      DAYTONA_API_KEY = false, DOCKER_HOST = ("tcp://127.0.0.1:%d"):format(front.port),
    }
  end

  local function verb(words, more)
    local made = {
      words = words, upstream = fixture.socket(), environment = on_socket, cwd = world.project,
      name = MACHINE,
    }
    for key, value in pairs(more or {}) do made[key] = value end
    return made
  end

  local function is_refused(words, more)
    it("is refused by os2 " .. table.concat(words, " "), function()
      assert.same({}, hostile.faults(server, verb(words, more)))
    end)
  end

  is_refused{ "resolve", "--provider", "docker", "--refresh" }
  is_refused({ "snapshot", "--provider", "docker" }, { environment = on_tcp })
  is_refused({ "doctor" }, { environment = function(front)
    return world:environment{ DOCKER_HOST = "unix://" .. front.socket }
  end })
  is_refused({ "machine", "list", "--provider", "docker" }, { environment = on_tcp })
  is_refused{ "machine", "get", "--provider", "docker", "M" }
  is_refused({ "machine", "exec", "--provider", "docker", "M", "--", "/bin/true" },
    { only = "exec" })
  is_refused({ "machine", "logs", "--provider", "docker", "M" }, {
    is_raw = true, is_typed = true, megabytes = 350,
  })
  -- Where a path is stands in a header; the last request sends the file.
  is_refused({ "machine", "cp", "--provider", "docker", "hello", "M:/hello" }, {
    is_typed = true, unread = 4,
  })
  is_refused({ "machine", "create", "--provider", "docker" }, { environment = on_tcp })

  it("is refused for a value that is neither an object nor a list, at each request", function()
    for _, words in ipairs{ { "get", "M" }, { "cp", "hello", "M:/hello" } } do
      table.insert(words, 1, "machine")
      table.insert(words, 3, "--provider=docker")
      assert.same({}, hostile.faults(server, verb(words), { "number", "null", "empty" }))
    end
  end)

  for _, mode in ipairs{ "mute", "slow" } do
    it("is left at the first signal: " .. mode, function()
      for _, one in ipairs{ verb{ "resolve", "--provider", "docker", "--refresh" },
        verb{ "machine", "exec", "--provider", "docker", "M", "--", "/bin/true" } } do
        assert.equal(130, hostile.interrupted(server, one, mode).code, one.words[2])
      end
    end)
  end
end)
