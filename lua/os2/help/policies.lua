--- Formats the records of policies: a table for a terminal, Markdown for docs/policies.md.
local check = require("os2.base.check")
local help_fields = require("os2.help.fields")
local markdown = require("os2.help.markdown")
local sorted = require("os2.base.sorted")

---@class os2.help.policies
local M = {}

--- Returns the value in force: "300 s", "a → b" for steps, "function" when the facts decide.
---@param record table  from `policy.list`
---@return string
function M.value(record)
  if record.computed then return "function" end
  if record.type == "steps" then return table.concat(record.value, " → ") end
  if record.value == nil then return "nothing" end
  local text = type(record.value) == "string" and record.value or check.write(record.value)
  return record.unit and ("%s %s"):format(text, record.unit) or text
end

local function origin(record)
  if not record.changed then return "shipped" end
  return record.why and ("%s: %s"):format(record.set_by, record.why) or record.set_by
end

local SHOWN_COLUMNS <const> = 30

-- A long value would move the column of files out of sight; `explain` shows the whole value.
local function short(text)
  local length = utf8.len(text) or #text
  if length <= SHOWN_COLUMNS then return text .. (" "):rep(SHOWN_COLUMNS - length) end
  return text:sub(1, utf8.offset(text, SHOWN_COLUMNS) - 1) .. "…"
end

--- Returns one line for each record: name, value, the file that set it and why.
---@param records table[]
---@return string
function M.list(records)
  local width = 0
  for _, record in ipairs(records) do width = math.max(width, #record.name) end
  local lines = {}
  for index, record in ipairs(records) do
    lines[index] = ("%-" .. width .. "s  %s  %s"):format(record.name, short(M.value(record)),
      origin(record))
  end
  return table.concat(lines, "\n")
end

local function what_changed(change)
  if change.action == "drop" then return "drop " .. change.anchor end
  if change.anchor then return ("%s %s: %s"):format(change.action, change.anchor, change.step) end
  return change.action .. " " .. (change.computed and "function" or check.show(change.value))
end

local function add_fields(lines, fields, indent)
  local pattern = ("%s%%-%ds  %%-%ds  %%s"):format(indent, help_fields.width(fields, "name"),
    help_fields.width(fields, "type"))
  for _, field in ipairs(fields) do
    lines[#lines + 1] = pattern:format(field.name, field.type, field.doc)
    if field.fields then add_fields(lines, field.fields, indent .. "  ") end
  end
end

-- The policy's own facts come first.
local function with_common_last(facts)
  return help_fields.with_first(facts, function(field) return not field.is_common end)
end

local function add_given(lines, record)
  if record.facts then
    lines[#lines + 1] = "  facts"
    add_fields(lines, with_common_last(record.facts), "    ")
  elseif record.ctx then
    lines[#lines + 1] = "  ctx of each step"
    add_fields(lines, record.ctx, "    ")
  end
end

local function add_example(lines, example)
  if not example then return end
  lines[#lines + 1] = "  example"
  for _, name in ipairs(sorted.keys(example.facts)) do
    lines[#lines + 1] = ("    %s = %s"):format(name, check.write(example.facts[name]))
  end
  local words = {}
  for index, value in ipairs(example.answer) do words[index] = check.write(value) end
  lines[#lines + 1] = "    answers " .. table.concat(words, ", ")
end

--- Returns everything about one entry, including its changes.
---@param record table  from `policy.explain`
---@return string
function M.explanation(record)
  local default = { type = record.type, unit = record.unit, value = record.default,
    computed = record.type == "function" }
  local lines = {
    record.name,
    "  " .. record.doc,
    "",
    "  value    " .. M.value(record),
    "  rule     " .. record.rule,
    ("  default  %s  (%s)"):format(M.value(default), record.default_place),
  }
  if #record.changes == 0 then lines[#lines + 1] = "  changes  none" end
  for index, change in ipairs(record.changes) do
    lines[#lines + 1] = ("  %s %d. %s  (%s)%s"):format(index == 1 and "changes " or "        ",
      index, what_changed(change), change.place, change.why and ": " .. change.why or "")
  end
  add_given(lines, record)
  add_example(lines, record.example)
  return table.concat(lines, "\n")
end

local function default_of(record)
  if record.type == "function" then return "a function" end
  local value = M.value{ type = record.type, unit = record.unit, value = record.default }
  if record.unit or record.default == nil then return value end
  return ("`%s`"):format(value == "" and '""' or value)
end

local function item_of(record)
  return markdown.item(("`%s`: %s Takes %s. Default: %s."):format(record.name,
    markdown.plain(record.doc), markdown.plain(record.rule), default_of(record)))
end

--- Returns the list in docs/policies.md: each group of policies with its entries, their rules and
--- shipped defaults.
---@param records table[]  from `policy.explain`, sorted by name
---@return string
function M.markdown(records)
  local lines, group = {}, nil
  for _, record in ipairs(records) do
    local own = record.name:match("^[^.]+")
    if own ~= group then
      lines[#lines + 1] = ("%s### %s\n"):format(group and "\n" or "", own)
      group = own
    end
    lines[#lines + 1] = item_of(record)
  end
  return table.concat(lines, "\n")
end

return M
