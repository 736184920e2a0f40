--- Formats what `os2 help` has found as text.
local blank = require("os2.text.blank")
local help_fields = require("os2.help.fields")

---@class os2.help.text
local M = {}

local WIDTH_COLUMNS <const> = 100
local WIDEST_FIELD_COLUMNS <const> = 40

local function first_line(verb)
  return (verb.doc[1] or ""):gsub("^%s+", "")
end

-- Wraps words into lines of at most WIDTH_COLUMNS columns, each after the indent.
local function wrap(words, indent, separator)
  local lines, line = {}, indent
  for index, word in ipairs(words) do
    local text = word .. (index < #words and separator or "")
    if #line + #text > WIDTH_COLUMNS then
      lines[#lines + 1], line = line, indent
    end
    line = line .. text .. (index < #words and " " or "")
  end
  lines[#lines + 1] = line
  for index, text in ipairs(lines) do lines[index] = blank.trim_end(text) end
  return table.concat(lines, "\n")
end

local function add(lines, pattern, ...)
  lines[#lines + 1] = blank.trim_end(pattern:format(...))
end

-- ---- an operation ----

local function width_of(fields, key)
  return math.min(help_fields.width(fields, key), WIDEST_FIELD_COLUMNS)
end

local function add_fields(lines, fields)
  if #fields == 0 then return end
  local name_width, type_width = width_of(fields, "name") + 1, width_of(fields, "type")
  add(lines, "  fields (* must be given)")
  for _, field in ipairs(fields) do
    local name = field.name .. (field.required and "*" or "")
    add(lines, "    %-6s  %-" .. name_width .. "s  %-" .. type_width .. "s  %s", field.place, name,
      field.type, field.unit or "")
  end
end

local function add_record(lines, record)
  if not record then return end
  local words = {}
  for word in record:gmatch("%S+") do words[#words + 1] = word end
  lines[#lines + 1] = wrap(words, "              ", "")
end

local function each_of(operation)
  local call = operation.example:gsub("%.api%.", ".each.", 1)
  return ("for item in %s do … end"):format(call)
end

local function operation_lines(operation)
  local lines = {}
  add(lines, "%s   %s %s", operation.name, operation.method, operation.path)
  if operation.deprecated then add(lines, "  deprecated  the API will drop it") end
  if operation.changes then add(lines, "  changes     something: --read-only refuses it") end
  if operation.permission then add(lines, "  permission  %s", operation.permission) end
  add_fields(lines, operation.fields)
  if operation.content then add(lines, "  body        %s, as options.body", operation.content) end
  add(lines, "  returns     %s, and the response", operation.returns)
  add_record(lines, operation.record)
  add(lines, "  raises      %s", operation.raises)
  add(lines, "  example     %s", operation.example)
  if operation.paging then add(lines, "  all pages   %s", each_of(operation)) end
  return table.concat(lines, "\n")
end

-- ---- a verb ----

local function verb_lines(module, verb)
  local lines = { ("%s.%s(%s)"):format(module, verb.name, verb.arguments) }
  for _, line in ipairs(verb.doc) do add(lines, "  %s", (line:gsub("^ ", ""))) end
  return table.concat(lines, "\n")
end

-- ---- a module ----

local function add_verbs(lines, found)
  local most = help_fields.width(found.verbs, "name")
  for _, verb in ipairs(found.verbs) do
    add(lines, "  %-" .. most .. "s  %s", verb.name, first_line(verb))
  end
end

local function add_operations(lines, found)
  local most, tag = 0, nil
  for _, operation in ipairs(found.operations) do most = math.max(most, #operation.name) end
  for _, operation in ipairs(found.operations) do
    if operation.tag ~= tag then
      tag = operation.tag
      add(lines, "\n%s", tag)
    end
    add(lines, "  %-" .. most .. "s  %-6s %s", operation.name, operation.method, operation.path)
  end
end

local function module_lines(found)
  local lines = { ("%s: %s"):format(found.module, found.summary) }
  if #found.verbs > 0 then
    lines[#lines + 1] = ""
    add_verbs(lines, found)
  end
  add_operations(lines, found)
  return table.concat(lines, "\n")
end

--- Returns the text for what `os2.help.reference.find` has found.
---@param found table
---@return string
function M.of(found)
  if found.verbs then return module_lines(found) end
  local parts = {}
  if found.verb then parts[1] = verb_lines(found.module, found.verb) end
  if found.operation then parts[#parts + 1] = operation_lines(found.operation) end
  return table.concat(parts, "\n\n")
end

--- Returns the text of all modules.
---@param modules table[]  from `os2.help.reference.modules`
---@param apis string[]
---@return string
function M.all(modules, apis)
  local lines = {}
  for _, module in ipairs(modules) do
    add(lines, "%-10s %s", module.module, module.summary)
    lines[#lines + 1] = wrap(module.verbs, "           ", ",")
  end
  add(lines, "\n`os2 help MODULE` and `os2 help MODULE.VERB` say more.")
  add(lines, "Operations of the APIs: `os2 help %s`, one: `os2 help daytona.api.create_snapshot`.",
    table.concat(apis, "`, `os2 help "))
  return table.concat(lines, "\n")
end

return M
