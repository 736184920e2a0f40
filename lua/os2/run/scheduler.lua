--- Resumes tasks when the operations they wait for have news. The mechanism of os2.task; not for
--- scripts.
local collector = require("os2.run.collector")
local err = require("os2.err")
local native_loop = require("host.loop")

---@class os2.run.scheduler
---@field before_wait fun()?  called before the run waits
---@field before_poll fun()?  called after that, before anything is sent
---@field interrupt fun(failure: os2.Err)?  called by SIGINT, which then ends no run; must not wait
local M = {}

---@class os2.Task
---@field co thread?  made when it begins
---@field start table?  the function and its arguments, until it begins
---@field parent os2.Task?
---@field children table<os2.Task, true>
---@field group table?  has `live`, `children`, `cancelled` and child_ended(task)
---@field shield integer  greater than 0 inside a clean-up: a cancellation does not reach its waits
---@field is_cleanup boolean  a clean-up has started it: its parent's cancellation does not reach it
---@field cleanup_seconds number?  how long its longest clean-up may take once it is cancelled
---@field waiting userdata?  the operation that it waits for
---@field next_waiter os2.Task?  another one that waits for it
---@field parked boolean?  it waits for `wake`
---@field woken boolean?  `wake` was called before it parked
---@field cancel_failure os2.Err?  the error that every wait raises
---@field raised integer  how many times it was raised
---@field is_done boolean?
---@field ok boolean?
---@field failure any

-- Instructions (some 0.1 s) between two interruptions of a task by a signal; halved each time.
local PATIENCE_INSTRUCTIONS <const> = 10000000

-- Seconds after a first signal in which another signal counts as the same one: a terminal signals
-- the whole group, and a wrapper in it (npm, doppler, an init) forwards the signal.
local DUPLICATE_WINDOW_SECONDS <const> = 0.5

local PARK <const> = {} -- the value that a task yields to wait for `wake`

-- weak: operation -> function, or the first task that waits for it
local waiting = setmetatable({}, { __mode = "k" })
local queue, queue_first, queue_last = {}, 1, 0
local current, root ---@type os2.Task?, os2.Task?
local is_busy = false -- the scheduler's own tables are being changed: no signal may raise now

--- Returns the seconds that the clean-ups of a cancelled task may take together. It is called late,
--- because it loads policies.
M.cleanup_timeout = function() return math.huge end

--- Returns the error that a cancelled task's waits raise.
---@param message? string
---@return os2.Err
function M.cancelled(message)
  return err.new{ kind = "cancelled", op = "task", message = message or "cancelled" }
end

--- The message handler of every task: returns an error object with a traceback.
function M.handler(raised)
  local failure = err.from(raised)
  failure.traceback = failure.traceback or debug.traceback(nil, 2)
  return failure
end

-- Loaded at first use, because nearly no run needs it.
local function misuse(message) require("os2.base.arguments").misuse(message) end

local function enqueue(task, failure)
  queue_last = queue_last + 1
  queue[queue_last] = { task = task, failure = failure }
end

--- Returns the running task. Raises outside of a task, and on a coroutine that the script has made.
---@return os2.Task
function M.current()
  if current and coroutine.running() == current.co then return current end
  misuse("this waits, and only a task can wait: use task.group and its spawn instead of a "
    .. "coroutine")
end

--- Returns the running task. Raises also where it cannot wait.
---@return os2.Task
function M.waiting_task()
  if not coroutine.isyieldable() then
    misuse("this waits, and nothing can wait here (inside sort, gsub, tostring or require): "
      .. "wait first and use the value here")
  end
  return M.current()
end

local function finish(task, ok, failure)
  task.is_done, task.ok, task.failure = true, ok, failure
  if task.co then coroutine.close(task.co) end -- else its stack would stay until it is collected
  if task.cleanup_timer then
    waiting[task.cleanup_timer] = nil
    task.cleanup_timer:close()
  end
  if task.parent then
    task.parent.children[task] = nil
    task.group:child_ended(task)
  end
end

-- Removes the first task of those that wait for an operation. Returns the next one.
local function leave(waiter)
  local next_waiter = waiter.next_waiter
  waiter.waiting, waiter.next_waiter = nil, nil
  return next_waiter
end

