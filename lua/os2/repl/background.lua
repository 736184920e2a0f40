--- The tasks of a session: what `spawn` starts runs on while a person types.
local err = require("os2.err")
local run_failure = require("os2.run.failure")
local scheduler = require("os2.run.scheduler")

---@class os2.repl.background
local M = {}

---@class os2.repl.background.Task
---@field number integer
---@field private task os2.Task
local Task = {}
Task.__index = Task

function Task:__tostring()
  local state = "running"
  if self.task.is_done then state = self.task.ok and "ended" or "failed" end
  return ("task %d (%s)"):format(self.number, state)
end

--- Cancels the task.
function Task:cancel()
  scheduler.cancel(self.task, scheduler.cancelled())
end

---@class os2.repl.background.Group
---@field private owner os2.Task
---@field live integer
---@field children table<os2.Task, true>
---@field private numbers table<os2.Task, integer>
---@field private count integer
local Group = {}
Group.__index = Group

--- Returns the group of the running task's background tasks.
---@return os2.repl.background.Group
function M.new()
  return setmetatable({
    owner = scheduler.current(), live = 0, children = {}, numbers = {}, count = 0,
  }, Group)
end

function Group:child_ended(task)
  self.live = self.live - 1
  self.children[task] = nil
  local number = self.numbers[task]
  self.numbers[task] = nil
  if not task.ok and not task.cancel_failure then
    io.stderr:write(("task %d failed: "):format(number))
    run_failure.tell(task.failure, err.exit_code(task.failure))
  end
  scheduler.wake(self.owner)
end

--- Starts `fn(...)`, which runs on after the statement. Its failure is shown.
---@param fn function
---@return os2.repl.background.Task
function Group:spawn(fn, ...)
  if type(fn) ~= "function" then
    require("os2.base.arguments").misuse("spawn: takes a function, not " .. type(fn))
  end
  self.count = self.count + 1
  local task = scheduler.spawn(nil, self.owner, self, fn, ...)
  self.numbers[task] = self.count
  return setmetatable({ number = self.count, task = task }, Task)
end

--- Cancels all tasks and waits for their ends.
function Group:stop()
  for task in pairs(self.children) do scheduler.cancel(task, scheduler.cancelled()) end
  while self.live > 0 do scheduler.park() end
end

return M
