--- The options of os2 itself, which every command accepts after its name as well.
local help = require("os2.cli.help")
local options = require("os2.run.options")

---@class os2.cli.globals
local M = {}

local function set(field, value)
  return function(_, _, given)
    options[field] = value or given
  end
end

local function option(parser, name, argname, field, described)
  return help.describe(parser:option(name):argname(argname):action(set(field)), described)
end

--- Adds the options to a command's parser.
---@param parser table  argparse
---@param command os2.cli.command
function M.add(parser, command)
  local list = {
    parser:flag("-v --verbose"):action(set("verbose", true))
      :description("Say each request, with its status and time, and tracebacks."),
    option(parser, "--policy", "FILE", "policy_file", {
      description = "Load this policy file after the others.", default = "OS2_POLICY",
    }),
    parser:flag("--isolated"):action(set("isolated", true))
      :description("No policy files but --policy's."),
  }
  if not command.has_own_context then
    list[4] = option(parser, "--context", "NAME", "docker_context", {
      description = "The Docker engine, by the name of a Docker context.",
      default = "DOCKER_HOST, or else DOCKER_CONTEXT",
    })
  end
  parser:group("Options of os2 itself, here or before the command", table.unpack(list))
end

return M
