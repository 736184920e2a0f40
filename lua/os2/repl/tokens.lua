--- Lua's tokens, also of a text that is not finished.

---@class os2.repl.tokens
local M = {}

---@class os2.repl.token
---@field kind "name"|"number"|"string"|"open"|"sign"  open: a string or comment that has no end
---@field text string
---@field from integer
---@field to integer

-- Returns the end of a string in quotes; nil when it has none.
local function end_of_quoted(text, from)
  local quote, at = text:sub(from, from), from + 1
  while true do
    at = text:find('[\\"\'\n]', at)
    local found = at and text:sub(at, at)
    if not at or found == "\n" then return nil end
    if found == quote then return at end
    at = at + (found == "\\" and 2 or 1)
  end
end

-- Returns the end of [[…]] or [=[…]=]; false when it has none, nil when none begins here.
local function end_of_long(text, from)
  local level = text:match("^%[(=*)%[", from)
  if not level then return nil end
  local _, to = text:find("]" .. level .. "]", from + #level + 2, true)
  return to or false
end

local function comment_at(text, from)
  local to = end_of_long(text, from + 2)
  if to ~= nil then return "comment", to end
  return "comment", (text:find("\n", from, true) or #text + 1) - 1
end

-- Returns the kind and the end of what begins here; the end is nil or false when it has none.
local function token_at(text, from)
  local _, to = text:find("^[%a_][%w_]*", from)
  if to then return "name", to end
  _, to = text:find("^%.?%d[%w.]*", from)
  if to then return "number", to end
  if text:find("^%-%-", from) then return comment_at(text, from) end
  if text:find('^["\']', from) then return "string", end_of_quoted(text, from) end
  to = end_of_long(text, from)
  if to ~= nil then return "string", to end
  return "sign", from
end

--- Returns the tokens of a text, without comments and blanks. A string or comment without an end is
--- the last one, of the kind "open".
---@param text string
---@return os2.repl.token[]
function M.of(text)
  local list, at = {}, text:find("%S")
  while at do
    local kind, to = token_at(text, at)
    if kind ~= "comment" or not to then
      list[#list + 1] = {
        kind = to and kind or "open", text = text:sub(at, to or #text), from = at, to = to or #text,
      }
    end
    at = to and text:find("%S", to + 1)
  end
  return list
end

return M
