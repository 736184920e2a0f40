--- The frame of a command: it parses arguments and writes the result, in the same way for all.
---
--- stdout carries the result and nothing else. With `--json` the result is one JSON document with a
--- `schema` number, for success and failure alike. `--result FILE` writes the same document to a
--- file.
local argparse = require("argparse")
local blank = require("os2.text.blank")
local document = require("os2.cli.document")
local env = require("os2.env")
local err = require("os2.err")
local globals = require("os2.cli.globals")
local help = require("os2.cli.help")
local arguments = require("os2.base.arguments")
local options = require("os2.run.options")
local policy_files = require("os2.run.policy_files")
local command_result = require("os2.cli.result")
local parts = require("os2.cli.parts")
local refusal = require("os2.base.refusal")
local scheduler = require("os2.run.scheduler")

---@class os2.cli
local M = {}

---@class os2.cli.command
---@field name string  the word after `os2` on the command line
---@field summary string  one sentence for --help
---@field args? fun(parser: table)  adds the command's own arguments (argparse)
---@field run fun(args: table, faults: os2.Err[]): table, string?, table?, integer?  returns the
---  result's fields; its text for stdout; an error, when the result is that something is wrong; and
---  an exit code, when that of another program is passed on
---@field document? os2.cli.declared  the fields of the result, besides those that all documents
---  have
---@field documents? table<string, os2.cli.declared>  the same for each subcommand, by its name
---@field is_fault_shown? boolean  a fault in a policy file does not stop the command: `run` gets
---  the faults, and those that are not its failure are printed as warnings
---@field lists? table<string, string>  action ("" without any) -> the field of its document that
---  is a list: `run`
---  writes it with `args.listing` (`os2.cli.listing`), and the subcommand has --jsonl
---@field examples? string[][]  for --help: {what it does, the command line}
---@field environment? string[]  for --help: groups of `os2.help.variables` that the command reads
---@field subcommands? table<string, os2.cli.subcommand>  the same for each subcommand
---@field parts? string[][]  {name, summary} of each subcommand of a command that also runs without
---  one; scripts/COMMAND/NAME.lua describes it (`os2.cli.part`), and `args` are the command's alone
---@field has_own_context? boolean  the command's --context has a meaning of its own, not os2's
---@field failure_exit? fun(words: string[]): string?  returns the name of the exit code for every
---  failure; for commands that pass on the exit code of another program

---@class os2.cli.subcommand
---@field examples string[][]
---@field environment? string[]  by default those of the command
---@field is_passing_code? boolean  the exit code of another program is passed on

local function refuse(parser, message)
  if parser.os2_refuse then parser.os2_refuse() end
  local hint = ("run `%s --help` to see what it takes"):format(parser:_get_fullname())
  local number = message:match("^unknown option '%-%d'") -- as in --keep -1, and near to no option
  if number then
    message, hint = number, "write a value that begins with - as --OPTION=VALUE, or " .. hint
  end
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage", message = blank.join_lines(message, "; "),
    hint = hint,
  })
end

-- The properties of an argparse element, in the order in which they are set.
local PROPERTIES <const> = {
  "target", "argname", "choices", "args", "count", "init", "action",
}

local DESCRIBED <const> = {
  description = true, default = true, policy = true, completes = true, convert = true,
}
for _, property in ipairs(PROPERTIES) do DESCRIBED[property] = true end

-- What such an option names must be named: an empty value comes of a variable that is not set, and
-- would mean something else than the option does.
local NAMING <const> = { NAME = true, PREFIX = true, REGION = true, WHERE = true }

--- Refuses an empty name, as argparse's `convert`.
---@param text string
---@return string?
---@return string?
function M.named(text)
  if text ~= "" then return text end
  return nil, "'' names nothing; write a name (a variable in its place may not be set)"
end

-- A message about a value names the option or the argument that it was given to.
local function naming(name, convert)
  return function(text)
    local value, why = convert(text)
    if value == nil and why then return nil, ("%s %s"):format(name, why) end
    return value, why
  end
end

local function set_convert(element, name, fields)
  local convert = fields.convert
  if not (convert or fields.action) and NAMING[fields.argname] then convert = M.named end
  if convert then element:convert(naming(name:match("%-%-%S+") or name, convert)) end
  return element
end

local function set_properties(element, caller, fields)
  for field in pairs(fields) do
    if not DESCRIBED[field] then
      arguments.misuse(("%s: unknown option '%s'"):format(caller, tostring(field)))
    end
  end
  for _, property in ipairs(PROPERTIES) do
    if fields[property] ~= nil then element[property](element, fields[property]) end
  end
  return help.describe(element, fields)
end

--- Adds an option with a value to a parser. `policy` names the policy whose value holds without the
--- option; `default` says in words what holds where there is no such policy or no value of it.
--- --help shows both. The other fields are argparse's properties.
---@param parser table  argparse
---@param name string  "--timeout"
---@param fields {description: string, default: string?, policy: string?, [string]: any}
---@return table option
function M.option(parser, name, fields)
  return set_properties(set_convert(parser:option(name), name, fields), "cli.option", fields)
