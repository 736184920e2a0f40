--- The frame of a command: arguments in, result out, the same contract for every script.
---
--- stdout carries the result and nothing else. With `--json` it is one JSON document with a
--- `schema` number, for success and failure alike; `--result FILE` writes the same document to a
--- file.
local argparse = require("argparse")
local document = require("os2.cli.document")
local err = require("os2.err")
local fs = require("os2.fs")
local opts = require("os2.opts")
local policy_files = require("os2.policy.files")
local scheduler = require("os2.task.scheduler")

---@class os2.cli
local M = {}

---@class os2.cli.command
---@field name string  as it is typed after `os2`
---@field summary string  one sentence for --help
---@field args? fun(parser: table)  adds the command's own arguments (argparse)
---@field run fun(args: table): table, string?, table?, integer?  returns the result's fields, its
---  text for stdout, an error where the result is that something is wrong, and the exit code where
---  that of another program is passed on
---@field failure_exit? fun(words: string[]): string?  the name of the exit code of every failure,
---  for commands that pass on the code of another one

local function refuse(parser, message)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage", message = message:gsub("%s*\n%s*", "; "),
    hint = ("run `%s --help` to see what it takes"):format(parser:_get_fullname()),
  })
end

local function new_parser(command)
  local parser = argparse("os2 " .. command.name, command.summary)
  parser:help_max_width(100)
  parser.error = refuse
  parser:flag("--json"):description("Print one JSON document instead of text.")
  parser:option("--result"):argname("FILE")
    :description("Write the JSON document to FILE too.")
  if command.args then command.args(parser) end
  return parser
end

-- Arguments that cannot be parsed still say where their failure belongs; what stands behind `--`
-- belongs to another program.
local function scan_outputs(argv)
  local outputs = {}
  for index, word in ipairs(argv) do
    if word == "--" then break end
    if word == "--json" then outputs.json = true end
    outputs.result = word:match("^%-%-result=(.+)") or outputs.result
    if word == "--result" then outputs.result = argv[index + 1] end
  end
  return outputs
end

-- Found out after the work, a place that is not there would lose the result.
local function check_result_path(path)
  local directory = path and (path:match("^(.*)/[^/]*$") or ".")
  local found = path and fs.stat(path)
  if found and found.mode == "directory" then
    err.raise(err.new{
      kind = "invalid", exit = "usage", op = "usage", hint = "name a file in it",
      message = ("--result %s is a directory"):format(path),
    })
  end
  if not directory or fs.exists(directory == "" and "/" or directory) then return end
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage",
    message = ("--result %s: there is no directory %s"):format(path, directory),
    hint = "make the directory first",
  })
end

local function emit(outputs, fields, text)
  outputs.is_written = true
  local json = (outputs.json or outputs.result) and document.encode(fields)
  if outputs.json then
    io.stdout:write(json, "\n")
  elseif text then
    io.stdout:write(text, "\n")
  end
  io.stdout:flush()
  if outputs.result then document.write(outputs.result, json) end
end

-- `--help` ends the run with os.exit, which is no failure to write down.
local function is_to_tell(outputs, failure)
  return failure ~= nil and not outputs.is_written
    and not (outputs.is_parsing and err.is(failure, "cancelled"))
end

-- A to-be-closed value rather than pcall: the host still sees the traceback of the error itself.
local function on_failure(outputs)
  return setmetatable({}, {
    __close = function(_, failure)
      if outputs.failure_exit and err.is(failure) then failure.exit = outputs.failure_exit end
      if not is_to_tell(outputs, failure) then return end
      -- Whatever goes wrong here must not hide the failure itself.
      local ok, why = pcall(emit, outputs, document.failure(failure))
      if not ok then io.stderr:write("os2: ", tostring(why), "\n") end
    end,
  })
end

--- Runs a command with the script's own arguments (`arg`) and writes its result. An error writes
--- the failure's document where one was asked for and goes on to the host, which prints its line
--- and exits with the kind's code.
---@param command os2.cli.command
---@param argv? string[]  by default the global `arg`
function M.run(command, argv)
  opts.check("cli.run", command, {
    name = "string", summary = "string", args = "function?", run = "function",
    failure_exit = "function?",
  })
  local words = argv or arg
  local outputs = scan_outputs(words)
  outputs.failure_exit = command.failure_exit and command.failure_exit(words)
  local _ <close> = on_failure(outputs)
  outputs.is_parsing = true
  local args = new_parser(command):parse(words)
  outputs.is_parsing, outputs.json, outputs.result = false, args.json, nil
  check_result_path(args.result)
  outputs.result = args.result
  policy_files.check()
  local fields, text, failure, code = command.run(args)
  emit(outputs, document.new(fields, failure), text)
  if failure then err.raise(failure) end
  if code and code ~= 0 then scheduler.exit(code) end
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

--- Turns an option's text into seconds above 0, for argparse's `convert`.
---@param text string
---@return number?
---@return string?
function M.seconds(text)
  local value = text:match("^[%d.]+$") and tonumber(text)
  if value and value > 0 and value < math.huge then return value end
  return nil, ("'%s' is not a number of seconds above 0"):format(text)
end

local function refuse_word(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage", message = message, hint = hint,
  })
end

local function value_of_environment(key)
  local value = os.getenv(key) -- not env.get: an empty value is a value
  if value then return value end
  refuse_word(("%s has no value: the environment has no %s"):format(key, key),
    "set it, or write KEY=VALUE")
end

--- Keeps `KEY=VALUE` in a table, for argparse's `action`; KEY alone takes the environment's value,
--- so that a value need not stand on the command line. Raises (exit 2) where it has none.
---@param result table
---@param target string
---@param argument string
function M.pair(result, target, argument)
  local key, value = argument:match("^([^=]*)=(.*)$")
  key = key or argument
  if key == "" then refuse_word(("'%s' has no name"):format(argument), "write KEY=VALUE") end
  result[target][key] = value or value_of_environment(key)
end

--- Keeps a label, `KEY=VALUE`, in a table, for argparse's `action`. Raises (exit 2) for all else: a
--- label that is left away would choose other machines than were meant.
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

--- Adds the options that say which snapshots are meant: `--prefix` and `--provider`.
---@param parser table  argparse
function M.snapshot_options(parser)
  parser:option("--prefix"):argname("PREFIX")
    :description("Snapshot prefix; by default DAYTONA_SNAPSHOT_PREFIX.")
  parser:option("--provider"):choices{ "daytona", "docker" }
    :description("Where snapshots live; docker is this machine's engine, without any key.")
end

return M
