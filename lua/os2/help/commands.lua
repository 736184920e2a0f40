--- os2's own commands and the user's, read without running them; for `os2 help`, completion and the
--- tables in docs/.
local blank = require("os2.text.blank")
local cli = require("os2.cli")
local fs = require("os2.fs")
local own_scripts = require("os2.run.own_scripts")
local script_text = require("os2.help.script_text")
local user_scripts = require("os2.run.user_scripts")

---@class os2.help.commands
local M = {}

--- Returns the names of all commands, sorted: os2's own and the user's.
---@return string[]
function M.names()
  local names, others = own_scripts.names(), user_scripts.names()
  table.move(others, 1, #others, #names + 1, names)
  table.sort(names)
  return names
end

--- Returns the names of os2's own commands, sorted.
---@return string[]
function M.own_names()
  return own_scripts.names()
end

-- A user's script is run up to `cli.run`, and may not wait: what it does stands behind that.
local function command_of_user(name)
  local path = user_scripts.find(name)
  if not path or not script_text.is_command(fs.read(path)) then return nil end
  local chunk, why = loadfile(path, "t")
  if not chunk then error(why, 0) end
  local command
  string.gsub("once", "once", function() command = cli.command_of(chunk) end) -- cannot yield
  return command
end

--- Returns a command's description; nil when there is no such command, or its script declares none.
---@param name string
---@return os2.cli.command?
function M.find(name)
  if not own_scripts.has(name) then return command_of_user(name) end
  return cli.command_of(assert(loadfile(own_scripts.path(name), "t")))
end

--- Returns a command's summary and, of a script of the user's, its path. Runs no script of the
--- user's.
---@param name string
---@return string summary
---@return string? path
function M.summary(name)
  if own_scripts.has(name) then return M.find(name).summary end
  local path = assert(user_scripts.find(name))
  return script_text.summary(fs.read(path)), path
end

--- Returns the summary and the comment of a user's script that is no command; nil for others.
---@param name string
---@return {name: string, summary: string, text: string}?
function M.plain(name)
  local path = not own_scripts.has(name) and user_scripts.find(name)
  if not path then return nil end
  local text = fs.read(path)
  return { name = name, summary = script_text.summary(text), text = script_text.comment(text) }
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
