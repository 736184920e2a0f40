--- The toolbox of a test's machines: commands, which the test's own `exec` answers.
local daytona = require("os2.flows.testing.daytona")

---@class os2.flows.testing.toolbox
local M = {}

-- How the toolbox marks what a command has written, in the logs that os2 asks for.
local STDOUT_MARK <const>, STDERR_MARK <const> = "\1\1\1", "\2\2\2"

local OPERATIONS <const> = {}
M.OPERATIONS = OPERATIONS

-- The command as it was given to os2, without what os2 writes around it.
local function plain(command)
  local inner = command:match("^%((.*) </dev/null%)$") or command
  inner = inner:gsub("^exec ", ""):gsub("&& exec ", "&& ")
  return (inner:gsub("'([%w_%-%./=:,@+]+)'", "%1"))
end

local function run(world, machine, command)
  if not machine then daytona.refuse(404, "Sandbox not found") end
  if machine.state ~= "started" then daytona.refuse(400, "bad request: Sandbox is not running") end
  if not world.exec then
    world.violation(("a machine runs %s: give test.world exec = function(machine, command) "
      .. "return { code = 0, stdout = \"\" } end"):format(plain(command)))
  end
  local ran = world.exec(machine, plain(command)) or {}
  return { code = ran.code or 0, stdout = ran.stdout or "", stderr = ran.stderr or "" }
end

function OPERATIONS.execute_command(world, params, machine)
  local ran = run(world, machine, params.command)
  return 200, { exitCode = ran.code, result = ran.stdout .. ran.stderr }
end

local function session_of(world, params)
  local session = world.sessions[params.sessionId]
  return session or daytona.refuse(404, "session not found")
end

function OPERATIONS.create_session(world, params)
  if world.sessions[params.sessionId] then daytona.refuse(409, "session already exists") end
  world.sessions[params.sessionId] = { sessionId = params.sessionId, commands = {}, logs = {} }
  return 201, nil
end

function OPERATIONS.get_session(world, params)
  local session = session_of(world, params)
  return 200, { sessionId = session.sessionId,
    commands = require("os2.json").array(session.commands) }
end

function OPERATIONS.delete_session(world, params)
  session_of(world, params)
  world.sessions[params.sessionId] = nil
  return 204, nil
end

function OPERATIONS.session_execute_command(world, params, machine)
  local session = session_of(world, params)
  local ran = run(world, machine, params.command)
  local id = ("%s-%d"):format(params.sessionId, #session.commands + 1)
  table.insert(session.commands, { id = id, command = params.command, exitCode = ran.code })
  session.logs[id] = (ran.stdout ~= "" and STDOUT_MARK .. ran.stdout or "")
    .. (ran.stderr ~= "" and STDERR_MARK .. ran.stderr or "")
  return 202, { cmdId = id }
end

function OPERATIONS.get_session_command(world, params)
  for _, command in ipairs(session_of(world, params).commands) do
    if command.id == params.commandId then return 200, command end
  end
  daytona.refuse(404, "command not found")
end

function OPERATIONS.get_session_command_logs(world, params)
  return 200, session_of(world, params).logs[params.commandId] or ""
end

return M
