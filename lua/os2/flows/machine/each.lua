--- Runs one command in many machines: once per machine, and every result is kept.
---
--- Before a command is sent, its handle is written to the log. A run that resumes with the log asks
--- the machine whether the command ran, instead of running it twice.
local clock = require("os2.clock")
local err = require("os2.err")
local exec = require("os2.flows.machine.exec")
local foreign = require("os2.text.foreign")
local json = require("os2.json")
local kept = require("os2.flows.machine.kept")
local known = require("os2.flows.known")
local open = require("os2.flows.machine.open")
local policy = require("os2.policy")
local prefixed = require("os2.flows.machine.prefixed")
local refusal = require("os2.base.refusal")
local run_log = require("os2.flows.machine.run_log")
local select_machines = require("os2.flows.machine.select")
local shown = require("os2.flows.machine.shown")
local stdin = require("os2.flows.machine.stdin")
local task = require("os2.task")
local terminal = require("os2.text.terminal")
local wait = require("os2.flows.machine.wait")

---@class os2.flows.machine.each
local M = {}

local refuse = refusal.of("machine.each", "usage")

local function is_same(one, other)
  return table.concat(one, "\0") == table.concat(other, "\0")
end

local function has_other_labels(given, own)
  for key, value in pairs(given) do
    if own[key] ~= value then return true end
  end
  return false
end

-- A run that resumes takes command, directory and labels from its log.
local function check_resumed(ctx, run)
  local args = ctx.args
  local function refuse_other(what)
    refuse(("%s is the log of %s"):format(args.resume, what),
      "pass only --resume to go on with that run, or start a new one with --log")
  end
  if #args.argv > 0 and not is_same(args.argv, run.argv) then
    refuse_other("another command: " .. table.concat(run.argv, " "))
  end
  if has_other_labels(args.labels, run.labels) then refuse_other("machines with other labels") end
  if args.cwd and args.cwd ~= run.cwd then refuse_other("another directory") end
  if run.provider ~= ctx.provider.name then refuse_other("the provider " .. run.provider) end
  return run
end

local function new_run(ctx)
  local args = ctx.args
  exec.check_words(args.argv, args.cwd)
  if #args.argv == 0 then
    refuse("no command is given",
      "write it after --: " .. open.command(ctx, "each", "--label KEY=VALUE -- uptime"))
  end
  if not select_machines.is_any(args) and not args.is_all then
    refuse("no machines are selected", "select them with --label, or pass --all")
  end
  local cutoff = select_machines.cutoff(args)
  return {
    argv = json.array(args.argv), labels = args.labels, cwd = args.cwd,
    provider = ctx.provider.name, snapshot = args.snapshot, is_not_latest = args.is_not_latest,
    made_before = cutoff and clock.iso(math.floor(cutoff)),
  }
end

-- Two logs of one run would each have a part only, so both options must name the same file.
local function log_path(args)
  if args.log and args.resume and args.log ~= args.resume then
    refuse(("--log %s and --resume %s name two logs of one run"):format(args.log, args.resume),
      "leave out --log: a resumed run writes to its own log")
  end
  return args.resume or args.log
end

--- Returns the counts of a run in words.
---@param counts {ok: integer, failed: integer, skipped: integer}
---@return string
function M.words(counts)
  return ("%d ok, %d failed, %d skipped"):format(counts.ok, counts.failed, counts.skipped)
end

local function show_progress(ctx)
  local counts = ctx.counts
  ctx.phase:show(("%d of %d · %s"):format(counts.ok + counts.failed + counts.skipped, ctx.total,
    M.words(counts)))
end

-- Counts a machine by its line in the log.
local function count(ctx, line)
  local key = line.ok and "ok" or "failed"
  ctx.counts[key] = ctx.counts[key] + 1
  if not line.ok then
    table.insert(ctx.failed, {
      name = line.machine, id = line.id, code = line.code,
      message = line.error and line.error.message,
    })
  end
  show_progress(ctx)
end

-- Without a log, only this warning says which machine failed and how.
local function warn(ctx, line)
  if line.error then return ctx.ui:warn(("%s: %s"):format(line.machine, line.error.message)) end
  if line.ok or ctx.log.file then return end
  local last = foreign.last_line(line.stderr)
  ctx.ui:warn(("%s: exit code %d%s"):format(line.machine, line.code,
    last ~= "" and ": " .. last or ""))
end

local function skip(ctx, machine, why)
  ctx.log:write("skipped", { id = machine.id, machine = machine.name, why = why })
  ctx.counts.skipped = ctx.counts.skipped + 1
  show_progress(ctx)
end

