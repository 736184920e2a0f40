--- Starts a script of os2's and signals it once it is where the test wants it.
local clock = require("os2.clock")
local proc = require("os2.proc")
local task = require("os2.task")

local M = {}

local PATIENCE <const> = 120 -- seconds until it must be there

local function collect(process, seen)
  for event in process do seen[event.stream] = seen[event.stream] .. event.data end
end

--- Runs a script, sends a signal (by default SIGINT) once `is_reached(stderr)` is true, and returns
--- how it ended, with the seconds it took from then on.
---@param world tests.lib.world
---@param words string[]
---@param is_reached fun(stderr: string): any
---@param options? {signal: integer?, environment: table?}
---@return {code: integer, signal: integer?, stdout: string, stderr: string, seconds: number}
function M.run(world, words, is_reached, options)
  options = options or {}
  local process <close> = world:spawn(words, options.environment)
  local seen, sent_at = { stdout = "", stderr = "" }, nil
  task.group(function(group)
    group:spawn(collect, process, seen)
    local due = clock.monotonic() + PATIENCE
    while not is_reached(seen.stderr) do
      assert(clock.monotonic() < due, seen.stderr)
      task.sleep(0.02)
    end
    sent_at = clock.monotonic()
    process:kill(options.signal or proc.signals.INT)
  end)
  local status = process:result()
  return {
    code = status.code, signal = status.signal, stdout = seen.stdout, stderr = seen.stderr,
    seconds = clock.monotonic() - sent_at,
  }
end

--- Returns a condition: the stand-in saw a request whose path fits.
---@param world tests.lib.world
---@param method string
---@param pattern string
---@return fun(): boolean?
function M.saw(world, method, pattern)
  return function()
    for _, request in ipairs(world:control("GET", "requests").requests) do
      if request.method == method and request.path:find(pattern) then return true end
    end
  end
end

return M
