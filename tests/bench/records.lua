--- Records of runs: what one costs a cached resolve, and a replay of 10 000 decisions.
local fs = require("os2.fs")
local json = require("os2.json")
local measure = require("tests.bench.measure")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local worlds = require("tests.lib.world")

local DECISIONS <const> = 10000

-- Copies the record of a run under other ids until there are so many decisions.
local function multiply(directory)
  local name
  for _, found in ipairs(fs.list(directory)) do
    if found:find("%.ndjson$") then name = found end
  end
  local content = fs.read(directory .. "/" .. name)
  local _, each = content:gsub('"event":"policy"', "")
  for number = 1, (DECISIONS - 1) // each do
    temporary.write(("%s/%s-%06x.ndjson"):format(directory, name:match("^(.*)%-"), number), content)
  end
end

--- Measures, and prints with `row(what, ours, other, theirs, format)`. Waits.
---@param row function
return function(row)
  local world = worlds.start()
  local _ <close> = task.defer(function() world:stop() end)
  world:control("POST", "seed", { name = worlds.PREFIX .. "20250101-000000" })
  local with = { env = world:environment{ OS2_NO_HISTORY = false }, cwd = world.project }
  local without = { env = world:environment(), cwd = world.project }
  local resolve = world:command("resolve")
  measure.run(world:command("resolve", "--refresh"), with)
  measure.run(resolve, with)
  multiply(world.directory .. "/state/os2/runs")
  local replay = world:command("policy", "replay", "--since", "1h", "--json")
  local asked = json.decode(measure.run(replay, with)).asked
  row(("policy replay of %d decisions"):format(asked),
    measure.calls(5, function() measure.run(replay, with) end))
  row("resolve, cached, with a record", measure.short(resolve, with, 5), "OS2_NO_HISTORY=1",
    measure.short(resolve, without, 5))
end