-- Runs the command, or continues with what a killed run has started. Returns the exit code.
local function run_in(ctx, machine, visit, on_output)
  -- a machine that only the log names may still exist, because lists lag behind
  if machine.state == "gone" then machine = open.machine(ctx, machine.id) end
  local options = {
    cwd = ctx.run.cwd, timeout = ctx.args.timeout or policy.ask("timeouts.exec"),
    on_output = on_output,
  }
  if visit.handle then return ctx.machines.resume(machine, visit.handle, ctx.run.argv, options) end
  visit.handle = ctx.machines.prepare(machine, ctx.run.argv, { cwd = ctx.run.cwd })
  ctx.log:write("begun", { id = machine.id, machine = machine.name, handle = visit.handle })
  return ctx.machines.run(machine, visit.handle, ctx.run.argv, options)
end

local function result_of(machine, visit, code, failure)
  return {
    id = machine.id, machine = machine.name, ok = code == 0, code = code,
    error = failure and { kind = failure.kind, message = foreign.message(failure.message) },
    stdout = visit.output:text("stdout"), stderr = visit.output:text("stderr"),
    cut = visit.output.is_cut,
    seconds = math.floor((clock.monotonic() - visit.started) * 1000) / 1000,
  }
end

local function nothing() end

-- Returns the function that shows a machine's output, and the one that ends it.
local function shown_of(ctx, machine, output)
  if not ctx.shown then return nothing, nothing end
  if ctx.args.output ~= "group" then return ctx.shown:of(machine.name) end
  return nothing, function()
    for _, stream in ipairs{ "stdout", "stderr" } do
      ctx.shown:write_group(machine.name, stream, output:bytes(stream))
    end
    if output.is_cut then
      ctx.ui:warn(machine.name .. ": more was written than machine.output_limit keeps")
    end
  end
end

local function run_one(ctx, machine)
  local begun = ctx.known.begun[machine.id]
  local visit = {
    handle = begun and begun.handle, started = clock.monotonic(), output = kept.new(),
  }
  local show, end_show = shown_of(ctx, machine, visit.output)
  local code, failure = task.try(ctx.pace.call, ctx.pace, "authenticated", run_in, ctx, machine,
    visit, function(stream, data)
      visit.output:add(stream, data)
      show(stream, data)
    end)
  end_show()
  local line = result_of(machine, visit, code, failure)
  ctx.log:write("done", line)
  -- released only now: until the result is in the log, a later run must be able to ask for it
  if visit.handle then task.try(ctx.machines.release, machine, visit.handle) end
  warn(ctx, line)
  count(ctx, line)
end

-- Waits for a machine that is on its way to run. Returns nil and the reason when it will not run.
local function await_start(ctx, machine)
  if not policy.ask("machine.awaited", { machine = machine }) then
    return nil, "it is " .. tostring(machine.state)
  end
  local started, failure = task.try(wait.state, ctx, machine, {
    wanted = "started", timeout = policy.ask("timeouts.machine_start"),
    hint = "look at it: " .. open.command(ctx, "get", machine.name),
  })
  if started then return started end
  ctx.ui:warn(("%s: %s"):format(machine.name, foreign.message(failure.message)))
  return nil, foreign.message(failure.message)
end

local function visit(ctx, machine)
  local done, why = ctx.known.done[machine.id], nil
  if done then return count(ctx, done) end
  local found = machine
  if machine.state ~= "started" and machine.state ~= "gone" then
    found, why = await_start(ctx, machine)
  end
  if not found then return skip(ctx, machine, why) end
  run_one(ctx, found)
end

local function selection_of(run)
  return {
    labels = run.labels, snapshot = run.snapshot, is_not_latest = run.is_not_latest,
    made_before = run.made_before, is_every = true,
  }
end

