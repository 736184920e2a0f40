--- What stands on stdin is for nobody: a machine's command is given none. Dropped without a word,
--- it would be lost.
local err = require("os2.err")
local fs = require("os2.fs")
local task = require("os2.task")

---@class os2.flows.machine.stdin
local M = {}

local STDIN <const> = 0
local HINT <const> = "copy it into the machine first (os2 machine cp), or say --no-stdin where it "
  .. "is for somebody else, as in a `while read` loop"

--- Refuses (exit 2) what stands on stdin already. Returns a value that is to be closed when the
--- command has ended: what came later, from a slow writer, is warned of. A pipe that is open
--- without data (a CI job, ssh), an empty one, a terminal and /dev/null are no input.
---@param ctx os2.flows.machine.ctx
---@return any closing
function M.refuse(ctx)
  if ctx.args.is_stdin_left then return nil end
  if fs.has_input(STDIN) then
    err.raise(err.new{
      kind = "invalid", exit = "usage", op = "machine", hint = HINT,
      message = "there is input on stdin, and the command in the machine is given none",
    })
  end
  return task.defer(function()
    if not fs.has_input(STDIN) then return end
    ctx.ui:warn("input came on stdin, and the command in the machine was given none; " .. HINT)
  end)
end

return M
