--- Commands at Daytona with a terminal: the toolbox's PTY socket.
---
--- A PTY of the toolbox runs a shell and no other command. So the command is given in a variable
--- of the PTY, and one short line that runs it is typed for the shell. What the shell has written
--- until the command begins, which the command marks, is not shown.
local daytona = require("os2.daytona")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local json = require("os2.json")
local policy = require("os2.policy")
local provider_machine = require("os2.providers.machine")
local random = require("os2.base.random")
local retry = require("os2.client.retry")
local shell = require("os2.providers.daytona.shell")
local task = require("os2.task")

---@class os2.providers.daytona.terminal
---@field private toolbox table
---@field private id string
---@field private socket userdata
---@field private held string  output that has come and was not read
---@field private exit_code integer?
---@field private timeout number
---@field private pinged number?  seconds that a ping may take which is under way
local Terminal = {}
Terminal.__index = Terminal

local M = {}

local OP <const> = "machine.exec"
local VARIABLE <const> = "OS2_COMMAND"
local MOST_CELLS <const> = 1000 -- rows or columns that the toolbox takes
local DEFAULT_ROWS <const>, DEFAULT_COLUMNS <const> = 24, 80
local LONGEST_START_BYTES <const> = 64 * 1024 -- bytes before the mark
local MARK_BYTE <const> = "\30"
local EXIT_CONTROL <const> = "X-Daytona-Pty-Exit-Control"
local END_OF_TERMINAL <const> = "\4"

local function cells(number, default)
  return math.max(1, math.min(number or default, MOST_CELLS))
end

-- `exec` replaces the shell, so that the terminal ends with the command. The inner sh ends when
-- there is no such program, which an interactive shell would not do.
local function script_of(argv, cwd, mark)
  local run = shell.enter(cwd) .. "exec " .. shell.words(argv)
  return ("unset %s; printf '\\036%s\\036'; exec sh -c %s"):format(VARIABLE, mark,
    shell.quoted(run))
end

local function create(toolbox, id, script, options)
  local _, failure = task.try(retry.run, function()
    return (toolbox.api.create_pty_session{
      id = id, rows = cells(options.rows, DEFAULT_ROWS),
      cols = cells(options.columns, DEFAULT_COLUMNS), envs = { [VARIABLE] = script },
      lazyStart = true,
    })
  end)
  -- the first answer was lost, and the second request found the session
  if failure and failure.status ~= 409 then err.raise(failure) end
end

local function read_object(text)
  if text:sub(1, 1) ~= "{" then return nil end
  local value = task.try(json.decode, text)
  return type(value) == "table" and value or nil
end

local function raise_refused(words)
  err.raise(err.new{
    kind = "unavailable", op = OP,
    message = "the machine gives no terminal: " .. foreign.message(tostring(words)),
  })
end

-- Returns true when a text speaks about the terminal and is no output.
function Terminal:take_control(text)
  local said = read_object(text)
  if not said or said.type ~= "control" then return false end
  if said.status == "error" then raise_refused(said.error) end
  if said.status == "exited" then self.exit_code = math.tointeger(said.exitCode) end
  return said.status == "connected" or said.status == "error" or said.status == "exited"
end

-- Returns the next bytes that the terminal shows; nil at the end.
function Terminal:receive()
  while true do
    local data, kind = self.socket:next()
    if data == nil then return nil end
    if kind ~= "text" or not self:take_control(data) then return data end
  end
end

local function code_in(reason)
  local said = read_object(reason or "")
  if said and said.error then raise_refused(said.error) end
  return said and math.tointeger(said.exitCode)
end

local function raise_cut(terminal, ending, failure)
  local kind = failure and failure.kind or "network"
  local words = failure and failure.message or ("close code %d"):format(ending.code)
  if terminal.pinged and (kind == "cancelled" or kind == "timeout") then
    kind, words = "network", ("the machine has not answered for %g s"):format(terminal.pinged)
  end
  err.raise(err.new{
    kind = kind, op = OP, cause = failure,
    message = "the connection to the machine's terminal was cut: " .. words,
    hint = "the command was ended, where the machine still answers",
  })
