--- The subcommands of scripts/machine.lua, which make, read, change and use machines.

---@class os2.flows.machine
local M = {}

-- The module and the function of each subcommand.
local PLACES <const> = {
  create = { "create", "run" }, list = { "look", "list" }, get = { "look", "get" },
  url = { "look", "url" }, start = { "change", "run" }, stop = { "change", "run" },
  archive = { "change", "run" }, delete = { "change", "run" }, exec = { "exec", "run" },
  logs = { "logs", "run" }, cp = { "copy", "run" }, each = { "each", "run" },
  shell = { "session", "shell" },
}

--- Runs a subcommand.
---@param args table  its arguments; `action` is the name of the subcommand
---@return table fields  of the result
---@return string? text  for stdout
---@return os2.Err? failure  when the result is that something is wrong
---@return integer? code  when the exit code of another program is passed on
function M.run(args)
  local place = PLACES[args.action]
  return require("os2.flows.machine." .. place[1])[place[2]](args)
end

return M
