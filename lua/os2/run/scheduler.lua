--- Resumes tasks when what they wait for has news. Mechanism of os2.task; nothing for scripts.
local err = require("os2.err")
local native_loop = require("host.loop")

---@class os2.run.scheduler
local M = {}

---@class os2.Task
---@field co thread
---@field parent os2.Task?
---@field children table<os2.Task, true>
---@field group table?  has `live`, `children`, `cancelled` and child_ended(task)
---@field shield integer  > 0 inside of a clean-up: cancelling does not reach its waits
---@field is_cleanup boolean  begun in a clean-up of its parent: cancelling that does not reach it
---@field cleanup_seconds number?  what its longest clean-up may take once it is cancelled
---@field has_begun boolean?
---@field waiting userdata?  the operation it waits for
---@field next_waiter os2.Task?  another one that waits for the same
---@field parked boolean?  it waits for `wake`
---@field woken boolean?  `wake` came before it parked
---@field cancel_failure os2.Err?  what every wait raises
---@field raised integer  how often it raised
---@field is_done boolean?
---@field ok boolean?
---@field failure any

-- Instructions, some 0.1 s, that a task goes on after a signal before it is told again; half of
-- them each time it catches what it is told.
local PATIENCE <const> = 10000000

-- Seconds after a first signal in which any other is the same one once more: a terminal signals the
-- whole group, and a wrapper in it (npm, doppler, an init) forwards what it got.
local DUPLICATE_WINDOW <const> = 0.5

local PARK <const> = {} -- what a task yields that waits for `wake`

local waiting = setmetatable({}, { __mode = "k" }) -- operation -> function or first waiting task
local queue, queue_first, queue_last = {}, 1, 0
local current, root ---@type os2.Task?, os2.Task?
local is_busy = false -- a task is inside of our own tables: no signal may raise there

--- Seconds that clean-ups of a cancelled task may take in all; a function, so that policies are
--- loaded only when it comes to that.
M.cleanup_timeout = function() return math.huge end

--- Makes what a cancelled task's waits raise.
---@param message? string
---@return os2.Err
function M.cancelled(message)
  return err.new{ kind = "cancelled", op = "task", message = message or "cancelled" }
end

--- The message handler of every task: makes error objects of what was raised and keeps the
--- traceback.
function M.handler(raised)
  local failure = err.from(raised)
  failure.traceback = failure.traceback or debug.traceback(nil, 2)
  return failure
end

-- Late: nearly no run needs it, and every run pays for what is loaded here.
local function misuse(message)
  require("os2.base.arguments").misuse(message)
end

local function enqueue(task, failure)
  queue_last = queue_last + 1
  queue[queue_last] = { task = task, failure = failure }
end

--- Returns the running task; raises outside of tasks and on coroutines of the script's own.
---@return os2.Task
function M.current()
  if current and coroutine.running() == current.co then return current end
  misuse("this waits, and only a task can wait: use task.group and its spawn instead of a "
    .. "coroutine")
end

--- Returns the running task; raises also where it cannot wait.
---@return os2.Task
function M.waiting_task()
  if not coroutine.isyieldable() then
    misuse("this waits, and nothing can wait here (inside sort, gsub, tostring or require): "
      .. "wait first and use the value here")
  end
  return M.current()
end

--- Starts a task below a parent.
---@param parent os2.Task?
---@param group table?  is told when the task ends
---@param fn function
---@return os2.Task
function M.spawn(parent, group, fn, ...)
  is_busy = true
  local args = table.pack(...)
  local task = { parent = parent, group = group, children = {}, shield = 0, raised = 0 }
  task.co = coroutine.create(function()
    return xpcall(fn, M.handler, table.unpack(args, 1, args.n))
  end)
  if parent then
    parent.children[task] = true
    task.is_cleanup = parent.shield > 0
    task.cancel_failure = group.cancelled or (not task.is_cleanup and parent.cancel_failure or nil)
    group.live, group.children[task] = group.live + 1, true
  end
  enqueue(task)
  is_busy = false
  return task
end

local function finish(task, ok, failure)
  task.is_done, task.ok, task.failure = true, ok, failure
  if task.cleanup_timer then
    waiting[task.cleanup_timer] = nil
    task.cleanup_timer:close()
  end
  if task.parent then
    task.parent.children[task] = nil
    task.group:child_ended(task)
  end
end

-- Takes the first of the tasks that wait for one operation off their list; returns the next.
local function leave(waiter)
  local next_waiter = waiter.next_waiter
  waiter.waiting, waiter.next_waiter = nil, nil
  return next_waiter
end

-- Ends the operation that a task waits for; who else waits for it wakes up.
local function close_operation(op, closer)
  local waiter = waiting[op]
  waiting[op] = nil
  op:close()
  while waiter do
    if waiter ~= closer then enqueue(waiter) end
    waiter = leave(waiter)
  end