-- Closes the operation that a task waits for, and wakes the other tasks that wait for it.
local function close_operation(op, closer)
  local waiter = waiting[op]
  waiting[op] = nil
  op:close()
  while waiter do
    if waiter ~= closer then enqueue(waiter) end
    waiter = leave(waiter)
  end
end

-- Closes a task where it is, at the end of the clean-up deadline.
local function force(task, failure)
  for child in pairs(task.children) do force(child, failure) end
  if task.is_done then return end
  if task.waiting then close_operation(task.waiting, task) end
  task.parked = false
  if task.co then coroutine.close(task.co) end
  finish(task, false, task.cancel_failure or failure)
end

local function limit_cleanup(task)
  if task.cleanup_timer then return end
  local seconds = math.max(M.cleanup_timeout(), task.cleanup_seconds or 0)
  if seconds == math.huge then return end
  task.cleanup_timer = native_loop.timer(seconds)
  waiting[task.cleanup_timer] = function() force(task, task.cancel_failure) end
end

local function is_shielded(task) return task.shield > 0 end

-- A task that continues after its cancellation was raised (pcall) gets as much time as a clean-up.
local function raise_in(task)
  task.raised = task.raised + 1
  if task.raised > 1 then limit_cleanup(task) end
  enqueue(task, task.cancel_failure)
end

local function cancel(task, failure)
  if task.is_done or task.cancel_failure then return end
  task.cancel_failure = failure
  for child in pairs(task.children) do
    if not child.is_cleanup then cancel(child, failure) end
  end
  if is_shielded(task) then
    limit_cleanup(task)
  elseif task.waiting then
    close_operation(task.waiting, task)
    raise_in(task)
  end
end

--- Cancels a task and all tasks below it: its wait, and every later one, raises `failure`. A wait
--- for children continues, because they are cancelled, too.
---@param task os2.Task
---@param failure os2.Err
function M.cancel(task, failure)
  is_busy = true
  cancel(task, failure)
  is_busy = false
end

--- Raises the cancellation of the running task, if it was cancelled and is not in a clean-up.
function M.check_cancelled()
  if current and current.cancel_failure and not is_shielded(current) then
    current.raised = current.raised + 1
    error(current.cancel_failure, 0)
  end
end

--- Calls `fn(...)` as a clean-up of the running task: a cancellation does not reach its waits.
---@param seconds number?  how long it may take in a cancelled task, when that is more than the
---  policy says
---@param fn function
function M.shield(seconds, fn, ...)
  local task = M.current()
  task.cleanup_seconds = math.max(seconds or 0, task.cleanup_seconds or 0)
  task.shield = task.shield + 1
  local results = table.pack(xpcall(fn, M.handler, ...))
  task.shield = task.shield - 1
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

--- Makes the running task wait until `wake`, also when it is cancelled. It may return early, so the
--- caller must check its condition again.
function M.park()
  M.waiting_task()
  coroutine.yield(PARK)
end

--- Ends a task's `park`, the current or the next one.
function M.wake(task)
  if task.parked then
    task.parked = false
    enqueue(task)
  else
    task.woken = true
  end
end

--- Returns an operation that finishes after that many seconds.
M.timer = native_loop.timer

--- Calls `fn` once when the operation has news. `fn` must not wait.
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
  local is_cancelled = task.cancel_failure ~= nil
  if is_cancelled and is_shielded(task) then limit_cleanup(task) end
  if what == PARK then
    park(task)
  elseif is_cancelled and not is_shielded(task) then
    close_operation(what, task)
    raise_in(task)
  else
    task.waiting, task.next_waiter, waiting[what] = what, waiting[what], task
  end
end

--- Starts a task as a child of a parent. With an operation it begins once that has news, and has no
--- stack until then; the caller must not have waited since it started the operation.
---@param op userdata?
---@param parent os2.Task?
---@param group table?  its child_ended is called when the task ends
---@param ... any  a function and its arguments
---@return os2.Task
function M.spawn(op, parent, group, ...)
  is_busy = true
  local task = { parent = parent, group = group, children = {}, shield = 0, raised = 0 }
  task.start = table.pack(...)
  if parent then
    parent.children[task] = true
    task.is_cleanup = parent.shield > 0
    task.cancel_failure = group.cancelled or (not task.is_cleanup and parent.cancel_failure or nil)
    group.live, group.children[task] = group.live + 1, true
  end
  if op then wait_for(task, op) else enqueue(task) end
  is_busy = false
  return task
