--- Resumes tasks when what they wait for has news. Mechanism of os2.task; nothing for scripts.
local err = require("os2.err")
local loop = require("host.loop")

---@class os2.task.scheduler
local M = {}

---@class os2.Task
---@field co thread
---@field parent os2.Task?
---@field children table<os2.Task, true>
---@field shield integer  > 0 inside of a clean-up: cancelling does not reach its waits
---@field waiting userdata?  the operation it waits for
---@field parked boolean?  it waits for `wake`
---@field woken boolean?  `wake` came before it parked
---@field cancel_failure os2.Err?  what every wait raises
---@field is_done boolean?
---@field ok boolean?
---@field failure any
---@field on_end fun(task: os2.Task)?

local PARK <const> = {} -- what a task yields that waits for `wake`

local waiting = setmetatable({}, { __mode = "k" }) -- operation -> task or function
local queue, queue_first, queue_last = {}, 1, 0
local current, root ---@type os2.Task?, os2.Task?

--- Seconds that clean-ups of a cancelled task may take in all; a function, so that policies are
--- loaded only when it comes to that.
M.cleanup_timeout = function() return math.huge end

--- Makes what a cancelled task's waits raise.
---@param message? string
---@return os2.Err
function M.cancelled(message)
  return err.new{ kind = "cancelled", op = "task", message = message or "cancelled" }
end

--- The message handler of every task: makes error objects of what was raised and keeps the traceback.
function M.handler(raised)
  local failure = err.from(raised)
  failure.traceback = failure.traceback or debug.traceback(nil, 2)
  return failure
end

local function enqueue(task, failure)
  queue_last = queue_last + 1
  queue[queue_last] = { task = task, failure = failure }
end

--- Returns the running task; raises outside of tasks and on coroutines of the script's own.
---@return os2.Task
function M.current()
  if current and coroutine.running() == current.co then return current end
  error("this waits, and only a task can wait: use task.group and its spawn instead of a coroutine", 3)
end

--- Starts a task below a parent.
---@param parent os2.Task?
---@param fn function
---@param on_end? fun(task: os2.Task)
---@return os2.Task
function M.spawn(parent, fn, on_end, ...)
  local args = table.pack(...)
  local task = { parent = parent, children = {}, shield = 0, on_end = on_end }
  task.co = coroutine.create(function() return xpcall(fn, M.handler, table.unpack(args, 1, args.n)) end)
  if parent then
    parent.children[task] = true
    if parent.shield == 0 then task.cancel_failure = parent.cancel_failure end
  end
  enqueue(task)
  return task
end

local function finish(task, ok, failure)
  task.is_done, task.ok, task.failure = true, ok, failure
  if task.cleanup_timer then task.cleanup_timer:close() end
  if task.parent then task.parent.children[task] = nil end
  if task.on_end then task.on_end(task) end
end

-- Lets go of what a task waits for; true when it waited.
local function stop_waiting(task)
  local op = task.waiting
  if op then
    waiting[op], task.waiting = nil, nil
    op:close()
    return true
  end
  local was_parked = task.parked
  task.parked = false
  return was_parked
end

-- The end of the clean-up deadline: the task is closed where it stands.
local function force(task)
  for child in pairs(task.children) do force(child) end
  if task.is_done then return end
  stop_waiting(task)
  coroutine.close(task.co)
  finish(task, false, task.cancel_failure)
end

local function limit_cleanup(task)
  local seconds = M.cleanup_timeout()
  if task.cleanup_timer or seconds == math.huge then return end
  task.cleanup_timer = loop.timer(seconds)
  waiting[task.cleanup_timer] = function() force(task) end
end

local function is_shielded(task)
  return task.shield > 0
end

--- Cancels a task and all below it: its wait, and every later one, raises `failure`.
---@param task os2.Task
---@param failure os2.Err
function M.cancel(task, failure)
  if task.is_done or task.cancel_failure then return end
  task.cancel_failure = failure
  for child in pairs(task.children) do M.cancel(child, failure) end
  if is_shielded(task) then limit_cleanup(task)
  elseif stop_waiting(task) then enqueue(task, failure) end
end

