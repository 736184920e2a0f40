--- What happens inside of machines at Daytona, through the toolbox: commands and logs.
---
--- A command runs in a session of its own: the session's id is known before the command is sent, so
--- a lost answer or a killed run can find out whether it ran.
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

--- Returns a word for the shell, kept as it is.
---@param word string
---@return string
function M.quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- The program itself, not a builtin of the shell, which would live on or end the session; and no
-- input: the session's would never end. That stands with the program itself: dash was seen to run
-- it without what stands behind the parentheses.
local function command_of(argv, cwd)
  local words = {}
  for index, word in ipairs(argv) do words[index] = M.quoted(word) end
  local enter = cwd and ("cd -- %s && "):format(M.quoted(cwd)) or ""
  return ("(%sexec %s </dev/null)"):format(enter, table.concat(words, " "))
end

--- Opens a session for a command, without running it; returns its id.
---@param machine os2.machine
---@return string handle
function M.prepare(machine)
  local api, session = daytona.toolbox(machine).api, "os2-" .. random.word()
  local _, failure = task.try(get, api.create_session, { sessionId = session })
  -- A lost answer, and the second try found it there.
  if failure and failure.status ~= 409 then err.raise(failure) end
  return session
end

-- Each look takes the whole log: a large one is looked at less often.
local LOOK_SHARE <const> = 4 -- pauses are so much longer than the looks

local function new_pause()
  local seconds = policy.ask("machine.first_look")
  return function(left, took)
    task.sleep(math.max(0, math.min(math.max(seconds, took * LOOK_SHARE), left)))
    seconds = math.min(seconds * 1.5, policy.ask("machine.last_look"))
  end
end

-- Reads a log once more; returns the seconds it took. One that breaks off is read again: what was
-- passed on already is passed over.
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

-- The toolbox streams over WebSockets only: the log is looked at again and again.
local function follow(toolbox, session, command, options)
  local due, pause = clock.monotonic() + options.timeout, new_pause()
  local log = marked.new(options.on_output)
  local at = { sessionId = session, commandId = command }
  while true do
    -- Its end first: what it wrote until then is in the log that is asked for afterwards.
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

-- The command that a session has run or runs, or nil.
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

--- Runs a command in its session and returns its exit code; its output comes as it is found.
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

--- Goes on with a command that a killed run had a session for: runs it where that had not come so
--- far, else waits for its end. Raises `not_found` where the machine has no such session any more.
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

--- Ends a session, and what still runs in it.
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

-- Passes on what is new; returns whether that was all, and the seconds it took. The end is asked
-- for first: what was written until then is in the log that is asked for afterwards.
local function look_at_logs(toolbox, log, is_following)
  local is_last = not is_following or has_ended(toolbox.api)
  return is_last, read_log(toolbox, log, "get_entrypoint_logs", {})
end

local function is_started(machine)
  local found = get(daytona.api.get_sandbox, { sandboxIdOrName = machine.id })
  return records.sandbox("daytona.get_sandbox", found).state == "started"
end

--- Gives what the machine's own program has written, with `follow` until it or the machine ends.
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
