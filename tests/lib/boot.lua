--- Boots machines for tests: scripts/entry.lua in a home of its own, with a port of its own.
local clock = require("os2.clock")
local env = require("os2.env")
local fs = require("os2.fs")
local http = require("os2.http")
local lfs = require("lfs")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

---@class tests.lib.boot
---@field directory string
---@field home string
---@field path string  of the checkout
---@field port integer
local Boot = {}
Boot.__index = Boot

---@class tests.lib.boot.run
---@field process userdata
---@field stdout string
---@field stderr string
local Run = {}
Run.__index = Run

function Run:__close()
  self.process:close()
end

local M = {}

local ROOT <const> = lfs.currentdir()
local OS2 <const> = env.get("OS2") or "build/os2"
-- Patience for a loaded machine: how long a run may take, and anything else that is waited for.
local LIMIT_SECONDS <const>, PATIENCE_SECONDS <const> = 600, 120

-- Fast where the defaults are made for a machine; every test changes what it is about.
local POLICY <const> = [[
policy.api(1)
policy.set("entry.path", %q)
policy.set("entry.port", %d)
policy.set("entry.install", {"sh", "-c", "echo installed >>install.log; mkdir -p node_modules"})
policy.set("entry.build", {"sh", "-c", "echo built >>build.log"})
policy.set("entry.daemon", {"node", %q})
policy.set("entry.ready_interval", 0.05)
policy.set("entry.ready_timeout", 120)
policy.set("entry.health_interval", 0.1)
policy.set("entry.health_timeout", 60)
policy.set("entry.restart_first", 0.05)
policy.set("entry.restarts", 2)
policy.set("entry.grace", 60)
policy.set("entry.lock_age", 0.2)
policy.set("retry.base", 0.01)
]]

--- A step list without what needs a repository.
M.WITHOUT_GIT = [[
policy.drop("entry.steps", "checkout")
policy.drop("entry.steps", "repositories")
]]

local function absolute(path)
  return path:match("^/") and path or ROOT .. "/" .. path
end

-- Ports that the kernel gives to nobody who does not name one, so that none is taken between the
-- look at it and its use. Two processes that run at the same time begin far from each other.
local FIRST_PORT <const>, LAST_PORT <const> = 15000, 32000
local STRIDE <const> = 211 -- ports between the first ones of two processes whose numbers follow
local next_port

local function own_pid()
  return math.tointeger(tonumber(fs.read("/proc/self/stat"):match("^%d+")))
end

--- Returns the number of a port that nobody listens on.
---@return integer
function M.free_port()
  local count = LAST_PORT - FIRST_PORT
  next_port = next_port or own_pid() * STRIDE
  local asked = proc.run({ "node", "-e", [[
    const [first, count] = process.argv.slice(1, 3).map(Number)
    const look = (at) => {
      const s = require("net").createServer()
      s.on("error", () => look(at + 1))
      s.listen(first + at % count, () => { console.log(at); s.close() })
    }
    look(Number(process.argv[3]))
  ]], tostring(FIRST_PORT), tostring(count), tostring(next_port) }, { timeout = PATIENCE_SECONDS })
  local at = math.tointeger(tonumber(asked.stdout))
  next_port = at + 1
  return FIRST_PORT + at % count
end

--- Opens the ground of one test.
---@return tests.lib.boot
function M.open()
  local boot = setmetatable({ directory = temporary.directory(), port = M.free_port() }, Boot)
  boot.home = boot.directory .. "/home"
  boot.path = boot.home .. "/code"
  fs.mkdir_p(boot.home)
  return boot
end

--- Removes everything.
function Boot:close()
  temporary.remove(self.directory)
end

--- Writes the policy file: the fast one, and what a test adds.
---@param text string
function Boot:policy(text)
  local daemon = ROOT .. "/tests/lib/entry-daemon.js"
  temporary.write(self.directory .. "/policy.lua",
    POLICY:format(self.path, self.port, daemon) .. (text or ""))
end

--- The command line of a boot.
---@return string[]
function Boot:argv(...)
  local file = self.directory .. "/policy.lua"
  return { absolute(OS2), "--isolated", "--policy", file, ROOT .. "/scripts/entry.lua", ... }
end

--- The environment of a boot: nothing of the tester's own reaches it.
---@param changes? table<string, string|false>
---@return table<string, string|false>
function Boot:environment(changes)
  local all = {
    HOME = self.home, XDG_CACHE_HOME = false, XDG_CONFIG_HOME = false, XDG_STATE_HOME = false,
    OS2_NO_HISTORY = "1", GITHUB_ACCESS_TOKEN = false, GITHUB_REPOS = false, ITERATE_DEV = false,
    HTTP_PROXY = false, HTTPS_PROXY = false, http_proxy = false, https_proxy = false,
  }
  for name, value in pairs(changes or {}) do all[name] = value end
  return all
end

