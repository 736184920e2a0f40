--- Writes what `os2 help` shows besides the rows: types, units, errors, fields of the answers.
local M = {}

local COLUMNS <const> = 100

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0") .. '"'
end

local function field(each)
  local parts = { quoted(each.name), quoted(each.plain_type) }
  if each.unit then parts[3] = quoted(each.unit) end
  return ("{ %s }"):format(table.concat(parts, ", "))
end

local function fields(operation)
  local lines, line = {}, "     "
  for _, each in ipairs(operation.fields) do
    local text = " " .. field(each) .. ","
    if #line + #text > COLUMNS then
      lines[#lines + 1], line = line, "     "
    end
    line = line .. text
  end
  lines[#lines + 1] = line
  return ("    fields = {\n%s\n    },"):format(table.concat(lines, "\n"))
end

-- Returns names as one text, in lines of limited width.
local function record(names)
  local lines, line = {}, ""
  for _, name in ipairs(names) do
    if #line + #name > COLUMNS - 24 then
      lines[#lines + 1], line = line, ""
    end
    line = line .. (#lines + #line > 0 and " " or "") .. name
  end
  lines[#lines + 1] = line
  for index, text in ipairs(lines) do lines[index] = quoted(text) end
  return ("    record = %s,"):format(table.concat(lines, "\n      .. "))
end

local function entry(operation)
  local lines = {
    ("  %s = {"):format(operation.name),
    ("    tag = %s,"):format(quoted(operation.tag)),
    ("    returns = %s,"):format(quoted(operation.returns)),
    ("    errors = %s,"):format(quoted(table.concat(operation.errors, ", "))),
  }
  if #operation.record > 0 then lines[#lines + 1] = record(operation.record) end
  if operation.is_deprecated then lines[#lines + 1] = "    is_deprecated = true," end
  if #operation.fields > 0 then lines[#lines + 1] = fields(operation) end
  lines[#lines + 1] = "  },"
  return table.concat(lines, "\n")
end

--- Returns the text of lua/os2/help/types/<name>.lua.
---@param api table  from rows.model
---@return string
function M.text(api)
  local lines = {
    ("--- Types of %s for `os2 help`; made by tools/rows.lua, not by hand."):format(api.title),
    ("--- Source: %s."):format(api.source),
    "return {",
  }
  for _, operation in ipairs(api.operations) do lines[#lines + 1] = entry(operation) end
  lines[#lines + 1] = "}\n"
  return table.concat(lines, "\n")
end

return M
