--- Machines: made, looked at, changed, spoken to; a function for each sub-command of
--- scripts/machine.lua.

---@class os2.flows.machine
local M = {}

-- Where each sub-command is, and under which name.
local PLACES <const> = {
  create = { "create", "run" }, list = { "look", "list" }, get = { "look", "get" },
  url = { "look", "url" }, start = { "change", "run" }, stop = { "change", "run" },
  archive = { "change", "run" }, delete = { "change", "run" }, exec = { "exec", "run" },
  logs = { "exec", "logs" }, cp = { "copy", "run" }, each = { "each", "run" },
}

--- Runs a sub-command.
---@param args table  its arguments; `action` names it
---@return table fields  of the result
---@return string? text  for stdout
---@return os2.Err? failure  where the result is that something is wrong
---@return integer? code  where the exit code of another program is passed on
function M.run(args)
  local place = PLACES[args.action]
  return require("os2.flows.machine." .. place[1])[place[2]](args)
end

return M
