--- Writes the operations as the C table of core/rest.h.
local M = {}

local COLUMNS <const> = 100

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

-- What stands in the path must always be given.
local function must_be_given(field)
  return field.is_required and field.place ~= "path"
end

local function is_object(field)
  return field.place == "query" and field.is_object
end

-- A string literal of as many lines as its column leaves room for.
local function literal(prefix, text)
  local lines, line = {}, ""
  local room = COLUMNS - #prefix - 4
  for word in text:gmatch("%S+ ?") do
    if #line + #word > room then
      lines[#lines + 1], line = line, ""
    end
    line = line .. word
  end
  lines[#lines + 1] = line
  for index, part in ipairs(lines) do lines[index] = '"' .. part .. '"' end
  return prefix .. table.concat(lines, "\n" .. (" "):rep(#prefix))
end

local function members(operation)
  local list = {}
  local function add(name, text)
    if text and text ~= "" then list[#list + 1] = literal(("     .%s = "):format(name), text) end
  end
  add("query", words(operation, stands_in("query")))
  add("objects", words(operation, is_object))
  add("headers", words(operation, stands_in("header")))
  add("body", words(operation, stands_in("body")))
  add("required", words(operation, must_be_given))
  add("content", operation.content)
  add("result", operation.result ~= "json" and operation.result or nil)
  add("paging", operation.paging)
  add("permission", operation.permission)
  if operation.allows_304 then list[#list + 1] = "     .allows_304 = true" end
  return list
end

local function head(operation)
  local name = ('    {.name = "%s"'):format(operation.name)
  local method = ('.method = "%s"'):format(operation.method)
  local path = ('.path = "%s"'):format(operation.path)
  if #name + #method + #path + 6 <= COLUMNS then
    return ("%s, %s, %s"):format(name, method, path)
  end
  return ("%s, %s,\n     %s"):format(name, method, path)
end

local function row(operation)
  local lines = members(operation)
  table.insert(lines, 1, head(operation))
  return table.concat(lines, ",\n") .. "},"
end

--- Returns the text of host/core/<name>_rows.c.
---@param api table  what rows.model read
---@return string
function M.text(api)
  local lines = {
    ("/* %s: the operations of %s; made by tools/rows.lua, not by hand. */"):format(api.name,
      api.title),
    ('#include "core/%s.h"'):format(api.name == "toolbox" and "daytona" or api.name),
    "",
    ("/* Source: %s. */"):format(api.source),
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
