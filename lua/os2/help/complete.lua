--- Finds what may stand at the end of a command line. The words come from the declarations that
--- --help is made of, so completion knows each option that there is.
local cli = require("os2.cli")
local commands = require("os2.help.commands")
local usage = require("os2.help.usage")

---@class os2.help.complete
local M = {}

---@class os2.help.complete.found
---@field words string[][]  {word, description} of each
---@field kind string?  what stands here besides: "file", "directory", "machine", "snapshot"
---@field given table<string, string>  values of the options before it: option -> value

---@class os2.help.complete.place  where the last word stands
---@field parser table  argparse
---@field element table?  the option whose value it is, or the argument
---@field is_only_value boolean  options cannot stand here
---@field given table<string, string>

local KINDS_OF_ARGNAMES <const> = { FILE = "file", DIR = "directory", MODE = "progress" }
local KINDS_OF_NAMES <const> = {
  machine = "machine", snapshot = "snapshot", snapshots = "snapshot", ["--snapshot"] = "snapshot",
}

local function first_sentence(text)
  local sentence = (text or ""):match("^(.-%.)%s") or text or ""
  return (sentence:gsub("%.$", ""))
end

local function option_named(parser, word)
  local found
  repeat
    for _, option in ipairs(parser._options) do
      for _, alias in ipairs(option._aliases) do
        if alias == word then found = option end
      end
    end
    parser = parser._parent
  until found or not parser
  return found
end

local function subcommand_named(parser, word)
  for _, sub in ipairs(parser._commands) do
    if sub._name == word then return sub end
  end
end

-- ---- reading the words before the last one ----

local function argument_at(parser, count)
  for _, argument in ipairs(parser._arguments) do
    if count < argument._maxargs then return argument end
    count = count - argument._maxargs
  end
end

---@class os2.help.complete.reader
---@field parser table
---@field count integer  arguments so far, of the parser's own
---@field open table?  an option that waits for its value
---@field is_only_value boolean
---@field given table<string, string>

local function read_option(reader, word)
  local name, value = word:match("^(%-%-[^=]+)=(.*)$")
  local option = option_named(reader.parser, name or word)
  if not option then return end
  if value then reader.given[name] = value
  elseif option._maxargs > 0 then reader.open = option end
end

local function read_plain(reader, word)
  local sub = reader.count == 0 and subcommand_named(reader.parser, word)
  if sub then reader.parser = sub else reader.count = reader.count + 1 end
end

