--- One thing asked of the engine that the environment names; prints what came of it.
---   os2 tests/lib/transport_probe.lua ping|build|push|stop …
local clock = require("os2.clock")
local docker = require("os2.docker")

local verbs = {}

--- Prints the engine's version, and the number of images as a second request.
function verbs.ping()
  print(docker.ping().engine_version, #docker.images() >= 0)
end

--- Builds a directory and prints the image's id.
function verbs.build(path, tag)
  print(docker.build{
    context = docker.context{ path = path }, tags = { tag }, on_progress = function() end,
  }.id)
end

--- Pushes a reference and prints its digest.
function verbs.push(ref)
  print(docker.push{ ref = ref, on_progress = function() end }.digest)
end

--- Begins a build, stops it once a step says "begun", and prints how long the stopping took.
function verbs.stop(path)
  local started
  do
    local stream <close> = docker.build{ context = docker.context{ path = path } }
    for event in stream do
      if event.type == "log" and event.text == "begun" then break end
    end
    started = clock.monotonic()
  end
  print(clock.monotonic() - started)
end

verbs[arg[1]](table.unpack(arg, 2))
