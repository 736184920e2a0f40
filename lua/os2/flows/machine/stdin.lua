--- Refuses input on stdin: a machine's command gets no stdin, so the input would be lost silently.
local err = require("os2.err")
local fs = require("os2.fs")
local task = require("os2.task")

---@class os2.flows.machine.stdin
local M = {}

local STDIN <const> = 0
local HINT <const> = "`os2 machine exec -i` sends it to the command; or pass --no-stdin when the "
  .. "input is for another program, as in a `while read` loop"

--- Raises `invalid` (exit 2) when stdin has input. Returns a value to close when the command has
--- ended: it warns of input that has arrived since, from a slow writer. An open pipe without data
--- (a CI job, ssh), an empty pipe, a terminal and /dev/null are no input.
---@param ctx os2.flows.machine.ctx
---@return any closing
function M.refuse(ctx)
  if ctx.args.is_stdin_left then return nil end
  if fs.has_input(STDIN) then
    err.raise(err.new{
      kind = "invalid", exit = "usage", op = "machine", hint = HINT,
      message = "there is input on stdin, but the command in the machine gets no stdin",
    })
  end
  return task.defer(function()
    if not fs.has_input(STDIN) then return end
    ctx.ui:warn("input came on stdin, but the command in the machine gets no stdin; " .. HINT)
  end)
end

return M
