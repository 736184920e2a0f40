--- Commands in local machines: none that was begun is left running.
local container = require("os2.docker.container")
local docker = require("os2.docker")
local inside = require("os2.providers.docker.inside")
local task = require("os2.task")
local worlds = require("tests.lib.world")

describe("os2.docker.container.has_ended", function()
  local function state(running, code, pid, removable)
    return { Running = running, ExitCode = code, Pid = pid, CanRemove = removable }
  end

  it("knows a command that never started from one that ended well", function()
    assert.is_false(container.has_ended(state(false, nil, 0, false))) -- Docker
    assert.is_false(container.has_ended(state(false, 0, 0, false))) -- Podman
    assert.is_false(container.has_ended(state(true, 0, 7, false)))
    assert.is_true(container.has_ended(state(false, 0, 7, false))) -- Docker
    assert.is_true(container.has_ended(state(false, 0, 0, true))) -- Podman
    assert.is_true(container.has_ended(state(false, 126, 0, false))) -- no such program
  end)
end)

describe("os2.providers.docker.inside", function()
  local machine

  setup(function()
    local id = docker.api.container_create{
      Image = worlds.base_image(), Cmd = { "sh", "-c", "sleep 3600" },
    }.Id
    docker.api.container_start{ id = id }
    machine = { id = id, name = "spec" }
  end)
  teardown(function()
    if machine then docker.api.container_delete{ id = machine.id, force = true, v = true } end
  end)

  local function processes()
    return #docker.api.container_top{ id = machine.id }.Processes
  end

  it("ends a command that is left in the moment it is started", function()
    local before = processes()
    for index = 1, 10 do
      local handle = inside.prepare(machine, { "sh", "-c", "trap '' TERM; while :; do :; done" }, {})
      task.try(task.timeout, 0.003 * index, inside.run, machine, handle, {}, {
        timeout = 60, on_output = function() end,
      })
      inside.release(machine, handle)
    end
    task.sleep(3)
    for _ = 1, 600 do
      if processes() == before then break end
      task.sleep(0.1)
    end
    assert.equal(before, processes())
  end)
end)
