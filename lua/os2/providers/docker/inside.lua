--- What happens inside machines on the local engine: commands and logs.
---
--- The engine starts commands and cannot end them. A command that os2 starts therefore has a mark
--- in its environment, which its children inherit: by the mark its processes are found and ended.
local clock = require("os2.clock")
local container = require("os2.docker.container")
local docker = require("os2.docker")
local err = require("os2.err")
local policy = require("os2.policy")
local provider_machine = require("os2.providers.machine")
local random = require("os2.base.random")
local task = require("os2.task")

---@class os2.providers.docker.inside
local M = {}

local MARK <const> = "OS2_EXEC"

-- Sends SIGTERM to every process with the mark, and SIGKILL to those that are left after the grace;
-- then, for so many seconds, to those that come late.
local END <const> = [[
  end_marked() {
    for process in /proc/[0-9]*; do
      grep -qs "$2" "$process/environ" && kill -s "$1" "${process#/proc/}"
    done
  }
  end_marked TERM "$1"
  sleep "$2"
  end_marked KILL "$1"
  left=$3
  while [ "$left" -gt 0 ]; do
    sleep 1
    end_marked KILL "$1"
    left=$((left - 1))
  done]]

-- Handles of commands that may be running: they were started, and their end is not known.
local unended = {}

-- A handle consists of the engine's id and the mark, so that also a later run can end the command.
local function split(handle)
  local id, mark = handle:match("^([^:]+):(.+)$")
  return id or handle, mark
end

--- Prepares a command in a machine without running it. Returns its handle.
---@param machine os2.machine
---@param argv string[]
---@param options {cwd: string?}
---@return string handle
function M.prepare(machine, argv, options)
  local mark = random.word()
  local id = container.prepare(machine.id, argv, { cwd = options.cwd, env = { [MARK] = mark } })
  return id .. ":" .. mark
end

---@class os2.machine.run_options
---@field cwd? string
---@field timeout number  seconds
---@field on_output fun(stream: "stdout"|"stderr", data: string)

local function follow(id, options)
  local output <close> = container.run(id, { timeout = options.timeout })
  for event in output do options.on_output(event.stream, event.data) end
  return output:result().code
end

--- Runs a prepared command and returns its exit code. Its output is passed on as it arrives.
---@param _ os2.machine
---@param handle string
---@param _argv string[]
---@param options os2.machine.run_options
---@return integer code
function M.run(_, handle, _argv, options)
  unended[handle] = true -- from here on the command may run, whatever happens
  local code, failure = task.try(follow, (split(handle)), options)
  if failure then
    if failure.kind == "timeout" then provider_machine.raise_not_ended(options.timeout) end
    err.raise(failure)
  end
  unended[handle] = nil
  return code
end

local function wait_for_end(id, options)
  local due, attempt, state = clock.monotonic() + options.timeout, 0, container.state(id)
  while not container.has_ended(state) do
    if clock.monotonic() >= due then provider_machine.raise_not_ended(options.timeout) end
    attempt = attempt + 1
    task.sleep(policy.ask("poll.interval", { attempt = attempt }))
    state = container.state(id)
  end
  return state.ExitCode
end

---@class os2.machine.attach_options
---@field cwd? string
---@field timeout number  seconds
---@field is_tty? boolean
---@field rows? integer  of the terminal at its start
---@field columns? integer
---@field is_written? boolean  `read` may write the output to that of os2 itself

---@class os2.machine.session  a command that gets a stdin
---@field wait_open fun(): boolean  waits until it takes bytes; false when it never will
---@field send fun(bytes: string): boolean?, os2.Err?  to its terminal; waits while it does not read
---@field send_end fun()  its terminal tells it the end
---@field send_from fun(fd: integer)  sends all that comes on a descriptor of os2, and then the end
---@field send_text fun(text: string)  sends a text, and then the end
---@field resize fun(rows: integer, columns: integer)  of its terminal
---@field is_sized_late? boolean  its terminal has no size before the first `resize`
---@field read fun(on_output: fun(stream: string, data: string)): integer  passes on its output, and
---  returns its exit code
---@field keep? fun()  is called beside `read` in a task of its own
---@field release fun()  ends what still runs

