--- The programs of a machine's boot. Each leads a process group, which ends with it and with os2.
local clock = require("os2.clock")
local err = require("os2.err")
local process_group = require("os2.flows.entry.group")
local helper = require("os2.run.helper")
local log = require("os2.flows.entry.log")
local proc = require("os2.proc")
local run_options = require("os2.run.options")
local task = require("os2.task")

---@class os2.flows.entry.program
---@field argv string[]
---@field options {topic: string, cwd: string, env: table, grace: number}  topic: of its log lines;
---  grace: seconds
---@field status? {code: integer, signal: integer?}  set once it has ended
---@field private process userdata?
---@field private guard userdata?
---@field private pid integer?  of the program, and of its group
---@field private due number?  set once it was asked to end: when the grace is over
local Program = {}
Program.__index = Program

local M = {}

-- Reads the group's id from stdin, then waits until os2 closes its end of stdin, on purpose or by
-- dying, and kills what is left of the group.
local GUARD <const> = [[trap "" HUP INT TERM; read -r group && read -r _
[ -z "$group" ] || kill -s KILL -- "-$group"]]

-- Ends the watch over a program that has ended.
local ENDED <const> = err.new{ kind = "cancelled", op = "entry", message = "the program has ended" }

-- The status of a program that did not end within the grace.
local KILLED <const> = { code = 0, signal = proc.signals.KILL }

--- Returns a program that is not started yet.
---@param argv string[]
---@param options {topic: string, cwd: string, env: table, grace: number}
---@return os2.flows.entry.program
function M.new(argv, options)
  return setmetatable({ argv = argv, options = options }, Program)
end

--- Returns in words how a program ended.
---@param status {code: integer, signal: integer?}
---@return string
function M.words(status)
  if status.signal then return ("was ended by signal %d"):format(status.signal) end
  return ("ended with code %d"):format(status.code)
end

--- Returns the exit code that a shell would report.
---@param status {code: integer, signal: integer?}
---@return integer
function M.exit_code(status)
  return status.signal and 128 + status.signal or status.code
end

local function open_guard()
  return proc.spawn({ "/bin/sh", "-c", GUARD, "os2-guard" }, {
    env = helper.changes("guard"), stdin = "pipe", stdout = "null", stderr = "null", group = true,
  })
end

-- The guard is started first: if os2 were killed before it runs, nothing would end the program.
function Program:start()
  -- with --dry-run the program is not started, and no process is to be killed
  self.guard = not run_options.guard and open_guard() or nil
  self.process = proc.spawn(self.argv, {
    cwd = self.options.cwd, env = self.options.env, stdin = "null", stdout = "inherit",
    stderr = "inherit", group = true,
  })
  self.pid = self.process:pid()
  if self.guard then self.guard:write(self.pid .. "\n") end
end

-- The program often only leads (pnpm, npm, sh) and ends at the signal, while the server that it has
-- started still answers requests.
function Program:wait_for_followers()
  if not self.due then return end
  process_group.wait(self.pid, self.due - clock.monotonic())
end

function Program:keep(group)
  do
    -- In a clean-up, because a cancellation must not close (and so kill) the program: the program
    -- gets the grace to end by itself, and is closed only afterwards.
    local _ <close> = task.defer(function()
      self:start()
      self.status = self.process:result()
      self:wait_for_followers()
    end, { timeout = self.options.grace })
  end
  group:cancel(ENDED)
end

function Program:stop()
  if not self.process or self.status then return end
  log.write(self.options.topic, ("SIGTERM sent, SIGKILL after %g s"):format(self.options.grace))
  self.due = clock.monotonic() + self.options.grace
  self.process:kill(proc.signals.TERM)
end

function Program:live(watch)
  task.group(function(group)
    group:spawn(self.keep, self, group)
    local _ <close> = task.defer(function() self:stop() end)
    task.sleep(0) -- the program is started by then
    watch(self.pid)
  end)
end

-- Reported only when the program was asked to end; the rest of a group that crashed is killed
-- without a log line.
function Program:say_kill()
  if not self.due or not self.status or not process_group.is_alive(self.pid) then return end
  log.write(self.options.topic, "SIGKILL to what is left of its process group")
end

function Program:close_process()
  if not self.process then return end
  self:say_kill()
  self.status = self.status or KILLED
  self.process:close()
end

function Program:settle()
  self:close_process()
  if not self.guard then return end
  self.guard:close_stdin()
  self.guard:result()
  self.guard:close()
end

--- Starts the program and returns when it has ended and no process of its group is left. `watch`
--- runs meanwhile. When `watch` raises, or the task is cancelled, the group gets SIGTERM, and after
--- the grace SIGKILL. When the program ends by itself, the rest of its group is killed at once.
--- Raises `not_found`, `denied` when it cannot be started.
---@param watch fun(pid: integer)  never returns
---@return {code: integer, signal: integer?}
function Program:run(watch)
  local _ <close> = task.defer(function() self:settle() end)
  local _, failure = task.try(self.live, self, watch)
  if failure ~= ENDED then err.raise(failure) end
  return self.status
end

return M
