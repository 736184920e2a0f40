--- Entry step: sets git's author name and email address on this machine.
local env = require("os2.env")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local locks = require("os2.flows.entry.locks")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local helper = require("os2.run.helper")
local proc = require("os2.proc")
local task = require("os2.task")

---@class os2.flows.entry.identity
local M = {}

local TIMEOUT_SECONDS <const> = 30 -- seconds for writing one small file

local function configure(key, value)
  local done = proc.run({ "git", "config", "--global", key, value }, {
    timeout = TIMEOUT_SECONDS, env = helper.changes("git"),
  })
  if done.code == 0 then return true end
  err.raise(err.new{
    kind = "invalid", op = "entry.identity",
    message = ("git config --global %s ended with code %d: %s"):format(key, done.code,
      foreign.message(done.stderr)),
    hint = "HOME must name a directory that can be written to",
  })
end

local function write(name, email)
  locks.remove("identity", (env.home() or "/root") .. "/.gitconfig.lock")
  configure("user.name", name)
  configure("user.email", email)
end

--- Runs the step. Without a git program there are no commits, so nothing is set. An error does not
--- stop the boot.
function M.run()
  local name, email = policy.ask("entry.git_name"), policy.ask("entry.git_email")
  local _, failure = task.try(write, name, email)
  if not failure then return log.write("identity", ("%s <%s>"):format(name, email)) end
  if failure.kind == "not_found" then return log.write("identity", "there is no git program") end
  log.write("identity", "continuing without it: " .. tostring(failure))
end

return M
