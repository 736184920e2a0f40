--- What --help shows besides argparse's text: the defaults of options, and sections after the
--- options.
---
--- The texts are made on request, because most runs show no help.

---@class os2.cli.help
local M = {}

-- A fault in a policy file must not prevent the help; it is only a warning then.
local function policies()
  if not package.loaded["os2.policy"] then
    for _, fault in ipairs(require("os2.run.policy_files").faults()) do
      require("os2.report.progress").warn(tostring(fault))
    end
  end
  return require("os2.policy")
end

-- Returns the value of a policy; nil when it is empty, or when a function decides.
local function value_of(name)
  local record = policies().explain(name)
  local value = record.value
  if record.computed or value == nil or value == "" then return nil end
  if type(value) == "table" and next(value) == nil then return nil end
  return require("os2.help.policies").value(record)
end

local function default_words(default, policy)
  if not policy then return default end
  return ("%s (policy %s)"):format(value_of(policy) or default or "none", policy)
end

--- Sets the description of an option or argument, and its default, which --help shows.
---@param element table  argparse
---@param fields {description: string, default: string?, policy: string?, completes: string?}
---  default: in words; policy: the name of the policy whose value is the default; completes: what a
---  shell offers for it: "machine", "snapshot", "policy", "topic", "file" or "directory"
---@return table element
function M.describe(element, fields)
  element:description(fields.description)
  element.os2_completes = fields.completes
  element.os2_default = fields.default or fields.policy
  if not element.os2_default then return element end
  function element:_get_description()
    local words = default_words(fields.default, fields.policy)
    return ("%s Default: %s."):format(self._description, words)
  end
  return element
end

local function groups_of(given)
  local groups = table.move(given or {}, 1, #(given or {}), 1, {})
  groups[#groups + 1] = "os2"
  return groups
end

local NARROW_COLUMNS <const> = 70

-- Sets the width of a parser's help: that of the terminal, 100 columns at most. In a narrow one the
-- descriptions begin further to the left. Returns the width.
local function set_width(parser)
  local width = require("os2.help.width").columns()
  parser:help_max_width(width)
  if width >= NARROW_COLUMNS then return width end
  parser:usage_max_width(width)
  parser:usage_margin(4)
  parser:help_description_margin(8)
  return width
end

local function extend(parser, said)
  local get_help = parser.get_help
  function parser:get_help()
    local width = set_width(self)
    return require("os2.text.locale").shown(get_help(self) .. "\n\n"
      .. require("os2.help.sections").of(self, said(), width))
  end
end

local function said_of(command, own)
  return {
    examples = own.examples or {}, environment = groups_of(own.environment or command.environment),
    is_passing = own.is_passing_code or false,
  }
end

--- Adds to the help of a command and its subcommands what the command declares.
---@param parser table  argparse
---@param command os2.cli.command
function M.add(parser, command)
  extend(parser, function() return said_of(command, command) end)
  for _, sub in ipairs(parser._commands) do
    extend(sub, function()
      return said_of(command, command.subcommands and command.subcommands[sub._name] or {})
    end)
  end
end

return M