end

--- Adds an argument to a parser, as `option` adds an option.
---@param parser table  argparse
---@param name string
---@param fields {description: string, default: string?, policy: string?, [string]: any}
---@return table argument
function M.argument(parser, name, fields)
  return set_properties(set_convert(parser:argument(name), name, fields), "cli.argument", fields)
end

-- Options of the command alone are unknown to its sub-commands: `delete --dry-run` must not delete.
local function new_parser(command, words)
  local named = parts.named(command, words)
  local parser = argparse("os2 " .. command.name, command.summary)
  parser.error = refuse
  parser:flag("--json"):description("Print one JSON document instead of text.")
  M.option(parser, "--result", { argname = "FILE", default = "none",
    description = "Write the JSON document to FILE too." })
  if command.args and not named then command.args(parser) end
  parts.add(parser, command, words)
  parser:group("Options", table.unpack(parser._options))
  globals.add(parser, command.has_own_context and not named, words)
  help.add(parser, command)
  return parser
end

--- Returns the parser (argparse) of a command.
---@param command os2.cli.command
---@param words? string[]  of a command line, when the parser of one sub-command is wanted
---@return table
function M.parser(command, words)
  return new_parser(command, words)
end

--- Returns the word of a command line behind the options that every command has: the name of a
--- subcommand, when it has one.
---@param words string[]
---@return string?
function M.first_word(words)
  return parts.first_word(words)
end

-- A fault in a policy file stops a run, except for commands that report such faults.
local function load_policies(command)
  if command.is_fault_shown then return policy_files.faults() end
  policy_files.check()
  return {}
end

-- Loaded only where something is told of the run, because most runs are told to nobody.
local function watch(command, args)
  local wants = {
    github = options.github or options.github == nil and env.get("GITHUB_ACTIONS") ~= nil,
    trace = not options.guard and (env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
      or env.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) ~= nil,
  }
  if not (wants.github or wants.trace) then return nil end
  local name = args.action and command.name .. " " .. args.action or command.name
  return require("os2.ci.watch").open(name, wants)
end

local function warn(faults, failure)
  for _, fault in ipairs(faults) do
    if fault ~= failure then require("os2.report.progress").warn(tostring(fault)) end
  end
end

local take -- set by `command_of`: takes the command instead of running it

--- Returns the command that a script passes to `run`, without running it; nil when it passes none.
---@param script fun()  the chunk of the script
---@return os2.cli.command?
function M.command_of(script)
  local found
  take = function(command) found = command end
  local ok, failure = pcall(script)
  take = nil
  if not ok then error(failure, 0) end
  return found
end

--- Runs a command with the script's own arguments (`arg`) and writes its result. An error is raised
--- on after its document was written, if one was requested; the host then prints the error line and
--- exits with the code of the error's kind.
---@param command os2.cli.command
---@param argv? string[]  by default the global `arg`
function M.run(command, argv)
  arguments.check("cli.run", command, {
    name = "string", summary = "string", args = "function?", run = "function",
    document = "table?", documents = "table?", failure_exit = "function?",
    is_fault_shown = "boolean?", has_own_context = "boolean?", examples = "table?",
    environment = "table?", subcommands = "table?", parts = "table?", lists = "table?",
  })
  parts.declare(command)
  if take then return take(command) end
  options.command = command.name
  local words = argv or arg
  local outputs = command_result.scan(words)
  local named = parts.named(command, words)
  outputs.declared = named and command.documents[named] or command.document
  outputs.failure_exit = command.failure_exit and command.failure_exit(words)
  local _ <close> = command_result.on_failure(outputs)
  outputs.is_parsing = true
  local args = new_parser(command, words):parse(words)
  outputs.is_parsing, outputs.json, outputs.result = false, args.json, nil
  outputs.declared = command.documents and command.documents[args.action] or command.document
  command_result.check_path(args.result)
  outputs.result = args.result
  local _ <close> = command_result.open_listing(outputs, args, command.lists)
  local faults = load_policies(command)
  local watching <close> = watch(command, args)
  if watching then watching.failure_exit = outputs.failure_exit end
  if args.environment then require("os2.run.doppler").load(args.environment) end
  local fields, text, failure, code = parts.run(command, words, args, faults)
  if watching then watching:result(fields, code) end
  command_result.emit(outputs, document.new(fields, failure, code, outputs.declared), text)
  warn(faults, failure)
  if failure then err.raise(failure) end
  if code and code ~= 0 then scheduler.exit(code) end
end

--- Adds a flag to a parser, as `option` adds an option.
---@param parser table  argparse
---@param name string
---@param fields {description: string, policy: string?, [string]: any}
---@return table flag
function M.flag(parser, name, fields)
  return set_properties(parser:flag(name), "cli.flag", fields)
