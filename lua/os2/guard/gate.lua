--- What a run with --read-only or --dry-run may change: nothing. Every native verb that changes
--- something asks this gate first (os2.guard.install puts it there).
---
--- It protects from mistakes. A script that wants to get around it can (with Lua's debug library,
--- for example).
local exceptions = require("os2.guard.exceptions")
local err = require("os2.err")

---@class os2.guard.gate
---@field mode? "read-only"|"dry-run"
---@field is_told? boolean  the plan is part of the run's document
local M = {}

---@class os2.guard.entry
---@field kind "daytona"|"toolbox"|"docker"|"http"|"websocket"|"file"|"process"|"git"|"library"
---@field verb string  "daytona.create_snapshot", "fs.write_atomic"
---@field text? string  what it is done to, in one line for people
---@field method? string
---@field target? string  path and query
---@field fields? table  the operation's own
---@field is_own? boolean  a file of os2's own: it is not written, and the run goes on

---@class os2.guard.label
---@field api string  "daytona", "toolbox", "docker"
---@field op string  "daytona.create_snapshot"
---@field row table  from host.daytona.operation
---@field params table
---@field target string

local plan = {} ---@type os2.guard.entry[]
local labels = setmetatable({}, { __mode = "k" })
local allowed = setmetatable({}, { __mode = "k" })
local exempted

--- Begins: from now on the gate refuses, or records.
---@param mode "read-only"|"dry-run"
function M.begin(mode)
  M.mode = mode
end

--- Tells which operation a request calls, so that its row decides whether it changes something.
---@param request table  the options of host.http.request or host.http.start
---@param label os2.guard.label
function M.label(request, label)
  labels[request] = label
end

--- Returns what `label` has told of a request.
---@param request table
---@return os2.guard.label?
function M.label_of(request)
  return labels[request]
end

local function check_exception(name)
  assert(exceptions[name], "os2.guard.exceptions has the reason of each exception")
end

--- Lets one thing through: the program with this argument list, or the connection with this URL.
---@param thing table|string
---@param exception string  its name in os2.guard.exceptions
function M.allow(thing, exception)
  check_exception(exception)
  allowed[thing] = exception
end

--- Returns true for what `allow` lets through.
---@param thing any
---@return boolean
function M.is_allowed(thing)
  return exempted ~= nil or thing ~= nil and allowed[thing] ~= nil
end

--- Calls a function that does not wait, and lets through what it does.
---@param exception string  its name in os2.guard.exceptions
---@param fn function
---@param ... any
function M.exempt(exception, fn, ...)
  check_exception(exception)
  local before = exempted
  exempted = exception
  local returned = table.pack(pcall(fn, ...))
  exempted = before
  if not returned[1] then error(returned[2], 0) end
  return table.unpack(returned, 2, returned.n)
end

--- Returns the error with which --read-only refuses.
---@param entry os2.guard.entry
---@return os2.Err
function M.refusal(entry)
  local what = entry.text or entry.target
  return err.new{
    kind = "denied", op = entry.verb, is_sent = false,
    message = ("%s--%s refuses it, because it may change something"):format(
      what and what .. ": " or "", M.mode),
    hint = M.mode == "read-only" and "os2 --dry-run shows what a run would change"
      or "what it does cannot be foreseen",
  }
end

--- Asks for a change: with --dry-run it is recorded, otherwise `denied` is raised. It is raised by
--- the verbs of `host.*`, too: nobody takes it for a failure that can be worked around.
---@param entry os2.guard.entry
function M.change(entry)
  if entry.is_own then return end
  if M.mode ~= "dry-run" then err.raise(M.refusal(entry)) end
  plan[#plan + 1] = entry
end

--- Returns what was recorded, in order.
---@return os2.guard.entry[]
function M.recorded()
  return plan
end

return M
