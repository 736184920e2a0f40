--- The figures of tests/bench/run.
local here = arg[0]:match("^(.*)/[^/]*$")
package.path = here .. "/../../?.lua;" .. package.path

local build_cache = require("tests.lib.build_cache")
local clones = require("tests.bench.clones")
local docker = require("os2.docker")
local env = require("os2.env")
local fs = require("os2.fs")
local machines = require("tests.bench.machines")
local measure = require("tests.bench.measure")
local rebuilds = require("tests.bench.rebuilds")
local records = require("tests.bench.records")
local sessions = require("tests.bench.sessions")
local start = require("tests.bench.start")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local OS2 <const> = env.get("OS2")
local DOCKER <const> = "/usr/bin/docker"
local FAST_DIRECTORY <const> = "/dev/shm"
local SNAPSHOTS <const>, FILES <const> = 10000, 40000
local MEGABYTE <const> = 1000 * 1000
local BIG_FILES <const>, BIG_SIZE <const> = 10, 50 * MEGABYTE

local BUILD <const> = [[
local context = docker.context{ path = arg[1] }
local stream <close> = docker.build{ context = context, builder = arg[2], no_cache = true }
print(stream:result().id)
]]

local function shown(seconds)
  if not seconds then return "" end
  return seconds < 1 and ("%.2f ms"):format(seconds * 1000) or ("%.2f s"):format(seconds)
end

local LINE <const> = "%-44s %10s   %-22s %10s %6s"

-- Seconds, unless a format says otherwise.
local function row(what, ours, other, theirs, format)
  local ratio = theirs and ("%.3f"):format(ours / theirs) or ""
  local show = format and function(value) return value and format:format(value) or "" end or shown
  print(LINE:format(what, show(ours), other or "", show(theirs), ratio))
end

local function resolves()
  local world = worlds.start()
  local _ <close> = task.defer(function() world:stop() end)
  world:control("POST", "seed", {
    name = worlds.PREFIX .. "{time}", count = SNAPSHOTS, createdAt = "2025-01-01T00:00:00Z",
  })
  local options = { env = world:environment(), cwd = world.project }
  measure.run(world:command("resolve"), options)
  row(("resolve, not cached, among %d snapshots"):format(SNAPSHOTS),
    measure.calls(20, function() measure.run(world:command("resolve", "--refresh"), options) end))
end

local function listing(home)
  local root = home .. "/many"
  for number = 1, FILES do
    temporary.write(("%s/%d/%d/%d"):format(root, number % 20, number % 400, number), "")
  end
  temporary.write(root .. "/.dockerignore", "**/node_modules\n**/*.log\n!keep.log\n*/7\n.git\n")
  temporary.write(root .. "/Dockerfile", "FROM scratch\nCOPY . /\n")
  local ours = measure.calls(9, function()
    local _ <close> = docker.context{ path = root }
  end)
  row(("list a context of %d files"):format(FILES), ours, "find",
    measure.calls(9, function() measure.run({ "find", root, "-newermt", "2100-01-01" }) end))
end

local function fill(directory, dockerfile)
  fs.mkdir_p(directory)
  for number = 1, BIG_FILES do
    measure.run{ "dd", "if=/dev/urandom", ("of=%s/%d"):format(directory, number), "bs=1M",
      "iflag=fullblock,count_bytes", "count=" .. BIG_SIZE, "status=none" }
  end
  temporary.write(directory .. "/Dockerfile", dockerfile)
end

local function build_with_os2(directory, builder)
  return measure.run{ OS2, "--isolated", "-e", BUILD, directory, builder }
end

local function build_with_cli(directory, builder)
  return measure.run({ DOCKER, "build", "-q", "--no-cache", directory },
    { env = { DOCKER_BUILDKIT = builder == "2" and "1" or "0" } })
end

-- Each build has a directory of its own name: the CLI sends only what changed since the last one.
-- What a build leaves with the engine goes before the next; that is not timed.
local function timed_builds(directory, build, builder)
  local before, seconds = build_cache.large(BIG_FILES * BIG_SIZE), {}
  for number = 1, 3 do
    local place, id = ("%s-%d"):format(directory, number), nil
    assert(os.rename(directory, place))
    seconds[number] = measure.calls(1, function() id = build(place, builder) end)
    assert(os.rename(place, directory))
    docker.untag(id:match("%S+"))
    build_cache.prune_since(BIG_FILES * BIG_SIZE, before)
  end
  return measure.median(seconds)
end

local function sending(home)
  local size = ("%d MB"):format(BIG_FILES * BIG_SIZE // MEGABYTE)
  for _, case in ipairs{
    { "send " .. size .. ", classic, one file used", "FROM scratch\nCOPY Dockerfile /\n", "1" },
    { "build with " .. size .. ", classic", "FROM scratch\nCOPY . /\n", "1" },
    { "build with " .. size .. ", BuildKit", "FROM scratch\nCOPY . /\n", "2" },
  } do
    local what, dockerfile, builder = table.unpack(case)
    local directory = ("%s/%s-%d"):format(home, builder, #dockerfile)
    fill(directory, dockerfile)
    row(what, timed_builds(directory, build_with_os2, builder), "docker build",
      timed_builds(directory, build_with_cli, builder))
    temporary.remove(directory)
  end
end

local home = measure.run{ "mktemp", "-d", FAST_DIRECTORY .. "/os2-bench.XXXXXX" }:match("%S+")
local _ <close> = task.defer(function() temporary.remove(home) end)
print(LINE:format("median of", "os2", "against", "", "ratio"))
local PARTS <const> = {
  start = function() start(OS2, row) end,
  resolve = resolves,
  list = function() listing(home) end,
  clone = function() clones(home, OS2, row) end,
  machine = function() machines(home, OS2, row) end,
  send = function() sending(home) end,
  rebuild = function() rebuilds(home, OS2, row) end,
  record = function() records(row) end,
  session = function() sessions(row) end,
}
local ORDER <const> = { "start", "resolve", "list", "clone", "machine", "send", "rebuild",
  "record", "session" }
for _, part in ipairs(arg[1] and arg or ORDER) do PARTS[part]() end
