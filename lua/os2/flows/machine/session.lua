--- Runs a command in a machine that gets what comes on stdin, and maybe a terminal.
local bell = require("os2.run.bell")
local err = require("os2.err")
local escape = require("os2.console.escape")
local exec = require("os2.flows.machine.exec")
local fs = require("os2.fs")
local keyboard = require("os2.console.keyboard")
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.flows.machine.session
local M = {}

local STDIN <const> = 0
local HELP <const> = "\r\n%s. ends the session, %s%s sends the character, %s? shows this\r\n"

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine", message = message, hint = hint,
  })
end

--- Raises `invalid` (exit 2) when a terminal is wanted and stdin is none, as the docker command
--- does.
---@param args {is_tty: boolean?, is_attached: boolean?, json: boolean?}
function M.check(args)
  if not args.is_tty then return end
  if args.json then
    refuse("a terminal's output is no JSON", "leave out --json, or --tty")
  end
  if args.is_attached and not fs.is_terminal(STDIN) then
    refuse("the input device is not a terminal",
      "run os2 in a terminal; `os2 machine exec -i` needs none")
  end
end

local function show_help(mark)
  io.stderr:write(HELP:format(mark, mark, mark, mark))
end

-- Passes on what is typed, until the command takes no more. Returns whether a person has left.
local function pass_keys(session)
  local mark = policy.ask("machine.escape")
  local reader, input <close> = escape.new(mark), keyboard.input()
  for piece in input do
    local bytes, asked = reader:feed(piece)
    if bytes ~= "" and not session.send(bytes) then return false end
    if asked == "detach" then return true end
    if asked == "help" then show_help(mark) end
  end
  session.send_end()
  return false
end


local function tell_size(session)
  local rows, columns = keyboard.size()
  -- a command that has just ended has no terminal any more
  if rows then task.try(session.resize, rows, columns) end
end

local function follow_size(session, sized)
  local changes <close> = keyboard.changes()
  tell_size(session)
  session.is_sized_late = false
  sized:ring()
  for _ in changes do tell_size(session) end
end

-- The reason with which the tasks of a session are cancelled when one of them has ended it.
local OVER <const> = err.new{
  kind = "cancelled", op = "machine", message = "the session is over",
}

-- Sends the input that is given, or what comes on stdin; a person who leaves ends the session. What
-- is typed first finds the size of the terminal set.
local function send_input(group, session, args, sized)
  if not session.wait_open() then return end
  if args.input then return session.send_text(args.input) end
  if not args.is_tty then return session.send_from(STDIN) end
  while session.is_sized_late do sized:wait() end
  if pass_keys(session) then group:cancel(OVER) end
end

local function send_size(session, sized)
  if session.wait_open() then follow_size(session, sized) end
end

-- Runs until the output ends, or until the person leaves; the code is nil then.
local function converse(session, args, on_output)
  local code, sized = nil, bell.new()
  local _, failure = task.try(task.group, function(group)
    if args.is_attached then group:spawn(send_input, group, session, args, sized) end
    if args.is_tty then group:spawn(send_size, session, sized) end
    if session.keep then group:spawn(session.keep) end
    code = session.read(on_output)
    group:cancel(OVER)
  end)
  if failure and failure ~= OVER then err.raise(failure) end
  return code
end

local function release_at_end(ctx, session)
  return task.defer(function()
    local _, failure = task.try(session.release)
    if failure then ctx.ui:warn(failure.message) end
  end)
end

--- Runs the command. Returns its exit code; nil when the person has left it.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param args {argv: string[], cwd: string?, timeout: number?, is_tty: boolean?, is_attached:
---  boolean?, input: string?}  input: what the command gets in place of os2's stdin
---@param on_output fun(stream: "stdout"|"stderr", data: string)
---@return integer?
function M.run(ctx, machine, args, on_output)
  local rows, columns
  if args.is_tty then rows, columns = keyboard.size() end
  local session = ctx.machines.attach(machine, args.argv, {
    cwd = args.cwd, is_tty = args.is_tty, rows = rows, columns = columns,
    timeout = args.timeout or policy.ask("timeouts.session"),
    is_written = on_output == exec.write_through,
  })
  local _ <close> = release_at_end(ctx, session)
  local _ <close> = args.is_tty and args.is_attached and keyboard.set_raw() or nil
  return converse(session, args, on_output)
end

--- Opens a shell in a machine: a terminal there, with the keys of this one.
---@param args {machine: string, argv: string[], cwd: string?}
---@return table fields
---@return nil text
---@return nil failure
---@return integer code  of the shell; 0 when the person has left it
function M.shell(args)
  local wanted = {
    argv = args.argv[1] and args.argv or policy.ask("machine.shell"), cwd = args.cwd,
    timeout = args.timeout, is_tty = true, is_attached = true, json = args.json,
  }
  M.check(wanted)
  exec.check_words(wanted.argv, wanted.cwd)
  local ctx = open.context(args)
  local machine = open.machine(ctx, args.machine)
  exec.check_started(ctx, machine)
  local code = M.run(ctx, machine, wanted, exec.write_through)
  if not code then ctx.ui:note("left the shell in " .. machine.name .. "; it was ended") end
  return {
    name = machine.name, id = machine.id, code = code, provider = ctx.provider.name,
    seconds = open.seconds(ctx),
  }, nil, nil, code or 0
end

return M
