--- Declares the fields of a table and their types: the facts of a policy, the `ctx` of a step. A
--- wrong name raises where it is read or written, with the nearest name.
local nearest = require("os2.text.nearest")
local arguments = require("os2.base.arguments")

---@class os2.base.shape
---@field what string  the name of the table in messages: "facts", "ctx", "ctx.args"
---@field fields os2.base.shape.field[]  sorted by name
---@field by_name table<string, os2.base.shape.field>
---@field meta table  the metatable of tables of this shape

---@class os2.base.shape.field
---@field name string
---@field type string  "integer", "string?" when it may be absent, or the name of a record
---@field doc string
---@field shape? os2.base.shape  of a table inside this one

local M = {}

local shapes = setmetatable({}, { __mode = "k" }) -- weak: metatable -> shape

local function names_of(shape)
  local names = {}
  for index, field in ipairs(shape.fields) do names[index] = field.name end
  return names
end

local function refusal(shape, name)
  local known = names_of(shape)
  return ("%s has no %s; %s"):format(shape.what, tostring(name), nearest.hint(tostring(name), known,
    "it has " .. table.concat(known, ", ")))
end

-- Raises at the line that reads or writes the field.
local function refuse(shape, name)
  error(refusal(shape, name), 3)
end

local function metatable_of(shape)
  local by_name = shape.by_name
  local meta = {
    __index = function(_, name)
      if not by_name[name] then refuse(shape, name) end
    end,
    __newindex = function(of, name, value)
      if not by_name[name] then refuse(shape, name) end
      rawset(of, name, value)
    end,
  }
  shapes[meta] = shape
  return meta
end

local function field_of(what, name, said)
  local text, inner = said, nil
  if type(said) == "table" then text, inner = said[1], M.new(what .. "." .. name, said.fields) end
  local type_name, doc = text:match("^(.-): (.+)$")
  assert(type_name, ("%s.%s: write \"type: what it is\""):format(what, name))
  return { name = name, type = type_name, doc = doc, shape = inner }
end

--- Makes a shape.
---@param what string
---@param ... table<string, string|table>  name -> "type: description", or {that, fields = {…}} for
---  a table with declared fields; a later table overrides fields of an earlier one
---@return os2.base.shape
function M.new(what, ...)
  local shape = { what = what, fields = {}, by_name = {} }
  for _, said in ipairs{ ... } do
    for name, field in pairs(said) do shape.by_name[name] = field_of(what, name, field) end
  end
  for _, field in pairs(shape.by_name) do table.insert(shape.fields, field) end
  table.sort(shape.fields, function(a, b) return a.name < b.name end)
  shape.meta = metatable_of(shape)
  return shape
end

--- Returns the shape of a table, or nil.
---@param value table
---@return os2.base.shape?
function M.of(value)
  return shapes[getmetatable(value)]
end

--- Gives a table its shape, and the tables inside it theirs. From now on an undeclared name raises,
--- unless the table has it already.
---@generic T: table
---@param value T
---@param shape os2.base.shape
---@return T
function M.give(value, shape)
  for name, inner in pairs(value) do
    local field = shape.by_name[name]
    if field and field.shape and type(inner) == "table" then M.give(inner, field.shape) end
  end
  return setmetatable(value, shape.meta)
end

--- Returns a copy with this shape. A value of another shape passes on the fields that this shape
--- declares; in a plain table an undeclared name raises.
---@param value table
---@param shape os2.base.shape
---@return table
function M.copy(value, shape)
  local is_passed_on = M.of(value) ~= nil
  local copy = {}
  for name, field in pairs(value) do
    if shape.by_name[name] then
      copy[name] = field
    elseif not is_passed_on then
      arguments.misuse(refusal(shape, name))
    end
  end
  return setmetatable(copy, shape.meta)
end

return M