end

-- Returns the exit code, after the socket has closed.
function Terminal:exit()
  local ending, failure = self.socket:result()
  if failure and failure.kind == "timeout" then provider_machine.raise_not_ended(self.timeout) end
  local code = self.exit_code or ending and code_in(ending.reason)
  if code then return code end
  if ending and ending.code == 1000 then return 0 end
  return raise_cut(self, ending, failure)
end

local function raise_silent(terminal, seen)
  err.raise(err.new{
    kind = "protocol", op = OP, detail = foreign.message(seen),
    message = "the shell of the machine's terminal has not run the command",
    hint = terminal.socket and "the terminal showed what stands above" or nil,
  })
end

-- Runs the command, and keeps what comes behind its mark.
function Terminal:start(mark)
  assert(self.socket:send((' eval "$%s"\n'):format(VARIABLE), "binary"))
  local seen, wanted = "", MARK_BYTE .. mark .. MARK_BYTE
  while #seen < LONGEST_START_BYTES do
    local data = self:receive()
    if data == nil then break end
    seen = seen .. data
    local _, stop = seen:find(wanted, 1, true)
    if stop then
      self.held = seen:sub(stop + 1)
      return
    end
  end
  raise_silent(self, seen)
end

function Terminal:read(on_output)
  if self.held ~= "" then on_output("stdout", self.held) end
  while true do
    local data = self:receive()
    if data == nil then return self:exit() end
    on_output("stdout", data)
  end
end

function Terminal:resize(rows, columns)
  self.toolbox.api.resize_pty_session{
    sessionId = self.id, rows = cells(rows), cols = cells(columns),
  }
end

-- Proxies cut a connection on which nothing goes, and a machine that is gone says nothing. A ping
-- that is given up ends the connection, so `exit` may be the first to say why.
function Terminal:keep()
  local seconds = policy.ask("machine.silence")
  while true do
    task.sleep(seconds)
    self.pinged = seconds
    local _, failure = task.try(task.timeout, seconds, self.socket.ping, self.socket)
    if failure then raise_cut(self, nil, failure) end
    self.pinged = nil
  end
end

-- Ends the shell and what runs in it.
function Terminal:release()
  if self.socket then self.socket:close() end
  local _, failure = task.try(self.toolbox.api.delete_pty_session, { sessionId = self.id })
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
end

function Terminal:send(bytes)
  return self.socket:send(bytes, "binary")
end

local function open(terminal, argv, options)
  local mark = random.word()
  create(terminal.toolbox, terminal.id, script_of(argv, options.cwd, mark), options)
  terminal.socket = terminal.toolbox.socket("connect_pty_session", { sessionId = terminal.id }, {
    subprotocols = { EXIT_CONTROL }, timeout = options.timeout,
  })
  task.timeout(policy.ask("timeouts.request"), terminal.start, terminal, mark)
end

--- Starts a command with a terminal.
---@param machine os2.machine
---@param argv string[]
---@param options os2.machine.attach_options
---@return os2.machine.session
function M.attach(machine, argv, options)
  local terminal = setmetatable({
    toolbox = daytona.toolbox(machine), id = "os2-" .. random.word(), held = "",
    timeout = options.timeout,
  }, Terminal)
  local _, failure = task.try(open, terminal, argv, options)
  if failure then
    task.try(terminal.release, terminal)
    err.raise(failure)
  end
  return {
    wait_open = function() return true end,
    send = function(bytes) return terminal:send(bytes) end,
    send_end = function() return terminal:send(END_OF_TERMINAL) end,
    resize = function(rows, columns) terminal:resize(rows, columns) end,
    read = function(on_output) return terminal:read(on_output) end,
    keep = function() terminal:keep() end,
    release = function() terminal:release() end,
  }
end

return M