--- Starts a boot, which its close ends.
---@param changes? table<string, string|false>  of the environment
---@param argv? string[]  by default `argv()`
---@return tests.lib.boot.run
function Boot:start(changes, argv)
  local process = proc.spawn(argv or self:argv(), {
    stdin = "null", env = self:environment(changes), timeout = LIMIT_SECONDS, group = true,
  })
  return setmetatable({ process = process, stdout = "", stderr = "" }, Run)
end

--- Runs a boot to its end.
---@param changes? table<string, string|false>
---@param argv? string[]
---@return tests.lib.boot.run
function Boot:run(changes, argv)
  return self:start(changes, argv):finish()
end

--- Asks the daemon; returns nil where it does not answer.
---@param path string
---@return table?
function Boot:ask(path)
  return (task.try(http.request, {
    url = ("http://127.0.0.1:%d%s"):format(self.port, path), proxy = false,
    timeout = PATIENCE_SECONDS,
  }))
end

function Run:read()
  local event = self.process:next()
  if event then self[event.stream] = self[event.stream] .. event.data end
  return event
end

--- Reads until stdout or stderr has said something so often.
---@param pattern string
---@param times? integer
---@return string  the first capture of the last time
function Run:wait_for(pattern, times)
  while true do
    local count, found = 0, nil
    for capture in (self.stdout .. self.stderr):gmatch(pattern) do
      count, found = count + 1, capture
    end
    if count >= (times or 1) then return found end
    assert(self:read(), ("it ended and had not said %s:\n%s"):format(pattern, self.stderr))
  end
end

-- One shell sends all of them, so that no time passes between them on a loaded machine, either.
local SEND <const> = 'n=$3; while [ "$n" -gt 0 ]; do kill -s "$1" "$2"; n=$((n - 1)); done'

--- Sends os2 alone a signal, or the same one several times without a pause.
---@param name string
---@param times? integer
function Run:signal(name, times)
  self.signalled_at = clock.monotonic()
  local pid = tostring(self.process:pid())
  proc.run({ "sh", "-c", SEND, "sh", name, pid, tostring(times or 1) },
    { timeout = PATIENCE_SECONDS })
end

--- Reads to the end; afterwards `code`, `killed_by` and `seconds` since the signal are there.
---@return tests.lib.boot.run
function Run:finish()
  while self:read() do end
  local status = assert(self.process:result())
  self.process:close()
  self.code, self.killed_by = status.code, status.signal
  self.seconds = self.signalled_at and clock.monotonic() - self.signalled_at
  return self
end

--- The last line of stderr, which names the error.
---@return string
function Run:last_line()
  return self.stderr:match("([^\n]*)\n$")
end

--- Waits until something is so; raises when it has not become so for as long as a run may take.
---@param is_so fun(): any
function M.wait_until(is_so)
  local due = clock.monotonic() + LIMIT_SECONDS
  while not is_so() do
    assert(clock.monotonic() < due, "what was waited for did not come")
    task.sleep(0.002)
  end
end

--- What a process holds: memory in KiB, descriptors, and its children, the dead ones among them.
---@param pid integer
---@return {memory: integer, descriptors: integer, children: integer, zombies: integer}
function M.held(pid)
  local held = { children = 0, zombies = 0, descriptors = #fs.list(("/proc/%d/fd"):format(pid)) }
  held.memory = tonumber(fs.read(("/proc/%d/status"):format(pid)):match("VmRSS:%s+(%d+)"))
  for _, name in ipairs(fs.list("/proc")) do
    local status = name:match("^%d+$") and task.try(fs.read, ("/proc/%s/status"):format(name))
    if status and status:match("PPid:%s+(%d+)") == tostring(pid) then
      held.children = held.children + 1
      held.zombies = held.zombies + (status:find("State:%s+Z") and 1 or 0)
    end
  end
  return held
end

--- Whether a process is gone, or is so within some seconds.
---@param pid integer|string
---@param seconds? number  by default the patience for a loaded machine
---@return boolean
function M.is_gone(pid, seconds)
  local due = clock.monotonic() + (seconds or PATIENCE_SECONDS)
  repeat
    local status = task.try(fs.read, ("/proc/%s/status"):format(pid))
    if not status or status:find("State:%s+Z") then return true end
    task.sleep(0.02)
  until clock.monotonic() >= due
  return false
end

-- How a process stands: its state, and how often it has given up the processor.
local function standing(pid)
  local status = fs.read(("/proc/%d/status"):format(pid))
  local counts = {}
  for count in status:gmatch("voluntary_ctxt_switches:%s+(%d+)") do counts[#counts + 1] = count end
  return status:match("State:%s+(%u)"), table.concat(counts, " ")
end

--- Waits until a process sleeps and nothing wakes it for a moment: what it was about is done then.
--- On a loaded machine one that is to go on is not asleep, but waits for a processor.
---@param pid integer
function M.wait_until_idle(pid)
  local before
  M.wait_until(function()
    local state, count = standing(pid)
    local is_idle = state == "S" and count == before
    before = count
    if not is_idle then task.sleep(0.2) end
    return is_idle
  end)
end

return M
