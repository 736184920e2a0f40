--- What the specs of `os2 machine --provider docker` share: a snapshot that serves HTTP, machines
--- of it, and what they ask of both.
local assert = require("luassert")
local docker = require("os2.docker")
local interrupt = require("tests.lib.interrupt")
local patience = require("tests.lib.patience")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

---@class tests.lib.docker_machines
local M = {}

local KEYLESS <const> = { DAYTONA_API_KEY = false, DAYTONA_API_URL = "http://127.0.0.1:1/api" }
local OWN <const> = worlds.PREFIX:gsub("%-+$", "")

M.NAME = OWN .. "-m"

--- Returns the functions of one spec: `start`, which returns the world and the snapshot, `stop` and
--- `clean` for the hooks of busted, and those that run os2 and look at the engine.
---@return table
function M.new()
  local world, snapshot

  local function run(words, changes)
    for name, value in pairs(KEYLESS) do
      changes = changes or {}
      changes[name] = value
    end
    return world:run(words, changes)
  end

  -- `os2 machine VERB --provider docker …`
  local function machine(words, changes)
    return run({ "machine", words[1], "--provider", "docker", table.unpack(words, 2) }, changes)
  end

  local function make_snapshot(dockerfile)
    world:write("sandbox/Dockerfile", dockerfile)
    local ran = run{ "snapshot", "--provider", "docker" }
    assert(ran.code == 0, ran.stderr)
    return (ran.stdout:gsub("\n", ""))
  end

  local function start()
    world = worlds.start()
    local made = proc.run({ "cc", "-std=gnu17", "-O1", "-static", "-o", world.project .. "/served",
      "tests/lib/served.c" }, { timeout = 240 })
    assert(made.code == 0, made.stderr)
    snapshot = make_snapshot(("FROM %s\nCOPY served /served\nCMD [\"/served\"]\n"):format(
      worlds.base_image()))
    return world, snapshot
  end

  local function stop()
    if snapshot then docker.untag(snapshot .. ":snapshot") end
    if world then world:stop() end
  end

  local function containers()
    local found = {}
    for _, container in ipairs((docker.api.container_list{ all = true })) do
      -- one that is on its way in or out may have no name
      local name = (container.Names or {})[1] or ""
      if name:find(OWN, 1, true) then found[#found + 1] = container end
    end
    return found
  end

  local function delete_all()
    local left = containers()
    for _, container in ipairs(left) do
      task.try(docker.api.container_delete, { id = container.Id, force = true, v = true })
    end
    return #left == 0
  end

  -- What an interrupted run has asked the engine to remove may be on its way out.
  local function clean() interrupt.wait_until(delete_all) end

  local function assert_ok(ran)
    assert.equal(0, ran.code, ran.stderr)
    return ran
  end

  local function assert_refused(ran, code, ...)
    assert.equal(code, ran.code, ran.stderr)
    assert.equal("", ran.stdout)
    for _, words in ipairs{ ... } do
      assert.truthy(ran.stderr:find(words, 1, true), ran.stderr)
    end
    assert.same({}, containers())
  end

  local function create(words, changes)
    return machine({ "create", "--name", M.NAME, "--snapshot", snapshot,
      table.unpack(words or {}) }, changes)
  end

  -- What a machine's program writes reaches the engine's log a moment later, each stream on its
  -- own. Returns how `machine logs` ended once it has shown these texts.
  local function logged(...)
    local texts = { ... }
    return patience.until_true("the log has " .. table.concat(texts, " and "), function()
      local ran = assert_ok(machine{ "logs", M.NAME })
      for _, text in ipairs(texts) do
        if not (ran.stdout .. ran.stderr):find(text, 1, true) then return nil end
      end
      return ran
    end)
  end

  return {
    start = start, stop = stop, clean = clean, run = run, machine = machine,
    make_snapshot = make_snapshot, containers = containers, assert_ok = assert_ok,
    assert_refused = assert_refused, create = create, logged = logged,
  }
end

return M
