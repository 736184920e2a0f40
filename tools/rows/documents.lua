--- Writes docs/json.md: the JSON document of every command, out of what the commands declare.
local commands = require("os2.help.commands")
local document = require("os2.cli.document")
local shape = require("os2.base.shape")

local M = {}

local HEAD <const> = [[
# JSON documents

With `--json` a command's stdout is one JSON document on one line, in success and failure alike;
`--result FILE` writes the same to a file. This page is made by `tools/rows.lua` out of what the
commands declare; tests hold the commands to it.

- A command's document always has the same keys; what is not known is null. A `?` behind a type says
  that null is possible; a field of a record that has one may be absent as well. Where the words of
  `os2 machine` cannot be read, which of its commands is meant is not known: then only the common
  keys are there.
- The keys stand in one order: `schema`, `ok`, `exit`, `error`, then by the alphabet.
- `ok` says whether the exit code is 0, `exit` is that code. A command in a machine that ends with a
  code of its own (`os2 machine exec`) is not ok and has no `error`: nothing of os2 failed.
- A failure has the fields of the result that are known all the same: after a deadline the `id` of
  what goes on without us. Messages are for people, ids are in fields.

## Every document

]]

local function rows_of(fields, prefix, lines)
  for _, field in ipairs(fields) do
    local name = prefix .. field.name
    lines[#lines + 1] = ("| `%s` | %s | %s |"):format(name, field.type, field.doc)
    if field.shape then
      local is_list = field.type:match("^list") ~= nil
      rows_of(field.shape.fields, name .. (is_list and "[]." or "."), lines)
    end
  end
  return lines
end

local function table_of(declared)
  local lines = rows_of(shape.new("document", declared).fields, "",
    { "| key | type | what it is |", "|---|---|---|" })
  return table.concat(lines, "\n") .. "\n"
end

local function section(title, declared)
  return ("## os2 %s\n\n%s"):format(title, table_of(declared))
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
  local parts = { HEAD .. table_of(document.COMMON) }
  for _, name in ipairs(commands.names()) do of_command(name, parts) end
  return table.concat(parts, "\n")
end

return M
