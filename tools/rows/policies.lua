--- Writes editor stubs of the facts of policies and the `ctx` of steps.
local policy = require("os2.policy")

local M = {}

local HEAD <const> = [[
---@meta
--- Editor stubs of the facts of policies and the `ctx` of steps; made by tools/rows.lua.
]]

local LUA_TYPES <const> = { list = "table", steps = "os2.policy.step[]" }

local function class(name, fields, parent)
  local lines = { ("---@class %s%s"):format(name, parent and ": " .. parent or "") }
  local inner = {}
  for _, field in ipairs(fields) do
    local type_name = field.fields and ("%s.%s"):format(name, field.name) or field.type
    lines[#lines + 1] = ("---@field %s %s  %s"):format(field.name, type_name, field.doc)
    if field.fields then inner[#inner + 1] = class(type_name, field.fields) end
  end
  table.insert(inner, 1, table.concat(lines, "\n") .. "\n")
  return table.concat(inner, "\n")
end

local function split(fields)
  local own, common = {}, {}
  for _, field in ipairs(fields) do
    local list = field.is_common and common or own
    list[#list + 1] = field
  end
  return own, common
end

local function answer_of(record)
  local answer = record.answer or record.type
  return (LUA_TYPES[answer] or answer) .. (record.is_optional and "?" or "")
end

local function overload(record, facts)
  local value = ("fun(base: (fun(facts: table?): any), facts: %s): %s"):format(facts,
    answer_of(record))
  return ('---@overload fun(name: "%s", value: %s, options: {why: string?}?)'):format(record.name,
    value)
end

--- Returns the text of lua/meta/policies.lua.
---@return string
function M.text()
  local parts, overloads = { HEAD }, {}
  for _, known in ipairs(policy.list()) do
    local record = policy.explain(known.name)
    if record.ctx then parts[#parts + 1] = class("os2.ctx." .. record.name, record.ctx) end
    local own, common = split(record.facts or {})
    if common[1] and not parts[2] then parts[2] = class("os2.flows.facts", common) end
    local name = own[1] and "os2.flows.facts." .. record.name or "os2.flows.facts"
    if own[1] then parts[#parts + 1] = class(name, own, "os2.flows.facts") end
    if record.facts then overloads[#overloads + 1] = overload(record, name) end
  end
  parts[#parts + 1] = table.concat(overloads, "\n")
    .. "\nfunction policy.override(name, value, options) end\n"
  return table.concat(parts, "\n")
end

return M
