--- Runs files of tests: `test(name, fn)`. Each test has a clock that stands still, an environment
--- of its own and no network; what it leaves behind fails it.
local asserts = require("os2.flows.testing.asserts")
local clock = require("os2.clock")
local err = require("os2.err")
local environment = require("os2.flows.testing.environment")
local fs = require("os2.fs")
local native_loop = require("host.loop")
local network = require("os2.flows.testing.network")
local scheduler = require("os2.run.scheduler")
local script = require("os2.flows.testing.script")
local standing_clock = require("os2.flows.testing.clock")
local world = require("os2.flows.testing.world")

---@class os2.flows.testing.runner
local M = {}

local SEED <const> = 20260101
local SETTLE_SECONDS <const>, SETTLE_TRIES <const> = 0.01, 50

--- The time that tests are told, unless a recording tells another.
M.NOW = clock.time{ year = 2026, month = 1, day = 1, hour = 12, min = 0, sec = 0 }

---@class os2.flows.testing.settings
---@field timeout number  real seconds for each test
---@field is_network boolean?  the network is asked
---@field recording table?  records what the network answers, or replays it
---@field filter string?  a part of the names of the tests to run

---@class os2.flows.testing.context  of one test
---@field directory string  of the file
---@field settings os2.flows.testing.settings
---@field world os2.flows.testing.world?
---@field is_real boolean?  the variables are those of the run
---@field violation string?  what the test may not do

-- ---- where a test failed ----