end

local function range_words(least, most)
  return most and ("from %d to %d"):format(least, most) or ("of at least %d"):format(least)
end

--- Turns an option's text into a whole number within a range, for argparse's `convert`.
---@param least integer
---@param most? integer
---@return fun(text: string): integer?, string?
function M.integer(least, most)
  return function(text)
    local value = text:match("^%d+$") and math.tointeger(tonumber(text))
    if value and value >= least and value <= (most or math.maxinteger) then return value end
    return nil, ("'%s' is not a whole number %s"):format(text, range_words(least, most))
  end
end

--- Makes, of a function that says whether a text may be taken, one for argparse's `convert`.
---@param check fun(text: string): boolean?, string?  nil and the rule
---@return fun(text: string): string?, string?
function M.checked(check)
  return function(text)
    local ok, why = check(text)
    if ok then return text end
    return nil, ("'%s' is not taken: %s"):format(text, why)
  end
end

--- Turns an option's text into seconds above 0, for argparse's `convert`.
---@param text string
---@return number?
---@return string?
function M.seconds(text)
  local value = text:match("^[%d.]+$") and tonumber(text)
  if value and value > 0 and value < math.huge then return value end
  return nil, ("'%s' is not a number of seconds above 0"):format(text)
end

local UNITS <const> = { s = 1, m = 60, h = 3600, d = 24 * 3600, [""] = 1 } -- seconds

--- Turns an option's text into a length of time, for argparse's `convert`: "30d", "12h", "45m",
--- "90s", or a number of seconds.
---@param text string
---@return number? seconds
---@return string?
function M.duration(text)
  local number, unit = text:match("^(%d+%.?%d*)([smhd]?)$")
  if number then return tonumber(number) * UNITS[unit] end
  return nil, ("'%s' is no length of time: write 30d, 12h, 45m or 90s"):format(text)
end

local refuse_word = refusal.of("usage", "usage")

local function value_of_environment(key)
  local value = os.getenv(key) -- not env.get, because an empty value counts here
  if value then return value end
  refuse_word(("%s has no value: the environment has no %s"):format(key, key),
    "set it, or write KEY=VALUE")
end

--- Stores `KEY=VALUE` in a table, for argparse's `action`. KEY alone takes the value of the
--- environment variable, so that a secret need not be on the command line. Raises `invalid` (exit
--- 2) when that variable is not set.
---@param result table
---@param target string
---@param argument string
function M.pair(result, target, argument)
  local key, value = argument:match("^([^=]*)=(.*)$")
  key = key or argument
  if key == "" then refuse_word(("'%s' has no name"):format(argument), "write KEY=VALUE") end
  result[target][key] = value or value_of_environment(key)
end

--- Stores a label, `KEY=VALUE`, in a table, for argparse's `action`. Raises `invalid` (exit 2) for
--- anything else: a label that was dropped would select other machines than intended.
---@param result table
---@param target string
---@param argument string
function M.label(result, target, argument)
  local key, value = argument:match("^([^=]+)=(.*)$")
  if not key or not utf8.len(argument) then
    refuse_word(("--label '%s' is not KEY=VALUE"):format(argument),
      "write --label KEY=VALUE, in UTF-8")
  end
  result[target][key] = value
end

--- Adds `--jsonl` to the parser of a subcommand that `lists` names.
---@param parser table  argparse
function M.listing_options(parser)
  parser:flag("--jsonl"):target("is_jsonl")
    :description("Print one JSON object a line, each page as it comes; a run that fails ends with "
      .. "the document of its failure.")
end

--- Adds the option that loads an environment's secrets from Doppler. `--env` is its short form,
--- except for machines, where that sets a variable.
---@param parser table  argparse
---@param names? string  by default "--environment --env"
function M.environment_option(parser, names)
  M.option(parser, names or "--environment --env", { target = "environment", argname = "NAME",
    default = "none",
    description = "Load the secrets of dev, stg or prd from Doppler, or check that they are its." })
end

--- Adds the options that select snapshots: `--prefix`, `--provider` and `--environment`.
---@param parser table  argparse
---@param environment_names? string  as for `environment_option`
function M.snapshot_options(parser, environment_names)
  M.option(parser, "--prefix", { argname = "PREFIX",
    default = "OS2_PREFIX, or else DAYTONA_SNAPSHOT_PREFIX",
    description = "The prefix of the snapshots' names." })
  M.provider_option(parser, environment_names)
end

--- Adds the option `--provider` to a parser.
---@param parser table  argparse
---@param environment_names? string  as for `environment_option`
function M.provider_option(parser, environment_names)
  M.environment_option(parser, environment_names)
  M.option(parser, "--provider", { choices = { "daytona", "docker" },
    default = "OS2_PROVIDER, or else daytona",
    description = "Where snapshots live; docker is this machine's engine, without any key." })
end

return M
