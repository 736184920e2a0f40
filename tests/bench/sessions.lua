--- Sends a gigabyte to a command in a container, and gets one from it, beside the docker command;
--- and how soon a machine's output is there.
local clock = require("os2.clock")
local docker = require("os2.docker")
local measure = require("tests.bench.measure")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local DOCKER <const> = "/usr/bin/docker"
local ROUNDS <const> = 3
local BYTES <const> = 1000 * 1000 * 1000
local LINES <const> = 20

-- Seconds, and the most memory in MB.
local function timed(line, argv, world)
  local began = clock.monotonic()
  local ran = proc.run({ "bash", "-o", "pipefail", "-c", line, "bash", "/usr/bin/time", "-f", "%M",
    table.unpack(argv) }, { timeout = 600, env = world:environment(), cwd = world.project })
  assert(ran.code == 0, ran.stderr)
  return clock.monotonic() - began, tonumber(ran.stderr:match("(%d+)\n$")) / 1024
end

local function compare(what, line, ours, theirs, world, row)
  local seconds, memory = { {}, {} }, 0
  for round = 1, ROUNDS do
    for index, argv in ipairs{ ours, theirs } do
      local took, most = timed(line, argv, world)
      seconds[index][round] = took
      if index == 1 then memory = math.max(memory, most) end
    end
  end
  row(what, measure.median(seconds[1]), "docker exec -i", measure.median(seconds[2]))
  row(what .. ", memory", memory, nil, nil, "%.0f MB")
end

local function pipes(row)
  local world, name = worlds.start(), temporary.unique()
  local id = docker.api.container_create{
    name = name, Image = worlds.base_image(), Cmd = { "sh", "-c", "sleep 3600" },
    Labels = { ["os2.machine"] = name, ["os2.snapshot"] = "bench" },
  }.Id
  local _ <close> = task.defer(function()
    docker.api.container_delete{ id = id, force = true, v = true }
    world:stop()
  end)
  docker.api.container_start{ id = id }
  local give = ("head -c %d /dev/zero | \"$@\" >/dev/null"):format(BYTES)
  for _, case in ipairs{
    { "1 GB in: exec -i -- cat >/dev/null", { "sh", "-c", "cat >/dev/null" } },
    { "1 GB in and out again: exec -i -- cat", { "cat" } },
  } do
    compare(case[1], give,
      world:command("machine", "exec", "--provider", "docker", "-i", name, "--",
        table.unpack(case[2])),
      { DOCKER, "exec", "-i", name, table.unpack(case[2]) }, world, row)
  end
end

-- Each line is the time at which it was written; this program's clock is the same.
local WRITE <const> = "for i in $(seq %d); do sleep 0.1; date +%%s.%%N; done"

local function first_bytes(row)
  local world, late = worlds.start(), {}
  local _ <close> = task.defer(function() world:stop() end)
  world:control("POST", "seed-sandboxes", { count = 1 })
  local command = world:command("machine", "exec", "box-1", "--", "sh", "-c", WRITE:format(LINES))
  local process <close> = proc.spawn(command, {
    env = world:environment(), cwd = world.project, timeout = 60,
  })
  for event in process do
    local written = event.stream == "stdout" and tonumber(event.data:match("^[%d.]+"))
    if written then late[#late + 1] = clock.now() - written end
  end
  row("a line of a machine's output", measure.median(late))
end

--- Prints the rows.
---@param row fun(what: string, ours: number, other: string?, theirs: number?, format: string?)
return function(row)
  pipes(row)
  first_bytes(row)
end
