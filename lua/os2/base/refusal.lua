--- Errors for what a person gave and os2 refuses: `invalid`, with the exit code of its origin.
local err = require("os2.err")

---@class os2.base.refusal
local M = {}

--- Returns a function that raises such an error for one verb.
---@param op string  "machine.each"
---@param exit "usage"|"config"  the command line is wrong, or the environment or a file
---@return fun(message: string, hint?: string)
function M.of(op, exit)
  return function(message, hint)
    err.raise(err.new{ kind = "invalid", exit = exit, op = op, message = message, hint = hint })
  end
end

return M
