--- Times starts: an empty chunk beside lua5.4, and a cached resolve beside Node. Where valgrind is
--- installed, it counts their instructions too.
local fs = require("os2.fs")
local measure = require("tests.bench.measure")
local proc = require("os2.proc")
local task = require("os2.task")
local worlds = require("tests.lib.world")

local ROUNDS <const> = 5
local VALGRIND <const> = "/usr/bin/valgrind"

-- In turns, so that a machine that is busy for a second does not tilt the ratio.
local function in_turns(own, other, options)
  local ours, theirs = {}, {}
  for round = 1, ROUNDS do
    if options.prepare then measure.run(options.prepare, options) end
    ours[round] = measure.short(own, options)
    theirs[round] = measure.short(other, options, options.batch)
  end
  return measure.median(ours), measure.median(theirs)
end

local function instructions(argv, options)
  local words = { VALGRIND, "--tool=callgrind", "--callgrind-out-file=/dev/null" }
  local ran = proc.run(table.move(argv, 1, #argv, #words + 1, words), {
    timeout = 60, env = options.env, cwd = options.cwd,
  })
  assert(ran.code == 0, ran.stderr)
  return tonumber(ran.stderr:match("Collected : (%d+)")) / 1e6
end

-- `options.prepare` is run before each round; `options.batch` of the other are timed together.
local function compare(row, what, own, other, options)
  local ours, theirs = in_turns(own, other, options)
  row(what, ours, ("%s -e '%s'"):format(other[1], other[3]), theirs)
  if not fs.exists(VALGRIND) then return end
  row(what .. ", millions of instructions", instructions(own, options), nil, nil, "%.1f")
end

--- Measures, and prints with `row(what, ours, other, theirs, format)`. Waits.
---@param os2 string  the program
---@param row function
return function(os2, row)
  compare(row, "start: os2 -e ''", { os2, "-e", "" }, { "lua5.4", "-e", "" }, {})
  local world = worlds.start()
  local _ <close> = task.defer(function() world:stop() end)
  world:control("POST", "seed", { name = worlds.PREFIX .. "20250101-000000" })
  -- Kept answers are good for minutes, and Node takes its time.
  local options = {
    env = world:environment(), cwd = world.project, batch = 5,
    prepare = world:command("resolve", "--refresh"),
  }
  compare(row, "resolve, cached", world:command("resolve"), { "node", "-e", "0" }, options)
end
