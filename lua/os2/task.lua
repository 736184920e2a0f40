--- Tasks: everything a script runs is a task. A verb that waits lets other tasks run meanwhile.
---
--- Tasks are structured: a group returns when all its children have ended. A cancellation is raised
--- where the task waits, and stays set: every later wait raises it again. Only a clean-up
--- (`task.defer`) may still wait, until its deadline.
local err = require("os2.err")
local arguments = require("os2.base.arguments")
local scheduler = require("os2.run.scheduler")

---@class os2.task
local M = {}

local function check_seconds(name, seconds)
  if type(seconds) == "number" and seconds == seconds then return end
  arguments.misuse(("%s: the seconds must be a number, not %s"):format(name, tostring(seconds)))
end

--- Waits for a time.
---@param seconds number
function M.sleep(seconds)
  check_seconds("task.sleep", seconds)
  err.check(scheduler.timer(seconds):result())
end

--- Returns a to-be-closed value that runs `fn` when its block ends, for whatever reason: `local _
--- <close> = task.defer(function() … end)`. `fn` gets the error with which the block ended, or nil.
--- It may wait, also in a cancelled task: then for at most the seconds of policy
--- `timeouts.cleanup`, or `timeout` when that is more.
---@param fn fun(failure: any)
---@param options? {timeout: number?}  seconds
---@return any
function M.defer(fn, options)
  options = arguments.check("task.defer", options, { timeout = "number?" })
  return setmetatable({}, {
    __close = function(_, failure)
      scheduler.shield(options.timeout, fn, failure)
    end,
  })
end

---@class os2.Group
---@field private owner os2.Task
---@field private children table<os2.Task, true>
---@field private live integer
---@field private failure any
---@field private cancelled os2.Err?
---@field private has_ended boolean?
local Group = {}
Group.__index = Group

--- Starts `fn(...)` as a child of the group.
---@param fn function
---@return os2.Task
function Group:spawn(fn, ...)
  if self.has_ended then arguments.misuse("group:spawn: the group has ended") end
  return scheduler.spawn(nil, self.owner, self, fn, ...)
end

--- Starts `fn(...)` as a child once an operation has news. Until then the child has no stack, and
--- takes little memory. Nothing may wait between the start of the operation and this call.
---@param op userdata
---@param fn function
function Group:spawn_after(op, fn, ...)
  if self.has_ended then arguments.misuse("group:spawn_after: the group has ended") end
  if type(op) == "table" then return self:spawn(fn, ...) end -- a stand-in's, which has all its news
  scheduler.spawn(op, self.owner, self, fn, ...)
end

--- Cancels all children, those that run and those that are spawned later.
---@param failure? os2.Err
function Group:cancel(failure)
  self.cancelled = failure or scheduler.cancelled()
  for child in pairs(self.children) do scheduler.cancel(child, self.cancelled) end
end

function Group:child_ended(task)
  self.live = self.live - 1
  self.children[task] = nil
  if not task.ok and self.failure == nil then
    self.failure = task.failure
    self:cancel()
  end
  if self.live == 0 then scheduler.wake(self.owner) end
end

local function new_group()
  return setmetatable({ owner = scheduler.waiting_task(), live = 0, children = {} }, Group)
end

local function collect(box, fn, ...)
  box.results = table.pack(fn(...))
end

-- Waits for the children, then returns what the child that filled `box` has returned.
local function finish(group, box)
  while group.live > 0 do scheduler.park() end
  group.has_ended = true
  scheduler.check_cancelled()
  local failure = group.failure or group.cancelled -- a child may have caught its cancellation
  if failure ~= nil then error(failure, 0) end
  return table.unpack(box.results, 1, box.results.n)
end

--- Runs `fn(group)`, waits for all tasks that it spawned, and returns what `fn` returned. The first
--- failure cancels the other tasks and is raised.
---@param fn fun(group: os2.Group): any
---@return any
function M.group(fn)
  local group, box = new_group(), {}
  group:spawn(collect, box, fn, group)
  return finish(group, box)
end

--- Runs `fn(...)` for at most this time; then it is cancelled and `timeout` is raised.
---@param seconds number
---@param fn function
---@return any
function M.timeout(seconds, fn, ...)
  check_seconds("task.timeout", seconds)
  local group, box = new_group(), {}
  group:spawn(collect, box, fn, ...)
  local timer <close> = scheduler.timer(seconds)
  scheduler.on_ready(timer, function()
    if group.live == 0 then return end
    group:cancel(err.new{
      kind = "timeout", op = "task.timeout", message = ("not done within %g s"):format(seconds),
    })
  end)
  return finish(group, box)
end

---@class os2.Outcome
---@field ok boolean
---@field value any
---@field err? os2.Err

--- Runs `fn(item, index)` for each item and returns every result and failure, in the order of the
--- list.
---@param list any[]
---@param fn fun(item: any, index: integer): any
---@param options? {limit: integer?}  how many run at the same time, by default all
---@return os2.Outcome[]
function M.map(list, fn, options)
  options = arguments.check("task.map", options, { limit = "integer?" })
  local limit = options.limit or #list
  if limit < 1 and #list > 0 then arguments.misuse("task.map: the limit must be at least 1") end
  local outcomes, next_index = {}, 1
  local function work()
    while next_index <= #list do
      local index = next_index
      next_index = index + 1
      local value, failure = M.try(fn, list[index], index)
      outcomes[index] = { ok = failure == nil, value = value, err = failure }
    end
  end
  M.group(function(group)
    for _ = 1, math.min(limit, #list) do group:spawn(work) end
  end)
  return outcomes
end

--- Calls `fn(...)`. Returns its first value, nil, and its further values; or nil and the error
--- object that it raised. A bug (`internal`) and the cancellation of the calling task are raised
--- on.
---@param fn function
---@return any value
---@return os2.Err? failure
---@return any ...
function M.try(fn, ...)
  local results = table.pack(xpcall(fn, scheduler.handler, ...))
  if results[1] then return results[2], nil, table.unpack(results, 3, results.n) end
  local failure = results[2]
  scheduler.check_cancelled()
  if not err.is(failure) or failure.kind == "internal" then error(failure, 0) end
  return nil, failure
end

return M