-- Returns the machines of the run: those that are listed, and those that only the log knows.
local function find_machines(ctx)
  local machines, listed = {}, {}
  for page in select_machines.pages(ctx, selection_of(ctx.run)) do
    for _, machine in ipairs(page) do
      machines[#machines + 1] = machine
      listed[machine.id] = true
    end
  end
  for _, lines in ipairs{ ctx.known.done, ctx.known.begun } do
    for id, line in pairs(lines) do
      if not listed[id] then
        listed[id] = true
        machines[#machines + 1] = { id = id, name = line.machine, state = "gone" }
      end
    end
  end
  return machines
end

local function check_found(ctx, machines)
  if #machines > 0 then return end
  local words = shown.label_words(ctx.run.labels, ", ")
  err.raise(err.new{
    kind = "not_found", op = "machine.each",
    message = words == "" and "there is no machine"
      or ("there is no machine with the label %s"):format(words),
    hint = ("`%s` lists the machines"):format(open.command(ctx, "list")),
  })
end

local function visit_all(ctx, machines)
  local next_index = 1
  local function work()
    while next_index <= #machines do
      local machine = machines[next_index]
      next_index = next_index + 1
      visit(ctx, machine)
    end
  end
  task.group(function(group)
    for _ = 1, math.min(ctx.args.limit or policy.ask("machine.limit"), #machines) do
      group:spawn(work)
    end
  end)
end

local function tell_way_on(ctx, path)
  return task.defer(function(failure)
    if failure and path then
      ctx.ui:note(("%s so far; go on: %s"):format(M.words(ctx.counts),
        open.command(ctx, "each", "--resume " .. path)))
    end
  end)
end

local function failure_of(counts, total)
  if counts.failed == 0 then return nil end
  return err.new{
    kind = "invalid", op = "machine.each",
    message = ("the command failed in %d of %s"):format(counts.failed,
      terminal.plural(total, "machine")),
  }
end

local function is_quiet(args)
  return args.is_quiet or args.output == "none"
end

-- Reads from the arguments and the log what to run, and where.
local function prepare(ctx, log)
  ctx.log, ctx.known = log, log.known or { begun = {}, done = {} }
  ctx.run = ctx.run or check_resumed(ctx, log.known.run)
  ctx.counts, ctx.failed = { ok = 0, failed = 0, skipped = 0 }, json.array{}
  local machines = find_machines(ctx)
  check_found(ctx, machines)
  log:write("run", ctx.run)
  ctx.total = #machines
  local is_shown = not (is_quiet(ctx.args) or ctx.args.json or ctx.args.is_dry_run)
  ctx.shown = is_shown and prefixed.new(ctx.ui, machines) or nil
  return machines
end

-- A machine is skipped that does not run, and is not on its way to run.
local function is_to_visit(ctx, machine)
  if ctx.known.done[machine.id] then return false end
  return machine.state == "started" or machine.state == "gone"
    or policy.ask("machine.awaited", { machine = machine }) == true
end

-- Returns the result of a run that only tells in which machines the command would run.
local function run_dry(ctx, machines)
  local names, records = {}, json.array{}
  for _, machine in ipairs(machines) do
    if is_to_visit(ctx, machine) then
      names[#names + 1] = terminal.clean(machine.name)
      records[#records + 1] = shown.fields(machine)
    end
  end
  local others = #machines - #names
  ctx.ui:note("dry run, nothing was changed" .. (others > 0
    and ("; %s would be passed over"):format(terminal.plural(others, "machine")) or ""))
  return {
    machines = records, failed = ctx.failed, provider = ctx.provider.name,
    seconds = open.seconds(ctx), dry_run = true,
  }, names[1] and table.concat(names, "\n") or nil
end

--- Runs a command in every started machine with these labels, also in those that are starting, once
--- they have, and returns the counts. Output goes
--- to stdout and stderr: each line after its machine's name, with `output` "group" all of a machine
--- when its command has ended, and nothing with "none", `is_quiet` and for a JSON document. A
--- failure in one machine does not stop the others; when any failed, the result has a failure. With
--- `is_dry_run` nothing runs, and the words are the names of the machines in which it would.
--- Raises `not_found` when there is no such machine.
---@param args {labels: table<string, string>, argv: string[], limit: integer?, log: string?,
---  resume: string?, cwd: string?, timeout: number?, is_quiet: boolean?, output:
---  string?, json: boolean?, is_dry_run: boolean?}
---@return table fields
---@return string? words  "487 ok, 11 failed, 2 skipped", with `is_quiet`
---@return os2.Err? failure
function M.run(args)
  local ctx = open.context(args)
  local _ <close> = stdin.refuse(ctx)
  local path = log_path(args)
  local _ <close> = known.on_failure(function()
    return {
      counts = ctx.counts, failed = ctx.failed, log = path, provider = ctx.provider.name,
      seconds = open.seconds(ctx),
    }
  end)
  ctx.run = not args.resume and new_run(ctx) or nil
  local open_log = args.is_dry_run and run_log.look or run_log.open
  local log <close> = open_log(path, args.resume ~= nil)
  local machines = prepare(ctx, log)
  if args.is_dry_run then return run_dry(ctx, machines) end
  local _ <close> = tell_way_on(ctx, path)
  local phase <close> = ctx.ui:phase("each")
  ctx.phase = phase
  visit_all(ctx, machines)
  phase:done(M.words(ctx.counts))
  local failure = failure_of(ctx.counts, #machines)
  return {
    counts = ctx.counts, failed = ctx.failed, log = path, provider = ctx.provider.name,
    seconds = open.seconds(ctx),
  }, is_quiet(args) and M.words(ctx.counts) or nil, ctx.shown and ctx.shown.failure or failure
end

return M
