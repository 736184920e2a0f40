--- Checks an API's answer: the fields that os2 reads exist and have their types. Without the check,
--- a server's null or a proxy's page would fail later and look like a bug of os2.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local sorted = require("os2.base.sorted")

---@class os2.client.record
local M = {}

local SHOWN_BYTES <const> = 60 -- bytes of a value that are quoted in an error

local function is_string(value) return type(value) == "string" end

local function is_list(value)
  return type(value) == "table" and (#value > 0 or next(value) == nil)
end

local function all(value, fits_key, fits)
  if type(value) ~= "table" then return false end
  for key, item in pairs(value) do
    if not fits_key(key) or not fits(item) then return false end
  end
  return true
end

local SCALAR <const> = { string = true, number = true, boolean = true }

local function is_number(value)
  return type(value) == "number" and value == value and math.abs(value) ~= math.huge
end

---@alias os2.client.record.kind "text"|"secret"|"string"|"number"|"integer"|"boolean"
---| "list"|"texts"|"object"|"words"

-- The name of each kind, and the function that checks a value.
local KINDS <const> = {
  text = { "text", function(value) return is_string(value) and value ~= "" end },
  secret = { "text", function(value) return is_string(value) and value ~= "" end },
  string = { "string", is_string },
  number = { "number", is_number },
  integer = { "integer", function(value) return math.type(value) == "integer" end },
  boolean = { "boolean", function(value) return type(value) == "boolean" end },
  list = { "list", is_list },
  texts = { "list of texts", function(value)
    return all(value, math.type, is_string) and is_list(value)
  end },
  object = { "table", function(value)
    return all(value, is_string, function() return true end)
  end },
  words = { "table", function(value)
    return all(value, is_string, function(item) return SCALAR[type(item)] ~= nil end)
  end },
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

-- A field that is null counts as absent.
local function without_null(record, field)
  if type(record[field]) == "userdata" then record[field] = nil end
  return record[field]
end

local function refuse_field(reader, field, value, kind)
  if value == nil or value == "" then
    M.refuse(reader.op, ("the answer's %s lacks its %s"):format(reader.what, field), reader.hint)
  end
  M.refuse(reader.op, ("the %s's %s is no %s but %s"):format(reader.what, field, KINDS[kind][1],
    shown(kind, value)), reader.hint)
end

-- The types of the kinds whose values are fine unless they are "" or no finite number.
local PLAIN_TYPES <const> = { text = "string", secret = "string", string = "string",
  boolean = "boolean", number = "number" }

-- Values of these types that need a closer look.
local IS_ODD <const> = { [""] = true, [math.huge] = true, [-math.huge] = true }

local function check_field(reader, record, field, wanted)
  local kind, optional = wanted:match("^(%a+)(%??)$")
  local value = without_null(record, field)
  local is_fine = value == nil and optional == "?" or KINDS[kind][2](value)
  if not is_fine then refuse_field(reader, field, value, kind) end
end

local function plan_of(shape)
  local plan = { fields = sorted.keys(shape), types = {}, optional = {} }
  for index, field in ipairs(plan.fields) do
    plan.types[index] = PLAIN_TYPES[shape[field]:match("^%a+")] or false
    plan.optional[index] = shape[field]:find("?", 1, true) ~= nil
  end
  return plan
end

-- The fields of each shape in their order: a list may have many thousand records of one shape.
local plans = setmetatable({}, {
  __mode = "k",
  __index = function(known, shape)
    known[shape] = plan_of(shape)
    return known[shape]
  end,
})

--- Returns the record when its fields are of their kinds. Otherwise raises `protocol`, with the
--- field and its value.
---@param reader os2.client.record.reader
---@param record any
---@param shape table<string, string>  field -> kind; a "?" after the kind makes the field optional
---@return table
function M.check(reader, record, shape)
  if type(record) ~= "table" then
    M.refuse(reader.op, ("the answer is no %s but %s"):format(reader.what, shown("any", record)),
      reader.hint)
  end
  local plan = plans[shape]
  local fields, types, optional = plan.fields, plan.types, plan.optional
  for index = 1, #fields do
    local field = fields[index]
    local value = record[field]
    local is_plain = value == nil and optional[index]
      or type(value) == types[index] and value == value and not IS_ODD[value]
    if not is_plain then check_field(reader, record, field, shape[field]) end
  end
  return record
end

--- Returns a list of records after checking each.
---@param reader os2.client.record.reader
---@param list any
---@param shape table<string, string>
---@return table[]
function M.check_list(reader, list, shape)
  if not is_list(list) then
    M.refuse(reader.op, ("the answer is no list of %ss but %s"):format(reader.what,
      shown("any", list)), reader.hint)
  end
  for _, record in ipairs(list) do M.check(reader, record, shape) end
  return list
end

--- Returns an object of `words` with all values as text, because some servers send numbers.
---@param words table<string, any>?
---@return table<string, string>
function M.texts(words)
  local texts = {}
  for key, value in pairs(words or {}) do texts[key] = tostring(value) end
  return texts
end

return M
