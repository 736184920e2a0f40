--- What `os2 help NAME` shows: a command, a module, a verb or operation, and a policy.
local commands = require("os2.help.commands")
local err = require("os2.err")
local reference = require("os2.help.reference")
local help_text = require("os2.help.text")
local json = require("os2.json")
local kinds = require("os2.help.kinds")
local nearest = require("os2.text.nearest")
local policy = require("os2.policy")
local help_policies = require("os2.help.policies")
local terminal = require("os2.text.terminal")
local user_scripts = require("os2.run.user_scripts")

---@class os2.help.find
local M = {}

---@class os2.help.find.found
---@field name string
---@field command? {name: string, summary: string, text: string}
---@field help? table  from `os2.help.reference.lookup`
---@field error? os2.help.kinds.row
---@field policies? table[]  records of `policy.explain`: one, or all of a group

local function policy_names()
  local names = {}
  for index, record in ipairs(policy.list()) do names[index] = record.name end
  return names
end

local function all_names()
  local names = reference.names()
  for _, list in ipairs{ commands.names(), policy_names(), kinds.names() } do
    table.move(list, 1, #list, #names + 1, names)
  end
  return names
end

local function refuse(name, message, hint)
  err.raise(err.new{
    kind = "not_found", exit = "usage", op = "help", message = message:format(name), hint = hint,
  })
end

local function refuse_action(command, action)
  local known = commands.actions(command)
  refuse(action, "os2 " .. command.name .. " has no command named %s", #known == 0
    and ("`os2 help %s` tells what it takes"):format(command.name)
    or nearest.hint(action, known, "its commands are " .. table.concat(known, ", ")))
end

local function find_command(name, action)
  local command = commands.find(name)
  if not command then return not action and commands.plain(name) or nil end
  local text = commands.help(command, action)
  if not text then refuse_action(command, action) end
  return { name = command.name, summary = command.summary, text = text }
end

local function explanation(name)
  local record = policy.explain(name, true)
  record.changes = json.array(record.changes)
  return record
end

-- Returns the policy with that name, or all policies of that group.
local function find_policies(name)
  local found = {}
  for _, known in ipairs(policy_names()) do
    local is_meant = known == name or known:match("^[^.]+") == name
    if is_meant then found[#found + 1] = explanation(known) end
  end
  return found[1] and found or nil
end

--- Returns what a name stands for; a second word is a subcommand (`machine exec`). Raises
--- `not_found` with the nearest names of all of them.
---@param name string
---@param action? string
---@return os2.help.find.found
function M.find(name, action)
  local found = { name = name, command = find_command(name, action) }
  if action then
    return found.command and found
      or refuse(name .. " " .. action, "there is no command named %s", "`os2 help` lists all")
  end
  found.help, found.error = reference.lookup(name), kinds.find(name)
  local is_group = not name:find(".", 1, true)
  local is_found = found.command or found.help or found.error
  if not (is_group and is_found) then found.policies = find_policies(name) end
  if is_found or found.policies then return found end
  refuse(name,
    "there is no command, verb, operation, policy or kind of error named %s",
    nearest.hint(name, all_names(), "`os2 help` lists the modules, `os2 policy list` the policies"))
end

local function policy_text(records)
  return records[2] and help_policies.list(records) or help_policies.explanation(records[1])
end

--- Returns the found parts as text.
---@param found os2.help.find.found
---@return string
function M.text(found)
  local parts = {}
  if found.command then parts[1] = found.command.text end
  if found.help then parts[#parts + 1] = help_text.of(found.help) end
  if found.error then parts[#parts + 1] = kinds.text(found.error) end
  if found.policies then parts[#parts + 1] = policy_text(found.policies) end
  return table.concat(parts, "\n\n")
end

--- Returns the commands; those of the user have the path of their script.
---@return {name: string, summary: string, path: string?}[]
function M.commands()
  local list = {}
  for index, name in ipairs(commands.names()) do
    local summary, path = commands.summary(name)
    list[index] = { name = name, summary = summary, path = path }
  end
  return list
end

local function add_commands(lines, is_shown)
  for _, command in ipairs(M.commands()) do
    if is_shown(command) then
      lines[#lines + 1] = terminal.clean(("%-10s %s"):format(command.name, command.summary))
    end
  end
end

local function add_user_scripts(lines)
  if not user_scripts.names()[1] then return end
  lines[#lines + 1] = ("\nScripts in %s:"):format(user_scripts.places())
  add_commands(lines, function(command) return command.path ~= nil end)
end

--- Returns an overview of all commands, modules and policies.
---@return string
function M.overview()
  local lines = { "Commands, each with --help:" }
  add_commands(lines, function(command) return command.path == nil end)
  add_user_scripts(lines)
  lines[#lines + 1] = "\nModules that scripts have at hand:"
  lines[#lines + 1] = help_text.all(reference.modules(), reference.apis())
  lines[#lines + 1] = "Policies: `os2 policy list`, one: `os2 help cache.ttl`."
  return table.concat(lines, "\n")
end

return M
