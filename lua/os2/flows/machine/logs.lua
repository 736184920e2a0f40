--- Prints what the own programs of machines have written, or follows it.
local clock = require("os2.clock")
local err = require("os2.err")
local exec = require("os2.flows.machine.exec")
local json = require("os2.json")
local kept = require("os2.flows.machine.kept")
local known = require("os2.flows.known")
local open = require("os2.flows.machine.open")
local prefixed = require("os2.flows.machine.prefixed")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.machine.logs
local M = {}

--- Passes on what a machine's own program has written.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param args {is_following: boolean?, tail: integer?, since: number?}  since: seconds ago
---@param on_output fun(stream: "stdout"|"stderr", data: string)
function M.read(ctx, machine, args, on_output)
  -- a stopped container still has its output, a stopped sandbox does not
  if not ctx.provider.is_local then exec.check_started(ctx, machine) end
  ctx.machines.logs(machine, {
    follow = args.is_following, tail = args.tail, on_output = on_output,
    since = args.since and clock.now() - args.since or nil,
  })
end

local function fields_of(machine, output)
  local fields = { name = machine.name, id = machine.id }
  if not output then return fields end
  fields.stdout, fields.stderr = output:text("stdout"), output:text("stderr")
  fields.cut = output.is_cut
  return fields
end

local function run_one(ctx, machine)
  local output = ctx.args.json and kept.new() or nil
  local _ <close> = open.known(ctx, machine, function() return fields_of(machine, output) end)
  M.read(ctx, machine, ctx.args, output and function(stream, data) output:add(stream, data) end
    or exec.write_through)
  local fields = fields_of(machine, output)
  fields.provider = ctx.provider.name
  return fields
end

-- Returns the function that takes a machine's output, and the one that ends it.
local function sink_of(shown, machine, output)
  if shown then return shown:of(machine.name) end
  return function(stream, data) output:add(stream, data) end, function() end
end

-- What takes no output any more ends the run; what a machine refuses ends only its own log.
local function read_among(ctx, machine, shown, found)
  local output = not shown and kept.new() or nil
  local take, finish = sink_of(shown, machine, output)
  local _, failure = task.try(M.read, ctx, machine, ctx.args, function(stream, data)
    take(stream, data)
    if shown and shown.failure then err.raise(shown.failure) end
  end)
  finish()
  if shown and shown.failure then err.raise(shown.failure) end
  local fields = fields_of(machine, output)
  if failure then
    fields.message = failure.message
    ctx.ui:warn(("%s: %s"):format(machine.name, failure.message))
  end
  found[#found + 1] = fields
  return failure
end

local function failure_of(failures, count)
  local first = failures[1]
  if not first then return nil end
  if #failures == count and count == 1 then return first end
  return err.new{
    kind = first.kind, op = "machine.logs", message = ("%d of %s: %s"):format(#failures,
      terminal.plural(count, "log"), first.message),
  }
end

local function run_all(ctx, machines)
  local shown = not ctx.args.json and prefixed.new(ctx.ui, machines) or nil
  local found, failures = json.array{}, {}
  local function fields() return { machines = found, provider = ctx.provider.name } end
  local _ <close> = known.on_failure(fields)
  task.group(function(group)
    for _, machine in ipairs(machines) do
      group:spawn(function()
        local failure = read_among(ctx, machine, shown, found)
        if failure then failures[#failures + 1] = failure end
      end)
    end
  end)
  return fields(), nil, failure_of(failures, #machines)
end

local function find(ctx, names)
  local machines, seen = {}, {}
  for _, name in ipairs(names) do
    local machine = open.machine(ctx, name)
    if not seen[machine.id] then machines[#machines + 1] = machine end
    seen[machine.id] = true
  end
  return machines
end

--- Prints the logs. With several machines each line begins with its machine's name; a log that
--- cannot be read is a warning, and the result has a failure.
---@param args {machines: string[], is_following: boolean?, tail: integer?, since: number?, json:
---  boolean?}  since: seconds ago
---@return table fields
---@return nil text  because the output was written already
---@return os2.Err? failure
function M.run(args)
  local ctx = open.context(args)
  local machines = find(ctx, args.machines)
  if #machines == 1 then return run_one(ctx, machines[1]) end
  return run_all(ctx, machines)
end

return M
