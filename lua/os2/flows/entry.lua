--- Boots a machine: brings its code, installs, builds, and keeps the daemon running.
local checkout = require("os2.flows.entry.checkout")
local command = require("os2.flows.entry.command")
local daemon = require("os2.flows.entry.daemon")
local env = require("os2.env")
local identity = require("os2.flows.entry.identity")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local repositories = require("os2.flows.entry.repositories")
local steps = require("os2.flows.steps")
local text = require("os2.progress.text")

---@class os2.flows.entry
local M = {}

local OWN <const> = {
  identity = identity.run, checkout = checkout.run, repositories = repositories.run,
  install = command.install, build = command.build, daemon = daemon.run,
}

local function open()
  local changes = #policy.changes()
  if changes > 0 then log.write("entry", text.plural(changes, "policy change")) end
  return { path = policy.ask("entry.path"), is_dev = env.get("ITERATE_DEV") == "true" }
end

--- Runs the steps of `entry.steps`. With a daemon it returns never: it raises what stopped it, and
--- a SIGTERM ends the run with the daemon's exit code.
---@return table fields  of the result, where the steps end by themselves
function M.run()
  local ctx = open()
  steps.run("entry.steps", OWN, ctx)
  return { path = ctx.path, commit = ctx.commit }
end

return M
