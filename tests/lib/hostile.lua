--- Runs os2's commands against servers that answer wrongly; says what was wrong with their end.
local env = require("os2.env")
local fs = require("os2.fs")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

---@class tests.lib.hostile
local M = {}

local LIMIT <const> = 60 -- seconds after which a run hangs, whatever it waits for

-- Waits that are made for people and networks, cut to what a test can wait for.
local POLICY <const> = [[
policy.api(1)
for name, seconds in pairs{
  activate = 1, build = 5, connect = 1, engine = 1, exec = 1, follow = 1, git = 1, git_idle = 1,
  git_transfer = 2, lock = 1, machine_change = 1, machine_cleanup = 1, machine_delete = 1,
  machine_healthy = 1, machine_start = 1, machine_undo = 1, push = 3, request = 1, transfer = 1,
} do policy.set("timeouts." .. name, seconds * %d) end
policy.set("retry.base", 0.01)
policy.set("retry.attempts", 2)
policy.set("poll.first", 0.05)
]]

-- How much longer these waits are once a run has ended by one of them, on a loaded machine, before
-- it came to what the server does wrong.
local PATIENT <const> = 10

-- What is tidied up after an interrupt is asked of the same server.
local SHORT_CLEANUP <const> = 'policy.api(1) policy.set("timeouts.machine_cleanup", 1)'

-- Where nothing more comes, the deadline is what ends a run.
local STUCK <const> = { mute = true, slow = true, ["slow-head"] = true, ["git-slow"] = true }

-- Whole and well-formed answers that are not what was asked for: whether one is refused depends on
-- what of it is read.
local WELL_FORMED <const> = {
  empty = true, null = true, list = true, number = true, text = true, object = true,
}

-- Of all that is tried at each verb in a long run, a normal one tries one of so many.
local SHARE <const> = 5

-- What stands in no message of os2's: Lua's own words, a place in a Lua file, a sanitizer's report.
local RAW <const> = {
  "attempt to ", "stack traceback", "%.lua:%d", "a bug in os2", "bad argument", "userdata:",
  "table: 0x", "Sanitizer", "runtime error:",
}

--- How many runs go on at the same time.
M.AT_ONCE = 3

--- Whether everything is tried (`./bootstrap test --long`), or each thing somewhere.
M.IS_LONG = env.get("OS2_LONG") ~= nil

--- Whether the os2 under test holds sanitizers: then its memory says nothing.
M.IS_SANITIZED = program.path:find("/asan/", 1, true) ~= nil

---@class tests.lib.hostile.verb
---@field words string[]  of the command line, os2 left out; "M" stands for `name`
---@field upstream string  the real server
---@field environment fun(front: tests.lib.hostile_front): table<string, string|false>
---@field cwd string?
---@field prepare fun(name: string)?  is called before each run, with a name of its own
---@field name string?  the machine's, where all runs share one
---@field only string?  which requests count: a pattern of JavaScript's on "METHOD /path"
---@field is_raw boolean?  what a server sends is passed on as it is
---@field megabytes integer?  of memory, at most
---@field is_typed boolean?  the head of an answer in JSON is refused, its body not awaited
---@field unread integer?  from this request on an answer counts by its status, as for docker
---@field limit integer?  seconds after which a run hangs
---@field policy string?  a policy file's lines; "{PORT}" and "{NAME}" stand for the run's own
---@field check fun(ran: table, name: string, mode: string)?  returns what else is wrong

