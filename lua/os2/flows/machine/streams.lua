--- Copies as a tar stream on stdin or stdout, which "-" stands for, as `docker cp` does.
local err = require("os2.err")
local exec = require("os2.flows.machine.exec")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local helper = require("os2.run.helper")
local places = require("os2.flows.machine.places")
local policy = require("os2.policy")
local proc = require("os2.proc")
local run_options = require("os2.run.options")

---@class os2.flows.machine.streams
local M = {}

--- Raises `invalid` (exit 2) when stdout cannot take a tar.
---@param args {json: boolean?}
function M.check_stdout(args)
  if args.json then
    places.refuse("the tar and the JSON document would both go to stdout", "use --result FILE")
  end
  if fs.is_terminal(1) then
    places.refuse("stdout is a terminal, and `-` writes a tar", "send it to a file or to tar -x")
  end
end

--- Raises `invalid` (exit 2) when stdin is a terminal, which cannot send a tar.
function M.check_stdin()
  if not fs.is_terminal(0) then return end
  places.refuse("stdin is a terminal, and `-` reads a tar", "send one: tar -c DIR | …")
end

--- Writes files of a machine to stdout as a tar.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param source os2.flows.machine.source
function M.to_stdout(ctx, machine, source)
  ctx.machines.read_tar(machine, source, function(bytes) exec.write_through("stdout", bytes) end,
    function(words) ctx.ui:warn(("%s: %s"):format(source.word, words)) end)
end

-- A program reads os2's stdin, so that the read does not block the loop.
local function stdin_pieces(process)
  local words = {}
  return function()
    for event in process do
      if event.stream == "stdout" then return event.data end
      words[#words + 1] = event.data
    end
    if err.check(process:result()).code == 0 then return nil end
    places.refuse("stdin cannot be read: " .. foreign.message(table.concat(words)))
  end
end

--- Unpacks the tar on stdin into a directory of a machine.
---@param ctx os2.flows.machine.ctx
---@param machine os2.machine
---@param path string
function M.from_stdin(ctx, machine, path)
  if ctx.machines.kind_at(machine, path) ~= "directory" then
    places.refuse_missing(("machine %s has no directory %s"):format(machine.name, path),
      "make it first: `-` is a tar that is unpacked in a directory")
  end
  local argv = { "cat" }
  if run_options.guard then run_options.guard.allow(argv, "cat") end
  local process <close> = proc.spawn(argv, {
    env = helper.changes("cat"), stdin = "inherit", timeout = policy.ask("timeouts.transfer"),
  })
  ctx.machines.write_tar(machine, path, stdin_pieces(process))
end

return M
