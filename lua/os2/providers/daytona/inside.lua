--- What happens inside machines at Daytona, through the toolbox: commands and logs.
---
--- A command runs in a session of its own. The session's id is known before the command is sent, so
--- a run that was killed, or whose answer was lost, can find out whether the command ran.
local clock = require("os2.clock")
local daytona = require("os2.daytona")
local err = require("os2.err")
local fed = require("os2.providers.daytona.fed")
local following = require("os2.providers.daytona.following")
local marked = require("os2.providers.daytona.marked")
local policy = require("os2.policy")
local provider_machine = require("os2.providers.machine")
local random = require("os2.base.random")
local records = require("os2.providers.daytona.records")
local retry = require("os2.client.retry")
local shell = require("os2.providers.daytona.shell")
local tail = require("os2.text.tail")
local task = require("os2.task")
local terminal = require("os2.providers.daytona.terminal")

---@class os2.providers.daytona.inside
local M = {}

local function get(fn, params, options)
  return retry.run(function() return (fn(params, options)) end)
end

-- `exec` starts the program itself and not a builtin of the shell, which would survive or end the
-- session. The redirection is needed, because the session's stdin never ends. It stands inside the
-- parentheses, because dash was observed to run the program without a redirection after them.
local function command_of(argv, cwd)
  return ("(%sexec %s </dev/null)"):format(shell.enter(cwd), shell.words(argv))
end

--- Opens a session for a command without running it. Returns the session's id.
---@param machine os2.machine
---@return string handle
function M.prepare(machine)
  local api, session = daytona.toolbox(machine).api, "os2-" .. random.word()
  local _, failure = task.try(get, api.create_session, { sessionId = session })
  -- the first answer was lost, and the second request found the session
  if failure and failure.status ~= 409 then err.raise(failure) end
  return session
end

local function follow(toolbox, session, command, options)
  local at = { sessionId = session, commandId = command }
  local code = following.follow{
    toolbox = toolbox, operation = "get_session_command_logs", params = at,
    reader = marked.new(options.on_output), due = clock.monotonic() + options.timeout,
    ended = function()
      return records.command("toolbox.get_session_command",
        get(toolbox.api.get_session_command, at)).exitCode
    end,
  }
  if code == nil then provider_machine.raise_not_ended(options.timeout) end
  return code
end

-- Returns the command that a session has run or is running, or nil.
local function command_in(api, session)
  local found = records.session("toolbox.get_session",
    get(api.get_session, { sessionId = session }))
  return found.commands[1] and found.commands[1].id or nil
end

local function start(api, session, command, is_attached)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local answer, failure = task.try(api.session_execute_command, {
      sessionId = session, command = command, runAsync = true,
      suppressInputEcho = is_attached or nil,
    })
    if not failure then return records.begun("toolbox.session_execute_command", answer).cmdId end
    local id = retry.is_lost(failure) and command_in(api, session)
    if id then return id end
    task.sleep(retry.delay(failure, { attempt = attempt }))
  end
end

--- Runs a command in its session and returns its exit code. Its output is passed on as it is found.
---@param machine os2.machine
---@param handle string
---@param argv string[]
---@param options os2.machine.run_options
---@return integer code
function M.run(machine, handle, argv, options)
  local toolbox = daytona.toolbox(machine)
  local command = start(toolbox.api, handle, command_of(argv, options.cwd))
  return follow(toolbox, handle, command, options)
end

-- Starts a command that gets a stdin. Its input is sent as text, so a reader in the machine is
-- between the two.
local function attach_pipe(machine, argv, options)
  local toolbox, session = daytona.toolbox(machine), M.prepare(machine)
  local command = start(toolbox.api, session, fed.command(argv, options.cwd), true)
  local input = fed.input(toolbox.api, session, command, options.timeout)
  return {
    wait_open = function() return true end,
    send_from = input.send_from, send_text = input.send_text,
    read = function(on_output)
      return follow(toolbox, session, command, {
        timeout = options.timeout, on_output = on_output,
      })
    end,
    release = function() M.release(machine, session) end,
  }
end

--- Starts a command that gets a stdin, and with `is_tty` a terminal.
---@param machine os2.machine
---@param argv string[]
---@param options os2.machine.attach_options
---@return os2.machine.session
function M.attach(machine, argv, options)
  if options.is_tty then return terminal.attach(machine, argv, options) end
  return attach_pipe(machine, argv, options)
end

--- Resumes a command for which a killed run had a session: runs it when it was not started yet,
--- else waits for its end. Raises `not_found` when the machine has no such session any more.
---@param machine os2.machine
---@param handle string
---@param argv string[]
---@param options os2.machine.run_options
---@return integer code
function M.resume(machine, handle, argv, options)
  local toolbox = daytona.toolbox(machine)
  local command = command_in(toolbox.api, handle)
  if command then return follow(toolbox, handle, command, options) end
  return M.run(machine, handle, argv, options)
end

--- Ends a session and what is still running in it.
---@param machine os2.machine
---@param handle string
function M.release(machine, handle)
  local _, failure = task.try(daytona.toolbox(machine).api.delete_session, { sessionId = handle })
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
end

local function is_started(machine)
  local found = get(daytona.api.get_sandbox, { sandboxIdOrName = machine.id })
  return records.sandbox("daytona.get_sandbox", found).state == "started"
end

local function has_ended(api)
  local found = records.session("toolbox.get_entrypoint_session",
    get(api.get_entrypoint_session, {}))
  return found.commands[1] ~= nil and found.commands[1].exitCode ~= nil
end

-- A machine that has stopped answers nothing any more, and its program has ended.
local function end_of_program(machine, api)
  local ended, failure = task.try(has_ended, api)
  if failure and is_started(machine) then err.raise(failure) end
  return (failure ~= nil or ended) or nil
end

local function refuse_since()
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine.logs",
    message = "--since cannot be used: a log at Daytona does not hold the times of its lines",
    hint = "use --tail",
  })
end

--- Passes on what the machine's own program has written; with `follow` until the program or the
--- machine ends.
---@param machine os2.machine
---@param options {follow: boolean?, tail: integer?, since: number?, on_output: fun(stream: string,
---  data: string)}
function M.logs(machine, options)
  if options.since then refuse_since() end
  local toolbox = daytona.toolbox(machine)
  local on_output, show_tail = tail.new(options.tail, options.on_output)
  local log = {
    toolbox = toolbox, operation = "get_entrypoint_logs", params = {},
    reader = marked.new(on_output), due = clock.monotonic() + policy.ask("timeouts.follow"),
    ended = function() return end_of_program(machine, toolbox.api) end,
  }
  if options.tail or not options.follow then following.read(log) end
  show_tail()
  if options.follow then following.follow(log) else log.reader:finish() end
end

return M