local function words_of(verb, name, front, policy_file)
  local list = { program.path, "--isolated" }
  if policy_file then table.move({ "--policy", policy_file }, 1, 2, 3, list) end
  for _, word in ipairs(verb.words) do
    list[#list + 1] = word:gsub("^M$", name):gsub("^M:", name .. ":")
      :gsub("{PORT}", tostring(front.port))
  end
  return list
end

local function settings_of(verb, front, directory)
  local variables = {
    XDG_CACHE_HOME = directory .. "/cache", XDG_CONFIG_HOME = directory .. "/config",
    DAYTONA_SNAPSHOT_PIN = false,
  }
  for key, value in pairs(verb.environment(front)) do variables[key] = value end
  return { cwd = verb.cwd, env = variables, timeout = verb.limit or LIMIT, stdin = "null" }
end

-- Runs it with short deadlines and measures the memory it took at most, in MB.
local function run(verb, name, front, factor)
  local directory = temporary.directory()
  temporary.write(directory .. "/policy.lua", POLICY:format(factor) .. (verb.policy or "")
    :gsub("{PORT}", tostring(front.port)):gsub("{NAME}", name))
  local settings = settings_of(verb, front, directory)
  settings.stdin = nil
  local ran = proc.run({ "time", "-q", "-f", "%M", "-o", directory .. "/peak",
    table.unpack(words_of(verb, name, front, directory .. "/policy.lua")) }, settings)
  ran.megabytes = tonumber((fs.read(directory .. "/peak"):match("(%d+)%s*$"))) // 1024
  temporary.remove(directory)
  return ran
end

local function is_reported(said)
  return said:find("within %d") or said:find("after %d") or said:find("timed out", 1, true)
end

-- What is wrong with how a run ended, nil where nothing is.
local function fault_of(verb, job, ran)
  local mode = job.mode
  local said = ran.stdout .. ran.stderr
  if ran.signal or ran.code > 128 then return "ended by a signal" end
  if ran.code == 70 then return "exit code 70" end
  if not verb.is_raw then
    for _, pattern in ipairs(RAW) do
      if said:find(pattern) then return "a raw error" end
    end
  end
  if ran.code == 0 then
    local is_unread = verb.unread and job.after >= verb.unread
    local is_fine = verb.is_raw or is_unread or WELL_FORMED[mode]
      or ran.stderr:find("warning: ", 1, true)
    return not is_fine and "exit code 0" or nil
  end
  if not ran.stderr:find("%S") then return "not a word" end
  local is_stuck = STUCK[mode] and not (verb.is_typed and mode == "slow")
  if is_stuck and not is_reported(said) then return "no deadline was reported" end
  local most = verb.megabytes or 300
  return not M.IS_SANITIZED and ran.megabytes > most and ran.megabytes .. " MB" or nil
end

local count = 0

local function next_name(verb)
  count = count + 1
  local name = verb.name or ("hostile-%d"):format(count)
  if verb.prepare then verb.prepare(name) end
  return name
end

-- One run where all is well.
local function well(server, verb)
  local front <close> = server:open{ mode = "mute", after = 1e6, upstream = verb.upstream,
    only = verb.only }
  local ran = run(verb, next_name(verb), front, 1)
  return ran, front:seen().requests
end

local TRIES <const> = 5

--- How many requests a command makes where all is well; it must succeed then. On a loaded machine
--- the short deadlines may end a run, so it is tried more than once.
---@param server tests.lib.hostile_server
---@param verb tests.lib.hostile.verb
---@return integer
function M.requests(server, verb)
  local ran, requests
  for _ = 1, TRIES do
    ran, requests = well(server, verb)
    if ran.code == 0 then return requests end
  end
  error(ran.stderr)
end

-- Returns whether the server was asked so often, what was wrong with a run, nil where nothing was,
-- and whether a deadline ended it.
local function tried(server, verb, job, factor)
  local front <close> = server:open{ mode = job.mode, after = job.after, upstream = verb.upstream,
    only = verb.only, given = job.given }
  local name = next_name(verb)
  local ran = run(verb, name, front, factor)
  local is_late = is_reported(ran.stdout .. ran.stderr)
  if front:seen().hits == 0 then return false, nil, is_late end
  local fault = fault_of(verb, job, ran)
    or verb.check and verb.check(ran, name, job.mode)
  local said = ran.stdout:sub(1, 500) .. ran.stderr:sub(1, 1000)
  return true, fault and ("%s after %d requests: %s (exit %s)\n%s"):format(job.name or job.mode,
    job.after, fault, ran.code, said), is_late
end

--- Runs a command once against one thing that a server does wrong; returns what was wrong with it
--- then, nil where nothing was or the server was not asked so often. Where a short deadline ended
--- it before the server held it up, it has longer ones once more.
---@param server tests.lib.hostile_server
---@param verb tests.lib.hostile.verb
---@param job {mode: string, after: integer, given: table?, name: string?}
---@return string?
function M.trial(server, verb, job)
  local is_hit, fault, is_late = tried(server, verb, job, 1)
  if is_late and (not is_hit or fault and not STUCK[job.mode]) then
    fault = select(2, tried(server, verb, job, PATIENT))
  end
  return fault
end

-- In short each mode at one request, a fifth of them at each verb, the next ones at the next verb;
-- else each at each request.
local function jobs_of(modes, total, turn, is_whole)
  local jobs = {}
  for i, mode in ipairs(modes) do
    for after = 0, is_whole and total - 1 or 0 do
      if is_whole or (i + turn) % SHARE == 0 then
        jobs[#jobs + 1] = { mode = mode, after = is_whole and after or (i // SHARE + turn) % total }
      end
    end
  end
  return jobs
end

--- Runs all jobs, a few at the same time; returns what was wrong with them.
---@param jobs {mode: string, after: integer}[]
---@param trial fun(job: table): string?
---@return string[]
function M.collect(jobs, trial)
  local found = {}
  local outcomes = task.map(jobs, function(job)
    local fault = trial(job) -- first: others add theirs while this one waits
    found[#found + 1] = fault
  end, { limit = M.AT_ONCE })
  for index, outcome in ipairs(outcomes) do -- a run that did not end in time is one of them
    if not outcome.ok then
      local job = jobs[index]
      found[#found + 1] = ("%s after %d requests: %s"):format(job.mode, job.after, outcome.err)
    end
  end
  return found
end

local turn = 0

--- Returns what is tried at one verb: all at each of its requests in a long run, else a part of it.
---@param modes string[]
---@param total integer  requests
---@param is_whole boolean?
---@return {mode: string, after: integer}[]
function M.jobs(modes, total, is_whole)
  turn = turn + 1
  return jobs_of(modes, total, turn, M.IS_LONG or is_whole)
end

--- Runs a command against all that a server can do wrong; returns what was wrong with it then.
---@param server tests.lib.hostile_server
---@param verb tests.lib.hostile.verb
---@param modes? string[]  by default all; those given are tried at each request
---@return string[]
function M.faults(server, verb, modes)
  local jobs = M.jobs(modes or server:modes(), M.requests(server, verb), modes ~= nil)
  return M.collect(jobs, function(job) return M.trial(server, verb, job) end)
end

local function wait_for_hit(front)
  task.timeout(LIMIT, function()
    while front:seen().hits == 0 do task.sleep(0.02) end
  end)
end

--- Interrupts a command, which has the deadlines it has for people, once a server holds it up;
--- returns how it ended.
---@param server tests.lib.hostile_server
---@param verb tests.lib.hostile.verb
---@param mode string
---@return {code: integer, signal: integer?}
function M.interrupted(server, verb, mode)
  local front <close> = server:open{ mode = mode, after = verb.after, upstream = verb.upstream,
    only = verb.only }
  local directory = temporary.directory()
  local _ <close> = task.defer(function() temporary.remove(directory) end)
  temporary.write(directory .. "/policy.lua", SHORT_CLEANUP)
  local words = words_of(verb, next_name(verb), front, directory .. "/policy.lua")
  local process <close> = proc.spawn(words,
    settings_of(verb, front, directory))
  task.group(function(group)
    group:spawn(function() for _ in process do end end) -- luacheck: ignore 542
    wait_for_hit(front)
    process:kill(proc.signals.INT)
  end)
  return process:result()
end

return M
