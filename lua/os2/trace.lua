--- Says each request on stderr when os2 runs with -v. Never headers or bodies: secrets stand there.
local options = require("os2.options")

---@class os2.trace
local M = {}

--- Writes one request: method, where, outcome (a status or a kind) and seconds.
---@param method string
---@param where string
---@param outcome string|integer
---@param seconds number
function M.request(method, where, outcome, seconds)
  if not options.verbose then return end
  io.stderr:write(("os2: %s %s  %s  %.3f s\n"):format(method, where, outcome, seconds))
end

return M