--- Starts a command that gets a stdin, and with `is_tty` a terminal. With `is_written` its output
--- is written to that of os2, and `read` passes on none of it.
---@param machine os2.machine
---@param argv string[]
---@param options os2.machine.attach_options
---@return os2.machine.session
function M.attach(machine, argv, options)
  local mark = random.word()
  local id = container.prepare(machine.id, argv, {
    cwd = options.cwd, env = { [MARK] = mark }, is_attached = true, is_tty = options.is_tty,
  })
  local handle = id .. ":" .. mark
  unended[handle] = true
  local command = container.attach(id, {
    timeout = options.timeout, is_tty = options.is_tty, is_written = options.is_written,
    rows = options.rows, columns = options.columns,
  })
  return {
    is_sized_late = options.is_tty, -- an engine before API 1.42 learns it then
    wait_open = function() return command:wait_open() end,
    send = function(bytes) return command:send(bytes) end,
    send_end = function() return command:send_end() end,
    send_from = function(fd) command:send_from(fd) end,
    send_text = function(text) command:send_text(text) end,
    resize = function(rows, columns) command:resize(rows, columns) end,
    read = function(on_output)
      for bytes, stream in command.next, command do on_output(stream, bytes) end
      local code = command:code()
      unended[handle] = nil
      return code
    end,
    release = function()
      command:close()
      M.release(machine, handle)
    end,
  }
end

--- Resumes a command that a killed run has prepared: runs it when it was not started yet, else
--- waits for its end; then its output is lost. Raises `not_found` when the machine does not know it
--- any more, `timeout` when it does not end.
---@param machine os2.machine
---@param handle string
---@param argv string[]
---@param options os2.machine.run_options
---@return integer code
function M.resume(machine, handle, argv, options)
  local id = split(handle)
  local state = container.state(id)
  if not state.Running and not container.has_ended(state) then
    return M.run(machine, handle, argv, options)
  end
  unended[handle] = true
  local code = wait_for_end(id, options)
  unended[handle] = nil
  return code
end

-- The engine completes this command also when os2 has ended.
local function end_marked(machine, mark, seconds)
  local ender = container.prepare(machine.id, {
    "sh", "-c", END, "sh", MARK .. "=" .. mark, tostring(policy.ask("machine.exec_grace")),
    ("%d"):format(seconds),
  })
  docker.api.exec_start{ id = ender, Detach = true, Tty = false }
end

-- In a machine that does not run or is gone, no command runs.
local function is_nothing_left(failure)
  return not failure or failure.kind == "conflict" or failure.kind == "not_found"
end

--- Ends a command that may still run, and what it has started. Raises when the machine has no sh
--- and grep, because the command then goes on.
---@param machine os2.machine
---@param handle string
function M.release(machine, handle)
  local id, mark = split(handle)
  local is_open = unended[handle]
  unended[handle] = nil
  if not mark or not is_open then return end
  local state = container.state(id)
  if container.has_ended(state) then return end
  -- an engine with much to do may start a command after os2 has left its connection
  local seconds = state.Running and 0 or policy.ask("machine.exec_settle")
  local _, failure = task.try(end_marked, machine, mark, seconds)
  if is_nothing_left(failure) then return end
  err.raise(err.new{
    kind = failure.kind, op = "machine.exec", cause = failure,
    message = "the command still runs in the machine: " .. failure.message,
  })
end

--- Passes on what the machine's own program has written; with `follow` until it ends.
---@param machine os2.machine
---@param options {follow: boolean?, tail: integer?, since: number?, on_output: fun(stream: string,
---  data: string)}  since: seconds since the epoch
function M.logs(machine, options)
  local output <close> = container.logs(machine.id, {
    follow = options.follow, tail = options.tail, since = options.since,
  })
  for event in output do options.on_output(event.stream, event.data) end
end

return M
