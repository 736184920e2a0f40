--- Where the cursor stands in a statement: behind a path, in a string, or among fields of a call.
local tokens = require("os2.repl.tokens")

---@class os2.repl.place
---@field word string  what is written of the word to complete
---@field path string?  what stands before the word with its dot or colon: "daytona.api"
---@field is_method boolean?  the sign between them is a colon
---@field call string?  the function that is called, when a table of fields or a string is its
---  argument
---@field field string?  the field whose value the word is
---@field given table<string, true>?  the fields that stand before it
---@field is_string boolean?  the word stands in a string

local M = {}

-- Returns the path that ends with a token, and the index of its first token.
local function path_ending(list, index)
  local parts = {}
  while list[index] and list[index].kind == "name" do
    table.insert(parts, 1, list[index].text)
    local sign = list[index - 1] and list[index - 1].text
    if sign ~= "." and sign ~= ":" then break end
    table.insert(parts, 1, sign)
    index = index - 2
  end
  return parts[1] and table.concat(parts) or nil
end

-- Returns the function that is called with what begins at a token: `f{`, `f({`, `f("`.
local function call_before(list, index)
  local before = list[index - 1]
  if before and before.text == "(" then index = index - 1 end
  return path_ending(list, index - 1)
end

local OPENING <const>, CLOSING <const> = "[({%[]", "[)}%]]"

-- Returns the index of the innermost brace that is open; nil when a parenthesis stands in between.
local function open_brace(list)
  local depth = 0
  for index = #list, 1, -1 do
    local token = list[index]
    local is_sign = token.kind == "sign"
    if is_sign and token.text:find(CLOSING) then depth = depth + 1 end
    if is_sign and token.text:find(OPENING) then
      if depth == 0 then return token.text == "{" and index or nil end
      depth = depth - 1
    end
  end
end

local function fields_given(list, from)
  local given, depth = {}, 0
  for index = from + 1, #list do
    local text = list[index].kind == "sign" and list[index].text or ""
    if text:find(OPENING) then depth = depth + 1 end
    if text:find(CLOSING) then depth = depth - 1 end
    if text == "=" and depth == 0 then given[list[index - 1].text] = true end
  end
  return given
end

local function in_fields(place, list)
  local brace = open_brace(list)
  local call = brace and call_before(list, brace)
  if not call then return place end
  local last = list[#list].text
  place.call, place.given = call, fields_given(list, brace)
  if last == "=" then place.field = list[#list - 1].text
  elseif last ~= "{" and last ~= "," then place.call = nil end
  return place
end

local function in_string(list)
  local open = table.remove(list)
  local place = { word = open.text:sub(2), is_string = true }
  if not list[1] then return place end
  local call = call_before(list, #list + 1)
  if not call then return in_fields(place, list) end
  place.call = call
  return place
end

--- Returns the place of the cursor at the end of a text.
---@param text string
---@return os2.repl.place
function M.of(text)
  local list = tokens.of(text)
  local last = list[#list]
  if last and last.kind == "open" then return in_string(list) end
  local place = { word = "" }
  if last and last.kind == "name" and last.to == #text then
    place.word = table.remove(list).text
  end
  local sign = list[#list]
  if sign and (sign.text == "." or sign.text == ":") then
    place.path, place.is_method = path_ending(list, #list - 1), sign.text == ":"
    place.path = place.path or "?"
    return place
  end
  return sign and in_fields(place, list) or place
end

return M