end

local function is_wait(what) return what == PARK or native_loop.is_operation(what) end

-- A task that yields something other than a wait gets the error where it yielded, as soon as it
-- continues.
local function refuse_yield(task)
  M.cancel(task, err.new{
    kind = "internal", op = "task",
    message = "a task called coroutine.yield, which is for the script's own coroutines only",
  })
  native_loop.interrupt(task.co)
  enqueue(task)
end

local function switch_to(task, ...)
  current = task
  native_loop.enter(task.co)
  local alive, first, second = coroutine.resume(task.co, ...)
  native_loop.enter(nil)
  current = nil
  return alive, first, second
end

local function resume(task, failure)
  if task.cancel_failure and not task.co then return finish(task, false, task.cancel_failure) end
  local start = task.start
  local alive, first, second
  if start then
    task.co, task.start = coroutine.create(xpcall), nil
    alive, first, second = switch_to(task, start[1], M.handler, table.unpack(start, 2, start.n))
  elseif failure then
    alive, first, second = switch_to(task, failure)
  else
    -- no value instead of nil: the wait counts the values it gets
    alive, first, second = switch_to(task)
  end
  if coroutine.status(task.co) ~= "dead" then
    if is_wait(first) then wait_for(task, first) else refuse_yield(task) end
  elseif alive then
    finish(task, first, second)
  else
    finish(task, false, M.handler(first))
  end
end

-- Resumes the tasks in the queue. Tasks that are enqueued meanwhile run after the loop was polled.
local function run_queue()
  for index = queue_first, queue_last do
    local entry = queue[index]
    queue[index] = nil
    queue_first = index + 1
    if not entry.task.is_done then resume(entry.task, entry.failure) end
  end
end

local function deliver(op)
  local waiter = waiting[op]
  waiting[op] = nil
  if type(waiter) == "function" then return waiter() end
  while waiter do
    enqueue(waiter)
    waiter = leave(waiter)
  end
end

local SIGNALS <const> = { [1] = "SIGHUP", [2] = "SIGINT", [13] = "SIGPIPE", [15] = "SIGTERM" }

-- Cancels the root task for a first signal, unless SIGINT has a meaning of its own.
local function take_signal()
  local number = native_loop.signal()
  if not number then return end
  local name = SIGNALS[number] or "signal " .. number
  local failure = M.cancelled("interrupted by " .. name)
  if name == "SIGINT" and M.interrupt then return M.interrupt(failure) end
  M.signal = number
  M.cancel(root, failure)
end

-- Called inside the running task, however busy it is. Returns the value to raise (false: call
-- again), and after how many instructions to call again.
local function on_interrupt()
  if is_busy then return false end
  take_signal()
  if not current or not current.cancel_failure or is_shielded(current) then return nil end
  current.raised = current.raised + 1
  return current.cancel_failure, math.max(1, PATIENCE_INSTRUCTIONS >> math.min(current.raised, 60))
end

--- Ends the run with this exit code: cancels the root task.
function M.exit(code)
  M.exit_code = code
  if not root then return end
  M.cancel(root, M.cancelled("os.exit"))
  M.check_cancelled()
end

-- Ends a task whose wait can never end, because no operation is left.
local function end_deadlock()
  if root.cancel_failure then return force(root, root.cancel_failure) end
  M.cancel(root, err.new{
    kind = "internal", op = "task",
    message = "the script waits, and no operation is left that could end the wait",
  })
end

local function turn()
  collector.pace()
  run_queue()
  if root.is_done then return end
  if M.before_wait then M.before_wait() end
  if M.before_poll then M.before_poll() end
  if queue_first <= queue_last then native_loop.poll()
  elseif not native_loop.wait() then end_deadlock() end
  take_signal()
  for op in native_loop.take do deliver(op) end
end

--- Runs `fn(...)` as the root task, until it and all tasks below it have ended.
---@param fn function
---@return os2.Task
function M.run(fn, ...)
  root = M.spawn(nil, nil, nil, fn, ...)
  native_loop.catch_signals(on_interrupt, PATIENCE_INSTRUCTIONS, DUPLICATE_WINDOW_SECONDS)
  while not root.is_done do turn() end
  return root
end

return M
