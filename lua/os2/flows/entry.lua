--- Boots a machine: gets its code, installs, builds, and keeps the daemon running.
local checkout = require("os2.flows.entry.checkout")
local command = require("os2.flows.entry.command")
local daemon = require("os2.flows.entry.daemon")
local env = require("os2.env")
local err = require("os2.err")
local identity = require("os2.flows.entry.identity")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local repositories = require("os2.flows.entry.repositories")
local scheduler = require("os2.run.scheduler")
local step_runner = require("os2.flows.step_runner")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.entry
local M = {}

-- Adds the step's name to the error of a verb that a step has called.
local function with_step(step, failure)
  if failure.op:match("^entry%.") then return failure end
  return err.new{
    kind = failure.kind, op = "entry." .. step, message = failure.message, hint = failure.hint,
    exit = failure.exit, status = failure.status, detail = failure.detail, cause = failure,
  }
end

local function named(step, run)
  return function(ctx)
    local _, failure = task.try(run, ctx)
    if failure then err.raise(with_step(step, failure)) end
  end
end

local OWN <const> = {
  identity = named("identity", identity.run), checkout = named("checkout", checkout.run),
  repositories = named("repositories", repositories.run),
  install = named("install", command.install), build = named("build", command.build),
  daemon = named("daemon", daemon.run),
}

local function open()
  env.home() -- raises for a relative HOME, before anything is made below it
  local changes = #policy.changes()
  if changes > 0 then log.write("entry", terminal.plural(changes, "policy change")) end
  return { path = policy.ask("entry.path"), is_dev = env.get("ITERATE_DEV") == "true" }
end

-- Writes the error that ends the boot to its log, with the time. A daemon whose exit code is passed
-- on has its log line already.
local function say_end(failure)
  if failure == nil or scheduler.exit_code then return end
  local e = err.from(failure)
  local topic = e.op:match("^entry%.(%a+)$") or "entry"
  log.write(topic, e.hint and ("%s; %s"):format(e.message, e.hint) or e.message)
end

--- Runs the steps of `entry.steps`. With a daemon it does not return: it raises what stopped the
--- daemon, and a SIGTERM ends the run with the daemon's exit code.
---@return table fields  of the result, when the steps end by themselves
function M.run()
  local _ <close> = task.defer(say_end)
  local ctx = open()
  step_runner.run("entry.steps", OWN, ctx)
  return { path = ctx.path, commit = ctx.commit }
end

return M
