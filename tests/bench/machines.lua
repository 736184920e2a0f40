--- Makes many machines at the stand-in and waits for them, beside Daytona's own SDK for Node.
local clock = require("os2.clock")
local measure = require("tests.bench.measure")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local COUNT <const> = 1000
local ROUNDS <const> = 3
local SDK <const> = "@daytonaio/sdk@0.218.0"
-- A machine takes longer than its create waits, so that each of them has to be waited for.
local CREATING_MS <const>, CREATE_WAIT_MS <const> = 20000, 1000

local WITH_SDK <const> = [[
import { Daytona } from "@daytonaio/sdk"
const [count, snapshot] = process.argv.slice(2)
const { DAYTONA_API_KEY: apiKey, DAYTONA_API_URL: apiUrl } = process.env
const daytona = new Daytona({ apiKey, apiUrl })
const create = (_, n) => daytona.create({ snapshot, name: `sdk-${n}` }, { timeout: 0 })
await Promise.all(Array.from({ length: Number(count) }, create))
process.exit(0) // what it keeps open would hold the process for minutes
]]

local function install(home)
  temporary.write(home .. "/sdk/package.json", '{"private": true, "type": "module"}')
  temporary.write(home .. "/sdk/create.js", WITH_SDK)
  local npm = { "npm", "install", "--no-save", "--no-audit", "--no-fund", "--silent", SDK }
  measure.run(npm, { cwd = home .. "/sdk" })
end

-- What a program took: seconds, CPU seconds, the most memory in MB, and requests.
local function timed(world, argv)
  world:control("POST", "reset")
  world:control("POST", "config", {
    timetable = { creating = CREATING_MS }, createWait = CREATE_WAIT_MS,
  })
  world:control("POST", "seed", { name = "bench", count = 1 })
  local began = clock.monotonic()
  local ran = proc.run({ "/usr/bin/time", "-f", "%U %S %M", table.unpack(argv) }, {
    timeout = 600, env = world:environment(), cwd = world.project,
  })
  assert(ran.code == 0, ran.stderr)
  local user, system, kilobytes = ran.stderr:match("(%S+) (%S+) (%d+)\n$")
  return {
    seconds = clock.monotonic() - began, cpu = tonumber(user) + tonumber(system),
    memory = tonumber(kilobytes) / 1024, requests = select(2, world:requests()),
  }
end

local function median(rounds, field)
  local numbers = {}
  for index, round in ipairs(rounds) do numbers[index] = round[field] end
  return measure.median(numbers)
end

--- Prints four rows: time, CPU time, memory and requests of a run that makes all machines at once.
---@param home string  a directory to work in
---@param os2 string  the program
---@param row fun(what: string, ours: number, other: string, theirs: number, format: string?)
return function(home, os2, row)
  install(home)
  local world = worlds.start()
  local _ <close> = task.defer(function() world:stop() end)
  local ours, theirs = {}, {}
  for round = 1, ROUNDS do
    ours[round] = timed(world, { os2, "--isolated", "machine", "create", "--snapshot", "bench",
      "--name", "os2", "--yes", "--count", tostring(COUNT),
      "--limit", tostring(COUNT) })
    theirs[round] = timed(world, { "node", home .. "/sdk/create.js", tostring(COUNT), "bench" })
  end
  local what = ("%d machines"):format(COUNT)
  row(what .. ", time", median(ours, "seconds"), SDK, median(theirs, "seconds"))
  row(what .. ", CPU time", median(ours, "cpu"), SDK, median(theirs, "cpu"))
  row(what .. ", memory", median(ours, "memory"), SDK, median(theirs, "memory"), "%.0f MB")
  row(what .. ", requests", median(ours, "requests"), SDK, median(theirs, "requests"), "%.0f")
end