-- Lua shortens a long name of a file to its end.
local function is_path(shown, path)
  local tail = shown:match("^%.%.%.(.*)$")
  return shown == path or tail ~= nil and path:sub(-#tail) == tail
end

-- Returns the first line of the file that a text names.
local function line_in(text, path)
  for shown, line in text:gmatch("([^%s][^:\n]*):(%d+):") do
    if is_path(shown, path) then return tonumber(line) end
  end
end

local function told(failure, path)
  local message = tostring(failure)
  local shown, line, rest = message:match("^([^:\n]+):(%d+): ?(.*)$")
  if shown and is_path(shown, path) then
    return ("%s:%s: %s"):format(path, line, rest), tonumber(line)
  end
  local at = line_in(failure.traceback or "", path)
  return ("%s:%s %s"):format(path, at and at .. ":" or "", message), at
end

-- ---- what a test has ----

local function violate(context, message)
  context.violation = context.violation or message
  error(message, 0)
end

-- A request goes to the test's world, to a recording, or to the network where that is asked for.
local function answer_of(context, stand)
  local settings = context.settings
  return function(request)
    if context.world then return context.world:answer(request) end
    if settings.recording then
      return settings.recording:answer(request, stand.send, function(message)
        violate(context, message)
      end)
    end
    violate(context, ("the test asks the network for %s %s; give it a test.world, or run os2 "
      .. "test --network"):format(request.method, request.url:match("^[^?]*")))
  end
end

local function verbs_of(context, variables)
  return {
    equal = asserts.equal, matches = asserts.matches, raises = asserts.raises,
    world = function(spec)
      if context.is_real then variables:set_world() end
      context.world = world.new(spec, function(message) violate(context, message) end)
      return context.world
    end,
    run = function(name, words) return script.run(context.directory, name, words) end,
    env = function(values) variables:set(values) end,
  }
end

-- What os2 keeps for the whole process is of this test: the engine that it has found, and the
-- connection that tells of changes.
local function forget()
  local client, news = package.loaded["os2.docker.client"], package.loaded["os2.flows.news"]
  if client then client.forget() end
  if news then news.reset() end
end

-- ---- what a test leaves ----

local function names_of_globals()
  local names = {}
  for name in pairs(_G) do names[name] = true end
  return names
end

-- What was closed ends a moment later; a program that was killed, too.
local function settle(allowed)
  for _ = 1, SETTLE_TRIES do
    collectgarbage()
    collectgarbage()
    native_loop.poll()
    if native_loop.pending() <= allowed then return end
    standing_clock.real_sleep(SETTLE_SECONDS)
  end
end

local function left_behind(before)
  settle(before.operations)
  local left = {}
  if native_loop.pending() > before.operations then
    left[1] = ("%d operations are still alive"):format(native_loop.pending() - before.operations)
  end
  for name in pairs(_G) do
    if not before.globals[name] then
      left[#left + 1] = "there is a new global " .. tostring(name)
      _G[name] = nil
    end
  end
  return left[1] and "left behind: " .. table.concat(left, "; ")
end

-- ---- one test ----

local function run_inside(context, test, fn)
  local settings = context.settings
  local recording = settings.recording
  local is_real = settings.is_network or recording ~= nil and recording.is_recording
  context.is_real = is_real
  local variables <close> = environment.enter(is_real)
  if recording and not is_real then variables:set(recording.variables) end
  forget()
  math.randomseed(SEED)
  local verbs = verbs_of(context, variables)
  for name, verb in pairs(verbs) do test[name] = verb end
  local at = recording and recording.now or M.NOW
  local _ <close> = not is_real and standing_clock.stand(at) or nil
  local stand <close> = network.take(function(request) return context.answer(request) end,
    function() return settings.is_network == true and not context.world end)
  context.answer = answer_of(context, stand)
  fn()
end

-- Returns nil, or why a test failed and its line.
local function run_test(context, path, test, fn)
  settle(math.huge)
  local before = { operations = native_loop.pending(), globals = names_of_globals() }
  local ok, failure = xpcall(standing_clock.real_timeout, scheduler.handler,
    context.settings.timeout, run_inside, context, test, fn)
  scheduler.check_cancelled()
  forget()
  if not ok then return told(failure, path) end
  local why = context.violation or left_behind(before)
  if why then return ("%s: %s"):format(path, why) end
end

-- ---- a file ----

local function is_meant(settings, name)
  return not settings.filter or name:find(settings.filter, 1, true) ~= nil
end

-- What a file of tests has as globals: Lua's own, `test`, and an assert that tells its line.
local function globals_of(path, settings, tests)
  local function run_one(_, name, fn)
    if type(name) ~= "string" or type(fn) ~= "function" then
      error("write test(\"what holds\", function() … end)", 2)
    end
    tests.is_any = true
    if not is_meant(settings, name) then return end
    local context = { directory = path:match("^(.*)/[^/]*$") or ".", settings = settings }
    local why, line = run_test(context, path, tests.verbs, fn)
    tests[#tests + 1] = { file = path, name = name, ok = why == nil, message = why, line = line }
  end
  tests.verbs = setmetatable({}, { __call = run_one })
  local globals = { test = tests.verbs, assert = asserts.assert_of(path) }
  globals._G = globals
  return setmetatable(globals, { __index = _G })
end

local function no_test(path)
  return { file = path, name = "the file", ok = false, message = path .. ": it has no test(…)" }
end

--- Runs the tests of a file. What fails outside of a test is a test named "the file".
---@param path string
---@param settings os2.flows.testing.settings
---@return os2.flows.testing.report.test[]
function M.run_file(path, settings)
  local tests = {}
  local globals = globals_of(path, settings, tests)
  local chunk, why = load(fs.read(path), "@" .. path, "t", globals)
  local ok, failure = chunk ~= nil, chunk == nil and err.from(why) or nil
  if chunk then ok, failure = xpcall(chunk, scheduler.handler) end
  scheduler.check_cancelled()
  if not ok then
    local message, line = told(failure, path)
    tests[#tests + 1] = { file = path, name = "the file", ok = false, message = message,
      line = line }
  elseif not tests.is_any then
    tests[1] = no_test(path)
  end
  tests.is_any, tests.verbs = nil, nil
  return tests
end

return M
