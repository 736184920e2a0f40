--- Entry step: starts the daemon and keeps it running.
local clock = require("os2.clock")
local err = require("os2.err")
local fs = require("os2.fs")
local health = require("os2.flows.entry.health")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local port = require("os2.flows.entry.port")
local program = require("os2.flows.entry.program")
local run_options = require("os2.run.options")
local scheduler = require("os2.run.scheduler")
local task = require("os2.task")

---@class os2.flows.entry.daemon
local M = {}

local function fail(kind, message, code, hint)
  err.raise(err.new{
    kind = kind, op = "entry.daemon", message = message, exit = code, hint = hint,
  })
end

-- Every process that the daemon starts inherits this variable, also outside of its process group;
-- the variable identifies the daemon's own processes.
local MARK <const> = "OS2_DAEMON"

local function is_own(pid, path)
  local variables = task.try(fs.read, ("/proc/%d/environ"):format(pid)) or ""
  return ("\0" .. variables):find(("\0%s=%s\0"):format(MARK, path), 1, true) ~= nil
end

local function holder_words(pid)
  local name = (task.try(fs.read, ("/proc/%d/comm"):format(pid)) or ""):gsub("\n$", "")
  return ("process %d (%s)"):format(pid, name)
end

-- Another program on the port would be taken for the daemon, so the port must be free.
local function require_port(ctx)
  local number = policy.ask("entry.port")
  local listeners = port.listeners(number)
  if #listeners == 0 then return end
  local pid = port.holder(listeners)
  if not pid then fail("conflict", ("port %d is taken by another program"):format(number)) end
  if not is_own(pid, ctx.path) then
    fail("conflict", ("port %d is taken by another program, %s"):format(number, holder_words(pid)))
  end
  fail("conflict", ("port %d is still held by %s, which the last daemon left outside of its "
    .. "process group"):format(number, holder_words(pid)), nil,
    ("end it (kill %d), and let the daemon end what it starts"):format(pid))
end

local function directory(ctx)
  local below = policy.ask("entry.directory")
  return below == "." and ctx.path or ctx.path .. "/" .. below
end

local function environment(ctx)
  local changes = { [MARK] = ctx.path }
  for name, value in pairs(policy.ask("entry.environment", { command = "daemon" })) do
    changes[name] = value
  end
  return changes
end

local function new_program(ctx)
  return program.new(policy.ask("entry.daemon"), {
    topic = "daemon", cwd = directory(ctx), grace = policy.ask("entry.grace"),
    env = environment(ctx),
  })
end

-- The daemon answers os2's health check, and still nobody outside of the machine can reach it.
local function warn_of_loopback(number)
  local addresses = port.loopback_only(number)
  if not addresses then return end
  log.write("daemon", ("warning: port %d is served on %s alone, which nobody outside of the "
    .. "machine reaches; let the daemon listen on 0.0.0.0"):format(number, addresses))
end

-- Records in `life` when the daemon became ready.
local function watch(life, pid)
  local began = clock.monotonic()
  log.write("daemon", ("started, process %d"):format(pid))
  health.watch(function()
    life.ready_at = clock.monotonic()
    local number = policy.ask("entry.port")
    log.write("daemon", ("ready on port %d after %.1f s"):format(number, life.ready_at - began))
    warn_of_loopback(number)
  end)
end

-- The run ends with the daemon's own exit code.
local function pass_on(daemon)
  log.write("daemon", "stopped, it " .. program.words(daemon.status))
  scheduler.exit(program.exit_code(daemon.status))
end

-- Runs the daemon once; always ends with an error.
local function live(ctx, life)
  require_port(ctx)
  local daemon = new_program(ctx)
  local _ <close> = task.defer(function(failure)
    if scheduler.signal and err.is(failure, "cancelled") and daemon.status then pass_on(daemon) end
  end)
  local status = daemon:run(function(pid) watch(life, pid) end)
  local code = program.exit_code(status)
  fail("unavailable", "the daemon " .. program.words(status), code ~= 0 and code or nil)
end

-- Adds a hint when the program cannot be started.
local function hint_of(failure)
  if failure.kind ~= "not_found" then return nil end
  local is_directory = failure.message:find("^cannot enter the directory ") ~= nil
  return is_directory and "entry.directory names the directory, below entry.path"
    or "entry.daemon names the program"
end

local function named(failure)
  if failure.op == "entry.daemon" then return failure end
  return err.new{
    kind = failure.kind, op = "entry.daemon", message = failure.message, cause = failure,
    hint = hint_of(failure),
  }
end

local function give_up(failure, failures)
  if failures > 1 then
    failure.message = ("%s; given up after %d failures in a row"):format(failure.message, failures)
  end
  err.raise(failure)
end

-- A daemon that does not become ready may take longer for that than a stable one has to run.
local function is_stable(seconds)
  return seconds > 0 and seconds >= policy.ask("entry.stable")
end

local function pause(failure, failures, seconds)
  local delay = policy.ask("entry.restart", {
    failures = failures, kind = failure.kind, code = failure.exit, seconds = seconds,
  })
  if not delay then give_up(failure, failures) end
  log.write("daemon", ("%s; starting it again in %g s"):format(failure.message, delay))
  task.sleep(delay)
end

-- The daemon of a dry run ends at once, each time.
local function is_dry_run()
  return run_options.guard ~= nil and run_options.guard.mode == "dry-run"
end

--- Runs the step, which does not return except in a dry run. Raises the last failure when
--- `entry.restart` gives up.
---@param ctx table
function M.run(ctx)
  local failures = 0
  while true do
    local life = {}
    local _, failure = task.try(live, ctx, life)
    if is_dry_run() then return end
    local seconds = life.ready_at and clock.monotonic() - life.ready_at or 0
    failures = is_stable(seconds) and 1 or failures + 1
    pause(named(failure), failures, seconds)
  end
end

return M
