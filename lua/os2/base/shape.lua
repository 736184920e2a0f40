--- Declares the fields of a table and their types: the facts of a policy, the `ctx` of a step. A
--- wrong name raises where it is read or written, with the nearest name.
local arguments = require("os2.base.arguments")

---@class os2.base.shape
---@field what string  the name of the table in messages: "facts", "ctx", "ctx.args"
---@field by_name table<string, os2.base.shape.field>
---@field meta table  the metatable of tables of this shape

---@class os2.base.shape.field
---@field name string
---@field type string  "integer", "string?" when it may be absent, or the name of a record
---@field doc string
---@field shape? os2.base.shape  of a table inside this one

local M = {}

local shapes = setmetatable({}, { __mode = "k" }) -- weak: metatable -> shape

--- Returns the fields of a shape, sorted by name.
---@param shape os2.base.shape
---@return os2.base.shape.field[]
function M.fields(shape)
  local fields = {}
  for _, field in pairs(shape.by_name) do fields[#fields + 1] = field end
  table.sort(fields, function(a, b) return a.name < b.name end)
  return fields
end

local function names_of(shape)
  local names = {}
  for index, field in ipairs(M.fields(shape)) do names[index] = field.name end
  return names
end

local function refusal(shape, name)
  local known, nearest = names_of(shape), require("os2.text.nearest")
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

local function parse(what, name, text)
  local type_name, doc = text:match("^(.-): (.+)$")
  if not type_name then error(("%s.%s: write \"type: what it is\""):format(what, name), 0) end
  return { name = name, type = type_name, doc = doc }
end

local parsed = {} -- text -> field: the facts that each policy has are the same texts

local function field_of(what, name, said)
  if type(said) == "table" then
    local field = parse(what, name, said[1])
    field.shape = M.new(what .. "." .. name, said.fields)
    return field
  end
  local field = parsed[said]
  if field and field.name == name then return field end
  parsed[said] = parse(what, name, said)
  return parsed[said]
end

local function fill(shape, said)
  shape.by_name = {}
  for _, fields in ipairs(said) do
    for name, field in pairs(fields) do
      shape.by_name[name] = field_of(shape.what, name, field)
    end
  end
  shape.meta = metatable_of(shape)
  return shape
end

--- Makes a shape.
---@param what string
---@param ... table<string, string|table>  name -> "type: description", or {that, fields = {…}} for
---  a table with declared fields; a later table overrides fields of an earlier one
---@return os2.base.shape
function M.new(what, ...)
  return fill({ what = what }, { ... })
end

--- Makes a shape whose texts are parsed at its first use: a run asks only few of the policies that
--- os2 ships.
---@param what string
---@param ... table<string, string|table>
---@return os2.base.shape
function M.later(what, ...)
  local said = { ... }
  return setmetatable({ what = what }, {
    __index = function(shape, key) return fill(setmetatable(shape, nil), said)[key] end,
  })
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

--- Raises at the caller's line when a plain table has an undeclared name. A value of another shape
--- may have any.
---@param value table
---@param shape os2.base.shape
function M.check(value, shape)
  if M.of(value) then return end
  for name in pairs(value) do
    if not shape.by_name[name] then arguments.misuse(refusal(shape, name)) end
  end
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
