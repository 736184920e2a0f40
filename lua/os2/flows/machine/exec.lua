--- Runs a command in one machine, and returns the output of the machine's own program.
local clock = require("os2.clock")
local err = require("os2.err")
local kept = require("os2.flows.machine.kept")
local open = require("os2.flows.machine.open")
local stdin = require("os2.flows.machine.stdin")
local policy = require("os2.policy")
local stdout_output = require("os2.console.output")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.machine.exec
local M = {}

local UNHEARD_SECONDS <const> = 0.5

--- Raises `conflict` for a machine that is not started, because nothing can run in it.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
function M.check_started(ctx, machine)
  if machine.state == "started" then return end
  err.raise(err.new{
    kind = "conflict", op = "machine", message = ("machine %s is %s"):format(machine.name,
      machine.state), hint = "start it: " .. open.command(ctx, "start", machine.name),
  })
end

local function refuse_bytes(what, value)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine",
    message = ("%s is not UTF-8: '%s'"):format(what, terminal.clean(value)),
    hint = "neither Daytona nor the engine takes other bytes; let the command make them itself",
  })
end

--- Raises `invalid` (exit 2) for a command that cannot be sent: its words are sent as JSON and must
--- be UTF-8.
---@param argv string[]
---@param cwd? string
function M.check_words(argv, cwd)
  for index, word in ipairs(argv) do
    if not utf8.len(word) then refuse_bytes(("word %d of the command"):format(index), word) end
  end
  if cwd and not utf8.len(cwd) then refuse_bytes("--cwd", cwd) end
end

--- Writes to stdout or stderr at once. Waits for the reader of stdout. Raises when the stream takes
--- no more.
---@param stream "stdout"|"stderr"
---@param data string
function M.write_through(stream, data)
  if stream ~= "stderr" then return stdout_output.write(data) end
  local done, why = io.stderr:write(data)
  if done then return end
  err.raise(err.new{
    kind = "invalid", op = "machine", message = ("stderr takes no more: %s"):format(why),
  })
end

-- Returns the function that takes output: it writes through, or keeps it for the JSON document.
local function new_sink(is_json)
  if not is_json then return M.write_through end
  local output = kept.new()
  return function(stream, data) output:add(stream, data) end, output
end

-- Adds the kept output to the fields of a document; adds nothing when it was written through.
local function with_output(fields, output)
  if not output then return fields end
  fields.stdout, fields.stderr = output:text("stdout"), output:text("stderr")
  fields.cut = output.is_cut
  return fields
end

-- Releases the handle in a clean-up. A failure there is only a warning, so that it does not hide
-- why the run ended.
local function release_at_end(ctx, machine, handle)
  return task.defer(function()
    local _, failure = task.try(ctx.machines.release, machine, handle)
    if failure then ctx.ui:warn(failure.message) end
  end)
end

local function session()
  return require("os2.flows.machine.session") -- late: most commands get no stdin
end

-- Runs a command that gets no stdin. Returns its exit code.
local function run_alone(ctx, machine, args, on_output)
  local handle = ctx.machines.prepare(machine, args.argv, { cwd = args.cwd })
  local _ <close> = release_at_end(ctx, machine, handle)
  return ctx.machines.run(machine, handle, args.argv, {
    cwd = args.cwd, timeout = args.timeout or policy.ask("timeouts.exec"), on_output = on_output,
  })
end

-- The provider holds the deadline of the command while it is heard. This one, a little later, holds
-- while the reader of stdout sleeps.
local function in_time(seconds, run, ...)
  local due = clock.monotonic() + seconds
  local code, failure = task.try(task.timeout, seconds + UNHEARD_SECONDS, run, ...)
  if not failure then return code end
  -- a provider has shorter limits of its own
  if failure.op ~= "task.timeout" or clock.monotonic() < due then err.raise(failure) end
  err.raise(err.new{
    kind = "timeout", op = "machine",
    message = ("not done within %g s: the reader of stdout takes nothing"):format(seconds),
  })
end

--- Runs a command in a started machine, and returns its exit code; nil when a person has left its
--- terminal. When os2 ends early, the command is ended as far as the platform allows it.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param args {argv: string[], cwd: string?, timeout: number?, is_attached: boolean?, is_tty:
---  boolean?, input: string?}
---@param on_output fun(stream: "stdout"|"stderr", data: string)
---@return integer?
function M.run_in(ctx, machine, args, on_output)
  M.check_started(ctx, machine)
  local is_session = args.is_attached or args.is_tty
  local seconds = args.timeout or policy.ask(is_session and "timeouts.session" or "timeouts.exec")
  return in_time(seconds, is_session and session().run or run_alone, ctx, machine, args, on_output)
end

--- Runs a command in a machine. Its output goes to stdout and stderr as it arrives, with --json
--- into the document.
---@param args {machine: string, argv: string[], cwd: string?, timeout: number?, json: boolean?,
---  is_attached: boolean?, is_tty: boolean?}
---@return table fields
---@return nil text  because the output was written already
---@return nil failure
---@return integer code  the exit code of the command
function M.run(args)
  M.check_words(args.argv, args.cwd)
  if args.is_attached or args.is_tty then session().check(args) end
  local ctx = open.context(args)
  local _ <close> = not args.is_attached and stdin.refuse(ctx) or nil
  local machine = open.machine(ctx, args.machine)
  local on_output, output = new_sink(args.json)
  local _ <close> = open.known(ctx, machine, function()
    return with_output({ seconds = open.seconds(ctx) }, output)
  end)
  local code = M.run_in(ctx, machine, args, on_output)
  return with_output({
    name = machine.name, id = machine.id, code = code, provider = ctx.provider.name,
    seconds = open.seconds(ctx),
  }, output), nil, nil, code
end

return M
