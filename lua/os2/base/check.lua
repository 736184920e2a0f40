--- Checks a policy's value against the rule of its entry, and describes rules and values in words.
local sorted = require("os2.base.sorted")

---@class os2.base.check
local M = {}

---@class os2.policy.rule
---@field type string  number, integer, string, boolean, list, table
---@field unit? string  "s" for seconds, "GB", …
---@field range? number[]  {least, most}, both included
---@field values? any[]  the closed list of allowed values
---@field element? string  type of a list's elements
---@field optional? boolean  nil is allowed, too
---@field check? fun(value: any, facts: table?): boolean?, string?  returns nil and the reason when
---  it refuses the value; for a function's answer it also gets the facts

local UNITS <const> = { s = "seconds" }
local NOUNS <const> = {
  number = "a number", integer = "a whole number", string = "a string", boolean = "true or false",
  list = "a list", table = "a table", ["function"] = "a function",
}
local SHOWN_BYTES <const> = 120

--- The types that an entry may have.
M.TYPES = { number = true, integer = true, string = true, boolean = true, list = true,
  table = true, ["function"] = true, steps = true }

local function is_list(value)
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  return count == #value
end

--- Returns a value as one line; equal values give equal text.
---@param value any
---@return string
function M.write(value)
  if type(value) == "string" then return '"' .. value:gsub('[\\"]', "\\%0") .. '"' end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  if is_list(value) then
    for index, element in ipairs(value) do parts[index] = M.write(element) end
  else
    for _, key in ipairs(sorted.keys(value)) do
      parts[#parts + 1] = tostring(key) .. " = " .. M.write(value[key])
    end
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- Returns a value for people: one line, shortened when it is long, without secrets and passwords.
---@param value any
---@return string
function M.show(value)
  -- required here, because most runs show no value
  local foreign = require("os2.text.foreign")
  local text, is_cut = foreign.head(M.write(value), SHOWN_BYTES)
  text = foreign.visible(text):gsub("%c", "?"):gsub("(%a://)[^/%s]*@", "%1***@")
  return is_cut and text .. "…" or text
end

--- Returns a number without a superfluous fraction: 300, not 300.0.
---@param value number
---@return string
function M.number(value)
  return tostring(math.tointeger(value) or value)
end

--- Returns a deep copy, so that a caller cannot change what the registry holds.
---@param value any
---@return any
function M.copy(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, element in pairs(value) do copy[key] = M.copy(element) end
  return copy
end

local function range_words(range)
  if range[2] == math.huge then return " of at least " .. M.number(range[1]) end
  return (" from %s to %s"):format(M.number(range[1]), M.number(range[2]))
end

--- Returns what a rule allows, in words: "a number of seconds from 0 to 86400".
---@param rule os2.policy.rule
---@return string
function M.words(rule)
  if rule.values then
    local shown = {}
    for index, value in ipairs(rule.values) do shown[index] = M.show(value) end
    return "one of " .. table.concat(shown, ", ") .. (rule.optional and ", or nil" or "")
  end
  local text = NOUNS[rule.type] or rule.type
  if rule.element then text = text .. " of " .. rule.element .. "s" end
  if rule.unit then text = text .. " of " .. (UNITS[rule.unit] or rule.unit) end
  if rule.range then text = text .. range_words(rule.range) end
  return text .. (rule.optional and ", or nil" or "")
end

local function has_type(type_name, value)
  if type_name == "list" then return type(value) == "table" and is_list(value) end
  if type_name == "integer" then return math.tointeger(value) ~= nil and type(value) == "number" end
  return type(value) == type_name
end

local function has_elements(rule, value)
  if not rule.element then return true end
  for _, element in ipairs(value) do
    if type(element) ~= rule.element then return false end
  end
  return true
end

local function is_in_range(rule, value)
  -- written so that NaN (0/0) is outside of every range
  return not rule.range or value >= rule.range[1] and value <= rule.range[2] and value < math.huge
end

local function is_allowed(rule, value)
  if not rule.values then return true end
  for _, allowed in ipairs(rule.values) do
    if value == allowed then return true end
  end
  return false
end

local function refuse(rule, value)
  local text = M.show(value)
  if not has_type(rule.type, value) and type(value) ~= "nil" then
    text = ("%s (a %s)"):format(text, type(value))
  end
  return nil, ("%s is refused; it takes %s"):format(text, M.words(rule))
end

--- Checks a value against a rule. Returns true and the value (4.0 as 4 for a whole number), or nil
--- and a clause that names the value and the rule.
---@param rule os2.policy.rule
---@param value any
---@param facts? table  the facts, when the value is a function's answer
---@return boolean? ok, any value_or_why
function M.value(rule, value, facts)
  if value == nil and rule.optional then return true, nil end
  if not has_type(rule.type, value) or not has_elements(rule, value)
    or not is_in_range(rule, value) or not is_allowed(rule, value) then
    return refuse(rule, value)
  end
  if rule.check then
    local ok, why = rule.check(value, facts)
    if not ok then return nil, ("%s is refused: %s"):format(M.show(value), why) end
  end
  return true, rule.type == "integer" and math.tointeger(value) or value
end

return M
