--- Writes the operations as the C table of core/rest/rest.h.
local M = {}

local COLUMNS <const> = 100
local INDENT <const> = "    "

local function words(operation, is_meant)
  local names = {}
  for _, field in ipairs(operation.fields) do
    if is_meant(field) then names[#names + 1] = field.name end
  end
  return table.concat(names, " ")
end

local function stands_in(place)
  return function(field) return field.place == place end
end

-- A parameter of the path is always required, so it is not listed.
local function must_be_given(field)
  return field.is_required and field.place ~= "path"
end

local function is_object(field)
  return field.place == "query" and field.is_object
end

-- Returns a string literal, split into lines that fit next to its column.
local function literal(column, text)
  local lines, line = {}, ""
  local room = COLUMNS - column - #'""},'
  for word in text:gmatch("%S+ ?") do
    if #line + #word > room then
      lines[#lines + 1], line = line, ""
    end
    line = line .. word
  end
  lines[#lines + 1] = line
  for index, part in ipairs(lines) do lines[index] = '"' .. part .. '"' end
  return table.concat(lines, "\n" .. (" "):rep(column))
end

local function members(operation)
  local list = {}
  local function add(name, text)
    if not text or text == "" then return end
    local before = (".%s = "):format(name)
    list[#list + 1] = before .. literal(#INDENT + 1 + #before, text)
  end
  add("name", operation.name)
  add("method", operation.method)
  add("path", operation.path)
  add("query", words(operation, stands_in("query")))
  add("objects", words(operation, is_object))
  add("headers", words(operation, stands_in("header")))
  add("body", words(operation, stands_in("body")))
  add("required", words(operation, must_be_given))
  add("content", operation.content)
  add("result", operation.result ~= "json" and operation.result or nil)
  add("paging", operation.paging)
  add("permission", operation.permission)
  if operation.changes then list[#list + 1] = ".changes = true" end
  if operation.allows_304 then list[#list + 1] = ".allows_304 = true" end
  return list
end

-- As many members on a line as fit. One of several lines begins a line of its own.
local function row(operation)
  local lines, line = {}, nil
  for _, member in ipairs(members(operation)) do
    local longer = line and line .. ", " .. member
    if longer and #INDENT + #longer + #"}," <= COLUMNS and not longer:find("\n", 1, true) then
      line = longer
    else
      lines[#lines + 1], line = line, (line and " " or "{") .. member
    end
  end
  lines[#lines + 1] = line
  return INDENT .. table.concat(lines, ",\n" .. INDENT) .. "},"
end

--- Returns the text of host/core/rest/<name>_rows.c.
---@param api table  from rows.model
---@return string
function M.text(api)
  local lines = {
    ("/* %s: the operations of %s; made by tools/rows.lua, not by hand. */"):format(api.name,
      api.title),
    ('#include "core/rest/%s.h"'):format(api.name == "toolbox" and "daytona" or api.name),
    "",
    ("/* Source: %s. */"):format(api.source),
    "/* clang-format off */",
    ("const os2_rest_row os2_%s_rows[] = {"):format(api.name),
  }
  local tag
  for _, operation in ipairs(api.operations) do
    if operation.tag ~= tag then
      tag = operation.tag
      lines[#lines + 1] = ("    /* %s */"):format(tag)
    end
    lines[#lines + 1] = row(operation)
  end
  lines[#lines + 1] = "    {.name = NULL}};\n"
  return table.concat(lines, "\n")
end

return M
