--- The programs of a machine's boot: each leads a process group, which ends with it, and with us.
local err = require("os2.err")
local log = require("os2.flows.entry.log")
local proc = require("os2.proc")
local task = require("os2.task")

---@class os2.flows.entry.program
---@field argv string[]
---@field options {topic: string, cwd: string, env: table, grace: number}  topic: of its log lines
---@field status? {code: integer, signal: integer?}  once it has ended
---@field private process userdata?
---@field private guard userdata?
local Program = {}
Program.__index = Program

local M = {}

-- Waits until our end of its stdin is closed, by us or by our death, and then kills what is left of
-- the group.
local GUARD <const> = [[trap "" HUP INT TERM; read -r _; kill -s KILL -- "-$1"]]

-- What ends the watch over a program that has ended.
local ENDED <const> = err.new{ kind = "cancelled", op = "entry", message = "the program has ended" }

-- Raised where the program itself did not end within the grace.
local KILLED <const> = { code = 0, signal = proc.signals.KILL }

--- Returns a program that is not started yet.
---@param argv string[]
---@param options {topic: string, cwd: string, env: table, grace: number}
---@return os2.flows.entry.program
function M.new(argv, options)
  return setmetatable({ argv = argv, options = options }, Program)
end

--- Says in words how a program ended.
---@param status {code: integer, signal: integer?}
---@return string
function M.words(status)
  if status.signal then return ("was ended by signal %d"):format(status.signal) end
  return ("ended with code %d"):format(status.code)
end

--- Returns the exit code that a shell would give.
---@param status {code: integer, signal: integer?}
---@return integer
function M.exit_code(status)
  return status.signal and 128 + status.signal or status.code
end

local function open_guard(pid)
  return proc.spawn({ "/bin/sh", "-c", GUARD, "os2-guard", tostring(pid) },
    { stdin = "pipe", stdout = "null", stderr = "null", group = true })
end

function Program:start()
  self.process = proc.spawn(self.argv, {
    cwd = self.options.cwd, env = self.options.env, stdin = "null", stdout = "inherit",
    stderr = "inherit", group = true,
  })
  self.guard = open_guard(self.process:pid())
end

function Program:keep(group)
  do
    -- As a clean-up: a cancellation must not close (and so kill) the program, but leave it the
    -- grace to end by itself. Only after that it is closed.
    local _ <close> = task.defer(function()
      self:start()
      self.status = self.process:result()
    end, { timeout = self.options.grace })
  end
  group:cancel(ENDED)
end

function Program:stop()
  if not self.process or self.status then return end
  log.write(self.options.topic, ("SIGTERM sent, SIGKILL after %g s"):format(self.options.grace))
  self.process:kill(proc.signals.TERM)
end

function Program:live(watch)
  task.group(function(group)
    group:spawn(self.keep, self, group)
    local _ <close> = task.defer(function() self:stop() end)
    task.sleep(0) -- then it is started
    watch(self.process:pid())
  end)
end

function Program:settle()
  if not self.process then return end
  self.status = self.status or KILLED
  self.process:close()
  if not self.guard then return end
  self.guard:close_stdin()
  self.guard:result()
  self.guard:close()
end

--- Starts the program and returns once it has ended. `watch` runs meanwhile; what it raises, and a
--- cancellation, ends the program: SIGTERM to its group, and SIGKILL after the grace. Raises
--- `not_found`, `denied` where it cannot be started.
---@param watch fun(pid: integer)  never returns
---@return {code: integer, signal: integer?}
function Program:run(watch)
  local _ <close> = task.defer(function() self:settle() end)
  local _, failure = task.try(self.live, self, watch)
  if failure ~= ENDED then err.raise(failure) end
  return self.status
end

return M
