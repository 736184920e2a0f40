--- Starts a script of os2's and acts, or signals it, once it is where the test wants it.
local clock = require("os2.clock")
local proc = require("os2.proc")
local task = require("os2.task")

local M = {}

local PATIENCE <const> = 120 -- seconds until it must be there

local function collect(process, seen)
  for event in process do seen[event.stream] = seen[event.stream] .. event.data end
  seen.is_over = true
end

--- Waits until something is so; raises when it does not become so.
---@param is_so fun(): any
---@param words? fun(): string  what the error says
function M.wait_until(is_so, words)
  local due = clock.monotonic() + PATIENCE
  while not is_so() do
    assert(clock.monotonic() < due, words and words() or "it has not become so")
    task.sleep(0.02)
  end
end

local function wait_for(is_reached, seen, may_end)
  M.wait_until(function()
    local is_over = seen.is_over -- before it is asked how far it came
    if is_reached(seen.stderr) or is_over and may_end then return true end
    return is_over and error("it ended too soon: " .. seen.stderr, 0)
  end, function() return seen.stderr end)
end

--- Runs a script, calls `act` once `is_reached(stderr)` is true, and returns how it ended, with the
--- seconds it took from then on. Raises when it ends before, unless it may.
---@param world tests.lib.world
---@param words string[]
---@param is_reached fun(stderr: string): any
---@param act fun(process: userdata, is_over: fun(): boolean?)  is_over tells whether it has ended
---@param options? {environment: table?, may_end: boolean?}
---@return {code: integer, signal: integer?, stdout: string, stderr: string, seconds: number}
function M.at(world, words, is_reached, act, options)
  options = options or {}
  local process <close> = world:spawn(words, options.environment)
  local seen, sent_at = { stdout = "", stderr = "" }, nil
  task.group(function(group)
    group:spawn(collect, process, seen)
    wait_for(is_reached, seen, options.may_end)
    sent_at = clock.monotonic()
    act(process, function() return seen.is_over end)
  end)
  local status = process:result()
  return {
    code = status.code, signal = status.signal, stdout = seen.stdout, stderr = seen.stderr,
    seconds = clock.monotonic() - sent_at,
  }
end

--- Runs a script as `at` does and sends it a signal, by default SIGINT.
---@param world tests.lib.world
---@param words string[]
---@param is_reached fun(stderr: string): any
---@param options? {signal: integer?, times: integer?, environment: table?, may_end: boolean?,
---  after: fun(is_over: fun(): boolean?)?}  times: how often it is sent, at once; after: is called
---  then, beside the process; is_over tells whether that has ended; may_end: it may end before
---@return {code: integer, signal: integer?, stdout: string, stderr: string, seconds: number}
function M.run(world, words, is_reached, options)
  options = options or {}
  return M.at(world, words, is_reached, function(process, is_over)
    for _ = 1, options.times or 1 do process:kill(options.signal or proc.signals.INT) end
    if options.after then options.after(is_over) end
  end, options)
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
