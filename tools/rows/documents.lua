--- Writes docs/json.md: the JSON document of every command, from the commands' declarations, and
--- the events of `--progress json`, from the display's.
local commands = require("os2.help.commands")
local document = require("os2.cli.document")
local events = require("os2.report.progress.events")
local markdown = require("os2.help.markdown")
local shape = require("os2.base.shape")

local M = {}

local HEAD <const> = [[
# JSON documents

With `--json`, a command writes one JSON document on one line to stdout, for success and failure
alike. `--result FILE` writes the same document to a file. `tools/rows.lua` generates this page from
what the commands declare, and tests hold the commands to it.

- A document of a command always has the same keys. The value of a key that is not known is null. A
  `?` after a type says that null is possible. A field of a record that has a `?` may be absent
  as well. When os2 cannot parse the command line of a command with subcommands, it does not know
  which of them is meant, and the document has only the common keys.
- The keys have one order: `schema`, `ok`, `exit`, `error`, then the others alphabetically.
- `exit` is the exit code, and `ok` says whether it is 0. When the program that `os2 machine exec`
  runs ends with a code other than 0, `ok` is false and `error` is null, because os2 did not fail.
- The document of a failure has those fields of the result that are known. After a deadline, for
  example, it has the `id` of the snapshot that may still finish. Messages are for people; programs
  read ids from the fields.
- After `os2 --dry-run`, and only then, a document also has `plan`, the list of what would change:
  `kind` (daytona, toolbox, docker, http, websocket, file, process or git), `verb`, and, where they
  apply, `method`, `target`, `text` and `fields`. See [dry-run.md](dry-run.md).

The keys of a table or of the records of a list stand below it: `error.kind`, `machines[].id`.

## Every document

]]

local function rows_of(fields, prefix, lines)
  for _, field in ipairs(fields) do
    local name = prefix .. field.name
    lines[#lines + 1] = markdown.item(("`%s` (%s): %s"):format(name, field.type,
      markdown.plain(field.doc)))
    if field.shape then
      local is_list = field.type:match("^list") ~= nil
      rows_of(shape.fields(field.shape), name .. (is_list and "[]." or "."), lines)
    end
  end
  return lines
end

local function list_of(declared)
  return table.concat(rows_of(shape.fields(shape.new("document", declared)), "", {}), "\n") .. "\n"
end

local function section(title, declared)
  return ("## os2 %s\n\n%s"):format(title, list_of(declared))
end

local function of_command(name, parts)
  local command = commands.find(name)
  if command.document then parts[#parts + 1] = section(name, command.document) end
  for _, action in ipairs(commands.actions(command)) do
    local declared = command.documents and command.documents[action]
    if declared then parts[#parts + 1] = section(name .. " " .. action, declared) end
  end
end

local EVENTS <const> = [[
## Events of a run

With `--progress json`, or `OS2_PROGRESS=json`, every line that a command writes to stderr is one
event as a JSON object, from the first phase to the error of a run that fails. Two things are
written as they are: what a program of the user writes to stderr (the command of `os2 machine exec`,
the daemon of `os2 entry`), and an error in the command line before `--progress` is read.

- A field that is not known (`?`) is left out. The fields stand in the order of this list.
- New events and fields may be added without a new `schema`. A program ignores those that it does
  not know.
- Texts have no secrets: they are masked as all output is.

Every event has these fields:

]]

local function item(name, said)
  local type_name, doc = said:match("^(.-): (.+)$")
  return markdown.item(("`%s` (%s): %s"):format(name, type_name, markdown.plain(doc)))
end

local function items_of(fields, lines)
  for _, field in ipairs(fields) do lines[#lines + 1] = item(field[1], field[2]) end
  return table.concat(lines, "\n") .. "\n"
end

local function events_text()
  local parts = { EVENTS .. items_of(events.COMMON, {}) }
  for _, event in ipairs(events.EVENTS) do
    parts[#parts + 1] = ("### %s\n\n%s\n\n%s"):format(event[1], event[2], items_of(event[3], {}))
  end
  return table.concat(parts, "\n")
end

--- Returns the text of docs/json.md.
---@return string
function M.text()
  local parts = { HEAD .. list_of(document.COMMON) }
  for _, name in ipairs(commands.names()) do of_command(name, parts) end
  parts[#parts + 1] = events_text()
  return table.concat(parts, "\n")
end

return M
