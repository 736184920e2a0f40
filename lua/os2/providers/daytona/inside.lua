--- What happens inside machines at Daytona, through the toolbox: commands and logs.
---
--- A command runs in a session of its own. The session's id is known before the command is sent, so
--- a run that was killed, or whose answer was lost, can find out whether the command ran.
local clock = require("os2.clock")
local daytona = require("os2.daytona")
local err = require("os2.err")
local marked = require("os2.providers.daytona.marked")
local policy = require("os2.policy")
local provider_machine = require("os2.providers.machine")
local random = require("os2.base.random")
local records = require("os2.providers.daytona.records")
local retry = require("os2.client.retry")
local task = require("os2.task")

---@class os2.providers.daytona.inside
local M = {}

local function get(fn, params, options)
  return retry.run(function() return (fn(params, options)) end)
end

--- Quotes a word for the shell.
---@param word string
---@return string
function M.quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- `exec` starts the program itself and not a builtin of the shell, which would survive or end the
-- session. The redirection is needed, because the session's stdin never ends. It stands inside the
-- parentheses, because dash was observed to run the program without a redirection after them.
local function command_of(argv, cwd)
  local words = {}
  for index, word in ipairs(argv) do words[index] = M.quoted(word) end
  local enter = cwd and ("cd -- %s && "):format(M.quoted(cwd)) or ""
  return ("(%sexec %s </dev/null)"):format(enter, table.concat(words, " "))
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

-- Each poll transfers the whole log, so a large log is polled less often.
local LOOK_SHARE <const> = 4 -- a pause is this many times as long as the poll

local function new_pause()
  local seconds = policy.ask("machine.first_look")
  return function(left, took)
    task.sleep(math.max(0, math.min(math.max(seconds, took * LOOK_SHARE), left)))
    seconds = math.min(seconds * 1.5, policy.ask("machine.last_look"))
  end
end

-- Reads the log again. Returns how many seconds it took. A transfer that breaks off is retried;
-- what was passed on already is skipped.
local function read_log(toolbox, log, operation, params)
  local started = clock.monotonic()
  retry.run(function()
    local transfer <close> = toolbox.begin(operation, params, {
      timeout = policy.ask("timeouts.transfer"),
    })
    log:read(transfer:chunks())
    return true
  end)
  return clock.monotonic() - started
end

-- The toolbox streams over WebSockets only, so the log is polled.
local function follow(toolbox, session, command, options)
  local due, pause = clock.monotonic() + options.timeout, new_pause()
  local log = marked.new(options.on_output)
  local at = { sessionId = session, commandId = command }
  while true do
    -- the exit code is requested first: everything the command wrote before is then in the log
    local code = records.command("toolbox.get_session_command",
      get(toolbox.api.get_session_command, at)).exitCode
    local took = read_log(toolbox, log, "get_session_command_logs", at)
    if code then
      log:finish()
      return code
    end
    local left = due - clock.monotonic()
    if left <= 0 then provider_machine.raise_not_ended(options.timeout) end
    pause(left, took)
  end
end

-- Returns the command that a session has run or is running, or nil.
local function command_in(api, session)
  local found = records.session("toolbox.get_session",
    get(api.get_session, { sessionId = session }))
  return found.commands[1] and found.commands[1].id or nil
end

local function start(api, session, command)
  local attempt = 0
  while true do
    attempt = attempt + 1
    local answer, failure = task.try(api.session_execute_command, {
      sessionId = session, command = command, runAsync = true,
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

local function has_ended(api)
  local found = records.session("toolbox.get_entrypoint_session",
    get(api.get_entrypoint_session, {}))
  return found.commands[1] ~= nil and found.commands[1].exitCode ~= nil
end

-- Passes on the new part of the log. Returns whether the program has ended, and how many seconds it
-- took. The end is checked first: everything written before is then in the log.
local function look_at_logs(toolbox, log, is_following)
  local is_last = not is_following or has_ended(toolbox.api)
  return is_last, read_log(toolbox, log, "get_entrypoint_logs", {})
end

local function is_started(machine)
  local found = get(daytona.api.get_sandbox, { sandboxIdOrName = machine.id })
  return records.sandbox("daytona.get_sandbox", found).state == "started"
end

--- Passes on what the machine's own program has written; with `follow` until the program or the
--- machine ends.
---@param machine os2.machine
---@param options {follow: boolean?, on_output: fun(stream: string, data: string)}
function M.logs(machine, options)
  local toolbox = daytona.toolbox(machine)
  local due, pause = clock.monotonic() + policy.ask("timeouts.follow"), new_pause()
  local log = marked.new(options.on_output)
  while true do
    local is_last, failure, took = task.try(look_at_logs, toolbox, log, options.follow)
    if failure and (not options.follow or is_started(machine)) then err.raise(failure) end
    local left = due - clock.monotonic()
    if is_last or failure or left <= 0 then return log:finish() end
    pause(left, took)
  end
end

return M
