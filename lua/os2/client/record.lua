--- Checks an API's answer: the fields that os2 reads exist and have their types. Without the check,
--- a server's null or a proxy's page would fail later and look like a bug of os2.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local native_json = require("host.json")
local sorted = require("os2.base.sorted")

---@class os2.client.record
local M = {}

local SHOWN_BYTES <const> = 60 -- bytes of a value that are quoted in an error

---@alias os2.client.record.kind "text"|"secret"|"word"|"string"|"number"|"integer"|"boolean"
---| "list"|"texts"|"object"|"words"

-- The names of the kinds for people.
local WORDS <const> = {
  text = "text", secret = "text", word = "string", string = "string", number = "number",
  integer = "integer", boolean = "boolean", list = "list", texts = "list of texts",
  object = "table", words = "table",
}

-- For these kinds only the type is printed, because labels and variables may hold secrets.
local UNSHOWN <const> = { secret = true, object = true, words = true }

local function shown(kind, value)
  if UNSHOWN[kind] or type(value) == "table" then return "a " .. type(value) end
  return ("'%s'"):format(foreign.line(tostring(value), SHOWN_BYTES))
end

--- Raises `protocol`: the request was sent, and the answer is not what it must be.
---@param op string
---@param message string
---@param hint string
function M.refuse(op, message, hint)
  err.raise(err.new{ kind = "protocol", op = op, is_sent = true, message = message, hint = hint })
end

---@class os2.client.record.reader
---@field op string  for the error
---@field what string  "snapshot"
---@field hint string

local function refuse_field(reader, field, value, kind)
  if value == nil or value == "" then
    M.refuse(reader.op, ("the answer's %s lacks its %s"):format(reader.what, field), reader.hint)
  end
  M.refuse(reader.op, ("the %s's %s is no %s but %s"):format(reader.what, field, WORDS[kind],
    shown(kind, value)), reader.hint)
end

local function kind_of(shape, field)
  local kind, optional = shape[field]:match("^(%a+)(%??)$")
  return kind, optional == "?"
end

local function fields_of(shape, names)
  local fields = {}
  for index, field in ipairs(sorted.keys(shape)) do
    local kind, is_optional = kind_of(shape, field)
    fields[index] = {
      name = field, kind = kind == "secret" and "text" or kind, is_optional = is_optional,
      as = names and names[field],
    }
  end
  return fields
end

-- The fields of each shape in their order: a list may have many thousand records of one shape.
local checkers = setmetatable({}, {
  __mode = "k",
  __index = function(known, shape)
    local fields = fields_of(shape)
    known[shape] = { fields = fields, odd = native_json.checker(fields) }
    return known[shape]
  end,
})

--- Returns the record when its fields are of their kinds; a field that is null counts as absent.
--- Otherwise raises `protocol`, with the field and its value.
---@param reader os2.client.record.reader
---@param record any
---@param shape table<string, string>  field -> kind; a "?" after the kind makes the field optional
---@return table
function M.check(reader, record, shape)
  if type(record) ~= "table" then
    M.refuse(reader.op, ("the answer is no %s but %s"):format(reader.what, shown("any", record)),
      reader.hint)
  end
  local checker = checkers[shape]
  local odd = checker.odd(record)
  if odd then
    local field = checker.fields[odd].name
    refuse_field(reader, field, record[field], (kind_of(shape, field)))
  end
  return record
end

local function is_list(value)
  return type(value) == "table" and (#value > 0 or next(value) == nil)
end

local function check_is_list(reader, list)
  if is_list(list) then return end
  M.refuse(reader.op, ("the answer is no list of %ss but %s"):format(reader.what,
    shown("any", list)), reader.hint)
end

--- Returns a list of records after checking each.
---@param reader os2.client.record.reader
---@param list any
---@param shape table<string, string>
---@return table[]
function M.check_list(reader, list, shape)
  check_is_list(reader, list)
  for _, record in ipairs(list) do M.check(reader, record, shape) end
  return list
end

--- Returns a function that checks a list of records and returns new ones, with the fields of the
--- shape alone, under other names where `names` has some.
---@param shape table<string, string>
---@param names table<string, string>
---@return fun(reader: os2.client.record.reader, list: any): table[]
function M.picker(shape, names)
  local pick = native_json.picker(fields_of(shape, names))
  return function(reader, list)
    check_is_list(reader, list)
    local picked, odd = pick(list)
    if odd then M.check(reader, list[odd], shape) end
    return picked
  end
end

--- Makes all values of an object of `words` text, because some servers send numbers. Returns it; a
--- new one for nil.
---@param words table<string, any>?
---@return table<string, string>
function M.texts(words)
  words = words or {}
  for key, value in pairs(words) do
    if type(value) ~= "string" then words[key] = tostring(value) end
  end
  return words
end

return M