local function read(reader, word)
  if reader.open then
    reader.given[reader.open._aliases[#reader.open._aliases]], reader.open = word, nil
  elseif reader.is_only_value then
    reader.count = reader.count + 1
  elseif word == "--" then
    reader.is_only_value = true
  elseif word:sub(1, 1) == "-" then
    read_option(reader, word)
  else
    read_plain(reader, word)
  end
end

-- ---- what may stand there ----

local function add(found, word, description)
  found.words[#found.words + 1] = { word, first_sentence(description) }
end

local function add_all(found, rows)
  for _, row in ipairs(rows) do add(found, row[1], row[2]) end
end

local function add_options(found, parser)
  repeat
    for _, option in ipairs(parser._options) do
      for _, alias in ipairs(option._aliases) do add(found, alias, option._description) end
    end
    parser = parser._parent
  until not parser
end

local function policies()
  local list = {}
  for index, record in ipairs(require("os2.policy").list()) do
    list[index] = { record.name, record.doc }
  end
  return list
end

local function command_words()
  local list = {}
  for index, name in ipairs(commands.names()) do
    list[index] = { name, (commands.summary(name)) }
  end
  return list
end

local function topics()
  local list, decisions = command_words(), policies()
  for _, module in ipairs(require("os2.help.reference").modules()) do
    list[#list + 1] = { module.module, module.summary }
  end
  return table.move(decisions, 1, #decisions, #list + 1, list)
end

local function modes()
  local list = {}
  for index, mode in ipairs(require("os2.report.progress.mode").WORDS) do
    list[index] = { mode, "" }
  end
  return list
end

-- The kinds whose words are known without any request.
local LISTS <const> = { policy = policies, topic = topics, progress = modes }

local function kind_of(element)
  return element.os2_completes or KINDS_OF_ARGNAMES[element._argname]
    or KINDS_OF_NAMES[element._name]
end

local function add_values(found, element)
  for _, choice in ipairs(element._choices or {}) do add(found, choice, element._description) end
  local kind = kind_of(element)
  local list = LISTS[kind]
  if not list then
    found.kind = kind
    return
  end
  add_all(found, list())
end

local function at_command(reader)
  local found = { words = {}, given = reader.given }
  if reader.open then
    add_values(found, reader.open)
    return found
  end
  if not reader.is_only_value then add_options(found, reader.parser) end
  if reader.count == 0 then
    for _, sub in ipairs(reader.parser._commands) do add(found, sub._name, sub._description) end
  end
  local argument = argument_at(reader.parser, reader.count)
  if argument then add_values(found, argument) end
  return found
end

local function of_command(name, words, from)
  local command = commands.find(name)
  if not command then return { words = {}, kind = "file", given = {} } end
  local reader = { parser = cli.parser(command), count = 0, is_only_value = false, given = {} }
  for index = from, #words - 1 do read(reader, words[index]) end
  return at_command(reader)
end

-- ---- os2's own options ----

-- The option's word, and whether a value follows it.
local function own_option(row)
  local word, value = row[1]:match("^(%S+)%s*(%S*)$")
  return word, value ~= "" and value or nil
end

local function own_words()
  local found = { words = {}, kind = "file", given = {} }
  add_all(found, command_words())
  for _, row in ipairs(usage.options()) do
    add(found, (own_option(row)), row[2])
  end
  add(found, "-e", "run a chunk of Lua")
  add(found, "-i", "run statements as you type them")
  return found
end

local function value_of(word)
  for _, row in ipairs(usage.options()) do
    local own, value = own_option(row)
    if own == word then return value end
  end
end

-- Returns the index of the word that names the command; nil when it is not there yet, and then the
-- name of the value that the last word is.
local function command_index(words)
  local index = 1
  while index < #words do
    if words[index]:sub(1, 1) ~= "-" then return index end
    local value = value_of(words[index])
    if value and index + 1 == #words then return nil, value end
    index = index + (value and 2 or 1)
  end
end

local function own_value(value)
  local found = { words = {}, kind = KINDS_OF_ARGNAMES[value], given = {} }
  if value == "MODE" then found.words = modes() end
  return found
end

local function everything(words)
  local index, value = command_index(words)
  if index then return of_command(words[index], words, index + 1) end
  return value and own_value(value) or own_words()
end

-- `--option=` is a part of the word: the values stand behind it.
local function split(words)
  local last = words[#words]
  local option, value = last:match("^(%-%-[^=]+=)(.*)$")
  if not option then return words, last, "" end
  local split_words = table.move(words, 1, #words - 1, 1, {})
  split_words[#words] = option:sub(1, -2)
  split_words[#words + 1] = value
  return split_words, value, option
end

--- Returns what may stand in the place of the last word, so far as it begins with what is written.
---@param words string[]  the words behind `os2`; the last one is the word to complete, maybe ""
---@return os2.help.complete.found
---@return string written  the last word, without an option's name before it
---@return string before  what each word gets in front: "--option=" or ""
function M.at(words)
  local all, written, before = split(words)
  local found, fitting = everything(all), {}
  for _, row in ipairs(found.words) do
    local is_shown = row[1]:sub(1, 1) ~= "-" or written:sub(1, 1) == "-"
    if is_shown and row[1]:sub(1, #written) == written then fitting[#fitting + 1] = row end
  end
  found.words = fitting
  return found, written, before
end

return M