--- Raises the cancellation of the running task, if it was cancelled and is not in a clean-up.
function M.check_cancelled()
  if current and current.cancel_failure and not is_shielded(current) then
    error(current.cancel_failure, 0)
  end
end

--- Calls `fn(...)` as a clean-up of the running task: cancelling does not reach its waits.
---@param fn function
function M.shield(fn, ...)
  local task = M.current()
  task.shield = task.shield + 1
  local results = table.pack(xpcall(fn, M.handler, ...))
  task.shield = task.shield - 1
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

--- Makes the running task wait until `wake`; may return early, so the caller looks again.
function M.park()
  M.current()
  local failure = coroutine.yield(PARK)
  if failure then error(failure, 0) end
end

--- Ends a task's `park`, this one or its next.
---@param task os2.Task
function M.wake(task)
  if task.parked then
    task.parked = false
    enqueue(task)
  else
    task.woken = true
  end
end

--- Returns an operation that finishes after that time.
---@param seconds number
function M.timer(seconds)
  return loop.timer(seconds)
end

--- Calls `fn` once when the operation has news; `fn` must not wait.
function M.on_ready(op, fn)
  waiting[op] = fn
end

local function park(task)
  if task.woken then
    task.woken = false
    enqueue(task)
  else
    task.parked = true
  end
end

local function wait_for(task, what)
  if task.cancel_failure and not is_shielded(task) then
    if what ~= PARK then what:close() end
    enqueue(task, task.cancel_failure)
    return
  end
  if task.cancel_failure then limit_cleanup(task) end
  if what == PARK then
    park(task)
  elseif what:is_ready() then
    enqueue(task)
  else
    waiting[what], task.waiting = task, what
  end
end

local function is_wait(what)
  return what == PARK or (type(what) == "userdata" and what.is_ready ~= nil)
end

local function resume(task, failure)
  current = task
  loop.enter(task.co)
  local alive, first, second
  if failure then
    alive, first, second = coroutine.resume(task.co, failure)
  else
    alive, first, second = coroutine.resume(task.co)
  end
  loop.enter(nil)
  current = nil
  if coroutine.status(task.co) ~= "dead" then
    if is_wait(first) then return wait_for(task, first) end
    enqueue(task, err.new{
      kind = "internal", op = "task",
      message = "a task called coroutine.yield, which is for the script's own coroutines only",
    })
  elseif alive then
    finish(task, first, second)
  else
    finish(task, false, M.handler(first))
  end
end

local function run_queue()
  while queue_first <= queue_last do
    local entry = queue[queue_first]
    queue[queue_first] = nil
    queue_first = queue_first + 1
    if not entry.task.is_done then resume(entry.task, entry.failure) end
  end
end

local function deliver(op)
  local waiter = waiting[op]
  waiting[op] = nil
  if type(waiter) == "function" then
    waiter()
  elseif waiter then
    waiter.waiting = nil
    enqueue(waiter)
  end
end

local function deliver_all()
  for op in loop.take do deliver(op) end
end

local SIGNAL_NAMES <const> = { [2] = "SIGINT", [15] = "SIGTERM" }

-- A first signal cancels the root task. Called out of the running task, however busy, or between
-- tasks; returns what the running task shall raise.
local function on_signal()
  local number = loop.signal()
  if number then
    M.signal = number
    M.cancel(root, M.cancelled("interrupted by " .. (SIGNAL_NAMES[number] or "signal " .. number)))
  end
  if current and not is_shielded(current) then return current.cancel_failure end
end

--- Ends the run: cancels the root task and makes `code` the exit code.
---@param code integer
function M.exit(code)
  M.exit_code = code
  if not root then return end
  M.cancel(root, M.cancelled("os.exit"))
  M.check_cancelled()
end

local function turn()
  run_queue()
  if root.is_done then return end
  if not loop.wait() and not root.cancel_failure then
    M.cancel(root, err.new{
      kind = "internal", op = "task", message = "nothing is left that could end the script's wait",
    })
  end
  on_signal()
  deliver_all()
end

--- Runs `fn(...)` as the root task until it and all below it have ended.
---@param fn function
---@return os2.Task
function M.run(fn, ...)
  root = M.spawn(nil, fn, nil, ...)
  loop.catch_signals(on_signal)
  while not root.is_done do turn() end
  return root
end

return M
