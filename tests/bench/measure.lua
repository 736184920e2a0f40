--- Times programs: medians in seconds.
local clock = require("os2.clock")
local fs = require("os2.fs")
local json = require("os2.json")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

---@class tests.bench.measure
local M = {}

local HYPERFINE <const> = "/usr/bin/hyperfine"
local BATCH <const> = 100
local REPEAT <const> = "n=%d; while [ $n -gt 0 ]; do \"$@\" >/dev/null; n=$((n - 1)); done"

--- Returns the median of a list of numbers.
---@param numbers number[]
---@return number
function M.median(numbers)
  table.sort(numbers)
  local half = #numbers // 2
  if #numbers % 2 == 1 then return numbers[half + 1] end
  return (numbers[half] + numbers[half + 1]) / 2
end

--- Calls fn several times and returns the median of the seconds that it took. Waits.
---@param times integer
---@param fn fun(number: integer)
---@return number
function M.calls(times, fn)
  local seconds = {}
  for number = 1, times do
    local began = clock.monotonic()
    fn(number)
    seconds[number] = clock.monotonic() - began
  end
  return M.median(seconds)
end

--- Runs a program and returns what it wrote to stdout; raises when it fails. Waits.
---@param argv string[]
---@param options? {env: table?, cwd: string?}
---@return string
function M.run(argv, options)
  options = options or {}
  local ran = proc.run(argv, { timeout = 600, env = options.env, cwd = options.cwd })
  assert(ran.code == 0, ran.stderr)
  return ran.stdout
end

local function with_hyperfine(argv, options)
  local report = os.tmpname()
  local words = {}
  for index, word in ipairs(argv) do words[index] = "'" .. word .. "'" end
  M.run({ HYPERFINE, "--shell=none", "--warmup=10", "--runs=100", "--export-json=" .. report,
    table.concat(words, " ") }, options)
  local found = json.decode(fs.read(report)).results[1].median
  temporary.remove(report)
  return found
end

--- Returns the median time of a program that takes milliseconds. Without hyperfine what a shell
--- takes to start a program is in it. Waits.
---@param argv string[]
---@param options? {env: table?, cwd: string?}
---@param batch? integer  runs that are timed together without hyperfine, by default 100
---@return number
function M.short(argv, options, batch)
  if fs.exists(HYPERFINE) then return with_hyperfine(argv, options) end
  batch = batch or BATCH
  local loop = { "sh", "-c", REPEAT:format(batch), "sh", table.unpack(argv) }
  return M.calls(5, function() M.run(loop, options) end) / batch
end

return M
