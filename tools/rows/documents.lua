--- Writes docs/json.md: the JSON document of every command, from the commands' declarations.
local commands = require("os2.help.commands")
local document = require("os2.cli.document")
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
  as well. When os2 cannot parse the command line of `os2 machine`, it does not know which of its
  commands is meant, and the document has only the common keys.
- The keys have one order: `schema`, `ok`, `exit`, `error`, then the others alphabetically.
- `exit` is the exit code, and `ok` says whether it is 0. When the program that `os2 machine exec`
  runs ends with a code other than 0, `ok` is false and `error` is null, because os2 did not fail.
- The document of a failure has those fields of the result that are known. After a deadline, for
  example, it has the `id` of the snapshot that may still finish. Messages are for people; programs
  read ids from the fields.

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
      rows_of(field.shape.fields, name .. (is_list and "[]." or "."), lines)
    end
  end
  return lines
end

local function list_of(declared)
  return table.concat(rows_of(shape.new("document", declared).fields, "", {}), "\n") .. "\n"
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

--- Returns the text of docs/json.md.
---@return string
function M.text()
  local parts = { HEAD .. list_of(document.COMMON) }
  for _, name in ipairs(commands.names()) do of_command(name, parts) end
  return table.concat(parts, "\n")
end

return M
