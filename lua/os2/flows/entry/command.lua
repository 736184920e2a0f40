--- Entry steps: the install command and the build command.
local clock = require("os2.clock")
local err = require("os2.err")
local fs = require("os2.fs")
local log = require("os2.flows.entry.log")
local manifest = require("os2.flows.entry.manifest")
local policy = require("os2.policy")
local program = require("os2.flows.entry.program")
local state = require("os2.flows.entry.state")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.entry.command
local M = {}

local function fail(step, kind, message, hint)
  err.raise(err.new{ kind = kind, op = "entry." .. step, message = message, hint = hint })
end

local function shown(argv)
  return "`" .. table.concat(argv, " ") .. "`"
end

-- Raises `timeout` when the command takes too long.
local function watch(step, argv, seconds)
  return function()
    task.sleep(seconds)
    fail(step, "timeout", ("%s was not done within %g s"):format(shown(argv), seconds))
  end
end

local function execute(ctx, step, argv, timeout)
  local command = program.new(argv, {
    topic = step, cwd = ctx.path, grace = policy.ask("entry.grace"),
    env = policy.ask("entry.environment", { command = step }),
  })
  local status, failure = task.try(command.run, command, watch(step, argv, timeout))
  if failure then fail(step, failure.kind, failure.message) end
  if program.exit_code(status) == 0 then return end
  fail(step, "invalid", ("%s %s in %s"):format(shown(argv), program.words(status), ctx.path),
    manifest.hint(ctx.path, argv, step))
end

local function run(ctx, step, argv, timeout)
  if #argv == 0 then return log.write(step, "no command") end
  local began = clock.monotonic()
  log.write(step, shown(argv))
  execute(ctx, step, argv, timeout)
  log.write(step, "done in " .. terminal.duration(clock.monotonic() - began))
end

-- In development the checkout may be another user's, and the note is not needed there, so an error
-- is ignored.
local function note(ctx, changes)
  local _, failure = task.try(state.change, ctx.path, changes)
  if not failure then return end
  if not ctx.is_dev then err.raise(failure) end
  log.write("install", "cannot be recorded: " .. failure.message)
end

--- Runs the step install: when the code has changed since the last install, or its modules are
--- missing or incomplete.
---@param ctx table
function M.install(ctx)
  local is_due = policy.ask("entry.needs_install", {
    is_changed = ctx.is_changed, has_modules = fs.exists(ctx.path .. "/node_modules"),
    is_incomplete = state.read(ctx.path).installing == true,
  })
  if not is_due then return log.write("install", "not needed, the code has not changed") end
  -- the mark stays until the install has succeeded: a boot that is killed meanwhile installs again
  note(ctx, { installing = true })
  run(ctx, "install", policy.ask("entry.install"), policy.ask("entry.install_timeout"))
  note(ctx, { installing = false, installed = ctx.commit })
end

--- Runs the step build.
---@param ctx table
function M.build(ctx)
  if not policy.ask("entry.needs_build", { is_changed = ctx.is_changed }) then
    return log.write("build", "not needed")
  end
  run(ctx, "build", policy.ask("entry.build"), policy.ask("entry.build_timeout"))
end

return M
