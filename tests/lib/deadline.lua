--- Ends a test that waits for far too long, with a failure that names it. Otherwise only the limit
--- of the whole phase would end it, and nobody would know which test it was.
---
--- The specs run in the root task. At the deadline that task is cancelled, as by a signal, and once
--- the test has ended the cancellation is taken back. So the deadline reaches every wait of every
--- task. It does not reach a function of C that blocks (`os.execute`, a read of `io.popen`), nor
--- Lua that never waits: those only the limit of the phase ends.
local busted = require("busted")
local err = require("os2.err")
local native_loop = require("host.loop")
local scheduler = require("os2.run.scheduler")

local M = {}

local SECONDS <const> = 300 -- the slowest tests take 60 s in a sanitizer's build on a busy machine
local LONG_FACTOR <const> = 10 -- with OS2_LONG a test tries all of what it otherwise samples
local CLEANUP_SECONDS <const> = 60 -- for what a test that was ended closes

-- Tests put others in their place.
local new_timer, on_ready = native_loop.timer, scheduler.on_ready
local root = scheduler.current()
local seconds = SECONDS * (os.getenv("OS2_LONG") and LONG_FACTOR or 1)
local timer, failure

--- Sets how long a test may take.
---@param value number  seconds
function M.set(value) seconds = value end

local function full_name(element)
  local names = {}
  while element and element.descriptor ~= "file" and element.name do
    table.insert(names, 1, element.name)
    element = busted.parent(element)
  end
  return table.concat(names, " ")
end

local function words(element)
  if element.descriptor ~= "it" then
    return ("a set-up or a clean-up took more than %g s"):format(seconds)
  end
  return ("the test took more than %g s: %s"):format(seconds, full_name(element))
end

--- Begins a new deadline.
---@param element table  the test that begins; otherwise what stands around tests is meant
function M.begin(element)
  M.stop()
  timer = new_timer(seconds)
  on_ready(timer, function()
    failure = err.new{ kind = "timeout", op = "test", message = words(element) }
    root.cleanup_seconds = CLEANUP_SECONDS
    scheduler.cancel(root, failure)
  end)
end

local function take_back()
  root.cancel_failure, root.raised, root.cleanup_seconds = nil, 0, nil
  if root.cleanup_timer then root.cleanup_timer:close() end
  root.cleanup_timer = nil
end

--- Ends the deadline. Returns the words of the failure when it has passed, otherwise nil.
---@return string?
function M.stop()
  if timer then timer:close() end
  local passed = failure
  timer, failure = nil, nil
  if passed and root.cancel_failure == passed then take_back() end
  return passed and passed.message
end

return M
