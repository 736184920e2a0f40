--- Commands in local machines: none that was begun is left running.
local container = require("os2.docker.container")
local docker = require("os2.docker")
local inside = require("os2.providers.docker.inside")
local patience = require("tests.lib.patience")
local policy = require("os2.policy")
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

  after_each(policy.reset)

  local STUBBORN <const> = { "sh", "-c", "trap '' TERM; while :; do :; done" }

  -- How many processes of the machine have a command line that fits a pattern.
  local function count(pattern)
    local found = 0
    for _, row in ipairs(docker.api.container_top{ id = machine.id }.Processes) do
      if row[#row]:find(pattern) then found = found + 1 end
    end
    return found
  end

  -- Has a command started, leaves it after so many seconds, and has it ended.
  local function leave(handle, seconds)
    task.try(task.timeout, seconds, inside.run, machine, handle, {}, {
      timeout = 60, on_output = function() end,
    })
    inside.release(machine, handle)
  end

  it("ends a command that is left in the moment it is started", function()
    policy.set("machine.exec_grace", 0.2)
    policy.set("machine.exec_settle", 5)
    for index = 1, 10 do leave(inside.prepare(machine, STUBBORN, {}), 0.003 * index) end
    patience.until_true("no command is looked for any more",
      function() return count("OS2_EXEC=") == 0 end)
    patience.until_true("all have ended", function() return count("trap") == 0 end)
  end)

  it("ends a command that the engine starts late, when it was left and looked for", function()
    policy.set("machine.exec_grace", 0)
    local handle, run = inside.prepare(machine, STUBBORN, {}), container.run
    container.run = error -- the connection is cut before the engine has read the start
    pcall(inside.run, machine, handle, {}, { timeout = 60, on_output = function() end })
    container.run = run
    inside.release(machine, handle)
    patience.until_true("it is looked for again", function() return count("^sleep 1$") > 0 end)
    docker.api.exec_start{ id = handle:match("^[^:]+"), Detach = true, Tty = false }
    patience.until_true("it has ended", function() return count("trap") == 0 end)
  end)
end)
