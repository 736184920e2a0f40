--- os2's own commands, read without running them; for `os2 help` and the tables in docs/.
local blank = require("os2.text.blank")
local cli = require("os2.cli")
local own_scripts = require("os2.run.own_scripts")

---@class os2.help.commands
local M = {}

--- Returns the names of all commands, sorted.
---@return string[]
function M.names()
  return own_scripts.names()
end

--- Returns a command's description; nil when there is no such command.
---@param name string
---@return os2.cli.command?
function M.find(name)
  if not own_scripts.has(name) then return nil end
  return cli.command_of(assert(loadfile(own_scripts.path(name), "t")))
end

local function sub_parser(parser, name)
  for _, sub in ipairs(parser._commands) do
    if sub._name == name then return sub end
  end
end

--- Returns the names of a command's subcommands ("exec" of "machine"), in their order.
---@param command os2.cli.command
---@return string[]
function M.actions(command)
  local names = {}
  for index, sub in ipairs(cli.parser(command)._commands) do names[index] = sub._name end
  return names
end

--- Returns the --help text of a command, or of one of its subcommands; nil when there is no such
--- subcommand.
---@param command os2.cli.command
---@param action? string
---@return string?
function M.help(command, action)
  local parser = cli.parser(command, action and { action })
  parser = action and sub_parser(parser, action) or not action and parser
  return parser and blank.trim_end(parser:get_help()) or nil
end

return M
