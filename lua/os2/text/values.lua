--- Writes a Lua value in one line for people: bounded in depth, in width and in length, without
--- secrets.
local foreign = require("os2.text.foreign")
local secrets = require("os2.text.secrets")

---@class os2.text.values
local M = {}

local DEEPEST_LEVELS <const> = 3
local MOST_FIELDS <const> = 12
local LONGEST_BYTES <const> = 400
local LONGEST_TEXT_BYTES <const> = 120

local function text_of(value)
  local head, is_cut = foreign.head(value, LONGEST_TEXT_BYTES)
  return ("%q"):format(head):gsub("\\\n", "\\n") .. (is_cut and "…" or "")
end

local write

local function key_of(key)
  if type(key) == "string" and key:match("^[%a_][%w_]*$") then return key end
  return "[" .. write(key, DEEPEST_LEVELS) .. "]"
end

-- A fault in a policy file must not hide the error that is written.
local function is_secret(key)
  if type(key) ~= "string" then return false end
  local ok, is_named = pcall(secrets.is_name, key:upper())
  return not ok or is_named
end

local function is_before(one, other)
  if type(one) ~= type(other) then return type(one) < type(other) end
  if type(one) == "string" or type(one) == "number" then return one < other end
  return tostring(one) < tostring(other)
end

local function fields_of(value, level)
  local keys, parts = {}, {}
  for key in next, value do
    keys[#keys + 1] = key
    if #keys > MOST_FIELDS then break end
  end
  table.sort(keys, is_before)
  for index, key in ipairs(keys) do
    if index > MOST_FIELDS then
      parts[#parts + 1] = "…"
      break
    end
    local field = is_secret(key) and '"***"' or write(rawget(value, key), level + 1)
    parts[#parts + 1] = key == index and field or key_of(key) .. " = " .. field
  end
  return parts
end

function write(value, level)
  if type(value) == "string" then return text_of(value) end
  if type(value) ~= "table" then return tostring(value) end
  if next(value) == nil then return "{}" end
  if level >= DEEPEST_LEVELS then return "{…}" end
  return "{ " .. table.concat(fields_of(value, level), ", ") .. " }"
end

--- Returns a value as one line.
---@param value any
---@return string
function M.line(value)
  local ok, text = pcall(write, value, 0)
  local head, is_cut = foreign.head(ok and text or tostring(value), LONGEST_BYTES)
  return foreign.visible(head):gsub("%c", " ") .. (is_cut and "…" or "")
end

return M
