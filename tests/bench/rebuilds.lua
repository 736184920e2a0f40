--- Rebuilds of a context of many files, beside the Docker CLI with BuildKit, in turns.
local build_cache = require("tests.lib.build_cache")
local docker = require("os2.docker")
local fs = require("os2.fs")
local measure = require("tests.bench.measure")
local temporary = require("tests.lib.temporary")

local DOCKER <const> = "/usr/bin/docker"
local FILES <const>, FILE_BYTES <const>, RUNS <const> = 20000, 25000, 5
local TOTAL_BYTES <const> = FILES * FILE_BYTES

local FILL <const> = [[
import os, sys
for n in range(int(sys.argv[2])):
    if n % 100 == 0: os.makedirs("%s/d%03d" % (sys.argv[1], n // 100), exist_ok=True)
    open("%s/d%03d/f%05d" % (sys.argv[1], n // 100, n), "wb").write(os.urandom(int(sys.argv[3])))
]]

local BUILD <const> = [[
local docker = require("os2.docker")
local context = docker.context{ path = arg[1] }
local stream <close> = docker.build{ context = context }
local id = stream:result().id
for line in io.lines("/proc/self/status") do
  local peak = line:match("^VmHWM:%s*(%d+)")
  if peak then print(id, peak) end
end
]]

local CASES <const> = {
  { what = "rebuild, nothing changed", dockerfile = "FROM scratch\nCOPY . /x/\n" },
  { what = "rebuild, one small file changed", dockerfile = "FROM scratch\nCOPY . /x/\n",
    changed = "d000/small" },
  { what = "rebuild, the changed file has a COPY of its own",
    dockerfile = "FROM scratch\nCOPY d* /x/\nCOPY last /last\n", changed = "last" },
}

-- Returns the medians of both, and os2's most resident memory in KB.
local function in_turns(directory, case, os2)
  local ours, theirs, peak, ids = {}, {}, 0, {}
  local function build_ours()
    local said = measure.run{ os2, "--isolated", "-e", BUILD, directory }
    local id, memory = said:match("(%S+)%s+(%d+)")
    peak, ids[id] = math.max(peak, math.tointeger(tonumber(memory))), true
  end
  local function build_theirs()
    local id = measure.run({ DOCKER, "build", "-q", "--label", "by=cli", directory },
      { env = { DOCKER_BUILDKIT = "1" } })
    ids[id:match("%S+")] = true
  end
  -- A text for each build: of the same content the engine has the layer of the one before.
  local function timed(build, number, whose)
    if case.changed then
      local text = ("%d %s %s"):format(number, whose, case.what)
      temporary.write(directory .. "/" .. case.changed, text)
    end
    return measure.calls(1, build)
  end
  for number = 0, RUNS do -- the first of each sends everything
    ours[number] = timed(build_ours, number, "os2")
    theirs[number] = timed(build_theirs, number, "docker")
  end
  for id in pairs(ids) do docker.untag(id) end
  return measure.median(ours), measure.median(theirs), peak
end

--- Prints a row for each kind of rebuild.
---@param home string  a directory on a tmpfs
---@param os2 string
---@param row fun(what: string, ours: number, than: string, theirs: number)
return function(home, os2, row)
  local before = build_cache.large(TOTAL_BYTES)
  local directory = home .. "/rebuilds"
  fs.mkdir_p(directory)
  temporary.write(directory .. "/last", "last")
  measure.run{ "python3", "-c", FILL, directory, tostring(FILES), tostring(FILE_BYTES) }
  for _, case in ipairs(CASES) do
    temporary.write(directory .. "/Dockerfile", case.dockerfile)
    local ours, theirs, peak = in_turns(directory, case, os2)
    row(case.what, ours, "docker build", theirs)
    print(("  os2's resident memory was %.1f MB at the most"):format(peak / 1024))
    build_cache.prune_since(TOTAL_BYTES, before)
  end
  temporary.remove(directory)
end
