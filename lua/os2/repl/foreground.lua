--- A statement as a task of its own: Ctrl-C ends it, and not the session.
local native_loop = require("host.loop")
local scheduler = require("os2.run.scheduler")

---@class os2.repl.foreground
local M = {}

local function child_ended(self, task)
  self.live = self.live - 1
  self.children[task] = nil
  scheduler.wake(self.owner)
end

-- Runs the task until its end; SIGINT cancels it.
local function wait_for(task, idle)
  if idle then scheduler.interrupt = function(failure) scheduler.cancel(task, failure) end end
  while not task.is_done do scheduler.park() end
  scheduler.interrupt = idle
  if idle and task.cancel_failure then native_loop.forget_signal() end
end

--- Calls `fn()` as a task, and waits for its end. Returns whether it succeeded and its failure.
--- Raises when the session is cancelled meanwhile.
---@param fn function
---@param idle? fun(failure: os2.Err)  what SIGINT does afterwards; nil: it ends the run
---@return boolean ok
---@return os2.Err? failure
function M.run(fn, idle)
  local group = {
    owner = scheduler.current(), live = 0, children = {}, child_ended = child_ended,
  }
  local task = scheduler.spawn(nil, group.owner, group, fn)
  wait_for(task, idle)
  scheduler.check_cancelled()
  local ok = task.ok and task.raised == 0
  return ok, not ok and (task.ok and task.cancel_failure or task.failure) or nil
end

return M
