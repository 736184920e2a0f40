--- The sub-commands of a command that also does something without one: each is described by a file
--- of its own, scripts/COMMAND/NAME.lua, which is read when it is needed.
local err = require("os2.err")
local own_scripts = require("os2.run.own_scripts")

---@class os2.cli.parts
local M = {}

---@class os2.cli.part
---@field args? fun(parser: table)  adds the sub-command's own arguments (argparse)
---@field run fun(args: table): table, string?, table?, integer?  as the command's
---@field document os2.cli.declared  the fields of the result
---@field examples string[][]
---@field environment? string[]  by default those of the command
---@field list? string  the field of the document that is a list, as `lists` of the command

-- The options that every command has, and how many words each takes.
local WORDS_OF <const> = {
  ["--json"] = 1, ["-v"] = 1, ["--verbose"] = 1, ["--isolated"] = 1, ["--result"] = 2,
  ["--github"] = 1, ["--no-github"] = 1,
  ["--policy"] = 2, ["--context"] = 2, ["--progress"] = 2,
}

--- Returns the word behind the options that every command has; nil when there is none, or another
--- option comes first, whose value it could be.
---@param words string[]
---@return string?
function M.first_word(words)
  local index = 1
  while words[index] and words[index]:sub(1, 1) == "-" do
    local name, value = words[index]:match("^([^=]*)(=?)")
    if not WORDS_OF[name] then return nil end
    index = index + (value == "=" and 1 or WORDS_OF[name])
  end
  return words[index]
end

local loaded = {}

local function load_part(command, name)
  local path = own_scripts.path(command.name .. "/" .. name)
  loaded[path] = loaded[path] or assert(loadfile(path, "t"))()
  return loaded[path]
end

local function has(command, name)
  for _, row in ipairs(command.parts or {}) do
    if row[1] == name then return true end
  end
  return false
end

-- Returns a table whose values are made of the sub-commands, each when it is asked for.
local function of_parts(command, value_of)
  return setmetatable({}, { __index = function(_, name)
    return has(command, name) and value_of(load_part(command, name)) or nil
  end })
end

--- Fills in what the command declares by its sub-commands: `documents`, `lists`, `subcommands`.
---@param command os2.cli.command
function M.declare(command)
  if not command.parts then return end
  command.lists = of_parts(command, function(part) return part.list end)
  command.documents = of_parts(command, function(part) return part.document end)
  command.subcommands = of_parts(command, function(part)
    return { examples = part.examples, environment = part.environment }
  end)
end

--- Returns the name of the sub-command that the words begin with; nil when they begin with none.
---@param command os2.cli.command
---@param words? string[]
---@return string?
function M.named(command, words)
  local name = words and M.first_word(words)
  return name and has(command, name) and name or nil
end

local function refuse_late(command, name)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage",
    message = ("the command %s stands behind options of `os2 %s`"):format(name, command.name),
    hint = ("write it first: os2 %s %s …"):format(command.name, name),
  })
end

--- Adds the sub-commands to a parser. Those that are not run have their names and summaries only;
--- for the help (without words) all are whole.
---@param parser table  argparse
---@param command os2.cli.command
---@param words? string[]
function M.add(parser, command, words)
  if not command.parts then return end
  local named = M.named(command, words)
  parser:command_target("action"):require_command(false)
  for _, row in ipairs(command.parts) do
    local name = row[1]
    local sub = parser:command(name, row[2])
    -- what the parser finds fault with then is not what is wrong
    sub.os2_refuse = words and not named and function() refuse_late(command, name) end or nil
    local part = (not words or name == named) and load_part(command, name)
    if part and part.args then part.args(sub) end
  end
end

--- Runs the sub-command that the arguments name, or the command alone.
---@param command os2.cli.command
---@param words string[]
---@param args table
---@param faults os2.Err[]
function M.run(command, words, args, faults)
  if not (command.parts and args.action) then return command.run(args, faults) end
  if not M.named(command, words) then refuse_late(command, args.action) end
  return load_part(command, args.action).run(args)
end

return M