end

-- The end of the clean-up deadline: the task is closed where it stands.
local function force(task, failure)
  for child in pairs(task.children) do force(child, failure) end
  if task.is_done then return end
  if task.waiting then close_operation(task.waiting, task) end
  task.parked = false
  coroutine.close(task.co)
  finish(task, false, task.cancel_failure or failure)
end

local function limit_cleanup(task)
  if task.cleanup_timer then return end
  local seconds = math.max(M.cleanup_timeout(), task.cleanup_seconds or 0)
  if seconds == math.huge then return end
  task.cleanup_timer = native_loop.timer(seconds)
  waiting[task.cleanup_timer] = function() force(task, task.cancel_failure) end
end

local function is_shielded(task)
  return task.shield > 0
end

-- A task that goes on after its cancellation was raised (pcall) has as long as a clean-up.
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

--- Cancels a task and all below it: its wait, and every later one, raises `failure`. A wait for
--- children goes on: they are cancelled too.
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

--- Calls `fn(...)` as a clean-up of the running task: cancelling does not reach its waits.
---@param seconds number?  that it may take in a cancelled task, where others may take less
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

--- Makes the running task wait until `wake`, also when it is cancelled; may return early, so the
--- caller looks again.
function M.park()
  M.waiting_task()
  coroutine.yield(PARK)
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
  return native_loop.timer(seconds)
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

local function is_wait(what)
  return what == PARK or native_loop.is_operation(what)
end

-- A task that yields what is no wait: raised where it yielded, as soon as it goes on.
local function refuse_yield(task)
  M.cancel(task, err.new{
    kind = "internal", op = "task",
    message = "a task called coroutine.yield, which is for the script's own coroutines only",
  })
  native_loop.interrupt(task.co)
  enqueue(task)
end

local function switch_to(task, ...)
  current, task.has_begun = task, true
  native_loop.enter(task.co)
  local alive, first, second = coroutine.resume(task.co, ...)
  native_loop.enter(nil)
  current = nil
  return alive, first, second
end

local function resume(task, failure)
  if task.cancel_failure and not task.has_begun then
    return finish(task, false, task.cancel_failure)
  end
  local alive, first, second
  if failure then
    alive, first, second = switch_to(task, failure)
  else
    alive, first, second = switch_to(task) -- nothing, not nil: the wait counts what it is given
  end
  if coroutine.status(task.co) ~= "dead" then
    if is_wait(first) then wait_for(task, first) else refuse_yield(task) end
  elseif alive then
    finish(task, first, second)
  else
    finish(task, false, M.handler(first))
  end
end

-- What is enqueued meanwhile has its turn after a look at the loop.
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

local function deliver_all()
  for op in native_loop.take do deliver(op) end
end

local SIGNAL_NAMES <const> = {
  [1] = "SIGHUP", [2] = "SIGINT", [13] = "SIGPIPE", [15] = "SIGTERM",
}

-- A first signal cancels the root task.
local function take_signal()
  local number = native_loop.signal()
  if not number then return end
  M.signal = number
  M.cancel(root, M.cancelled("interrupted by " .. (SIGNAL_NAMES[number] or "signal " .. number)))
end

-- Called out of the running task, however busy; returns what it shall raise, false for "ask again",
-- and in how many instructions it shall be called again.
local function on_interrupt()
  if is_busy then return false end
  take_signal()
  if not current or not current.cancel_failure or is_shielded(current) then return nil end
  current.raised = current.raised + 1
  return current.cancel_failure, math.max(1, PATIENCE >> math.min(current.raised, 60))
end

--- Ends the run: cancels the root task and makes `code` the exit code.
---@param code integer
function M.exit(code)
  M.exit_code = code
  if not root then return end
  M.cancel(root, M.cancelled("os.exit"))
  M.check_cancelled()
end

-- Nothing can come any more that a task waits for.
local function end_deadlock()
  if root.cancel_failure then return force(root, root.cancel_failure) end
  M.cancel(root, err.new{
    kind = "internal", op = "task", message = "nothing is left that could end the script's wait",
  })
end

local function turn()
  run_queue()
  if root.is_done then return end
  if queue_first <= queue_last then native_loop.poll()
  elseif not native_loop.wait() then end_deadlock() end
  take_signal()
  deliver_all()
end

--- Runs `fn(...)` as the root task until it and all below it have ended.
---@param fn function
---@return os2.Task
function M.run(fn, ...)
  root = M.spawn(nil, nil, fn, ...)
  native_loop.catch_signals(on_interrupt, PATIENCE, DUPLICATE_WINDOW)
  while not root.is_done do turn() end
  return root
end

return M
