--- Handles text that others have written: servers, engines, programs, other people's files.
---
--- Such text may be endless, may repeat a secret that was sent, or may control the terminal. It is
--- therefore masked, cut to a bound, and then processed, in this order; no pattern of os2 runs over
--- more than the bound.
local blank = require("os2.text.blank")
local native_json = require("host.json")
local secrets = require("os2.text.secrets")

---@class os2.text.foreign
local M = {}

local ELLIPSIS <const> = "…"

-- Loaded at first use, because this module prints the faults in policy files.
local function longest_message()
  return require("os2.policy").ask("limits.message")
end

-- Returns where the UTF-8 character at a position begins, at most three bytes before.
local function character_at(text, at)
  for back = 0, 3 do
    local byte = text:byte(at - back + 1)
    if not byte or byte & 0xC0 ~= 0x80 then return at - back end
  end
  return at
end

local function place_to_cut(text, limit)
  local at = secrets.place_to_cut(text, math.max(character_at(text, limit), 0))
  -- a secret at the start that is longer than the bound is kept whole, and is masked
  return at > 0 and at or secrets.place_to_cut(text, limit + secrets.reach())
end

--- Returns the start of a text, masked, and whether there is more.
---@param text string
---@param limit integer  bytes
---@return string
---@return boolean is_cut
function M.head(text, limit)
  if #text <= limit then return secrets.masked(text), false end
  return secrets.masked(text:sub(1, place_to_cut(text, limit))), true
end

--- Returns the end of a text, masked, and whether there is more.
---@param text string
---@param limit integer  bytes
---@return string
---@return boolean is_cut
function M.tail(text, limit)
  if #text <= limit then return secrets.masked(text), false end
  local at = secrets.place_to_cut(text, character_at(text, #text - limit))
  return secrets.masked(text:sub(at + 1)), true
end

--- Returns text in which each byte that is not UTF-8 is a "?".
---@param text string
---@return string
function M.valid(text)
  local parts, at = {}, 1
  while true do
    local count, bad = utf8.len(text, at)
    if count then
      parts[#parts + 1] = text:sub(at)
      return table.concat(parts)
    end
    parts[#parts + 1] = text:sub(at, bad - 1) .. "?"
    at = bad + 1
  end
end

-- Invisible characters that reverse the writing direction or move the characters around them:
-- U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, U+FEFF; and U+2028 and U+2029, which
-- separate lines and paragraphs.
local UNSEEN <const> = {
  "\216\156", "\226\128[\142\143\168-\174]", "\226\129[\166-\169]", "\239\187\191",
}
-- C1 control characters, U+0080 to U+009F, control a terminal as ESC does.
local C1 <const> = "\194[\128-\159]"
local C0 <const> = "[\0-\8\11-\31\127]"
-- The bytes with which one of all these begins.
local SUSPECT <const> = "[\0-\8\11-\31\127\194\216\226\239]"
local SEQUENCE <const> = "\27%[[%d;?]*%a"

--- Returns text without terminal control: escape sequences and marks of the writing direction are
--- removed, and every other control character except line feed and tab is replaced. Nothing is
--- masked, because this is for results, which may be a token that was asked for.
---@param text string
---@param substitute? string  by default a space
---@return string
function M.steerless(text, substitute)
  if not text:find(SUSPECT) then return text end
  substitute = substitute or " "
  text = text:gsub(SEQUENCE, ""):gsub(C1, substitute):gsub(C0, substitute)
  for _, pattern in ipairs(UNSEEN) do text = text:gsub(pattern, "") end
  return text
end

--- Returns what `steerless` returns for a text that was masked, in UTF-8.
---@param text string  of bounded length
---@param substitute? string  by default a space
---@return string
function M.visible(text, substitute)
  local seen = M.steerless(M.valid(text), substitute)
  -- removing characters may have joined the parts of a secret
  return #seen < #text and secrets.masked(seen) or seen
end

--- Returns the text as one line without terminal control, masked; blanks and control characters
--- become one space.
---@param text string
---@param limit integer  bytes; a longer text ends with an ellipsis
---@return string
function M.line(text, limit)
  local head, is_cut = M.head(text, limit)
  local line = blank.one_line(M.visible(head))
  return is_cut and ("%s %s"):format(line, ELLIPSIS) or line
end

--- Returns a text for an error message: one line of at most `limits.message` bytes. For a longer
--- text the last words are kept, too, because they often say why, and the policy is named.
---@param text string
---@return string
function M.message(text)
  local limit = longest_message()
  if #text <= limit then return M.line(text, limit) end
  local half = limit // 2
  return ("%s %s %s (%d bytes, cut by the policy limits.message)"):format(
    blank.one_line(M.visible((M.head(text, half)))), ELLIPSIS,
    blank.one_line(M.visible((M.tail(text, half)))), #text)
end

--- Returns the first line that is not blank, formatted as by `line`; "" when there is none.
---@param text string
---@return string
function M.first_line(text)
  local head = blank.trim(M.visible((M.head(text, longest_message()))))
  return blank.one_line(head:match("^[^\n]*"))
end

--- Returns the last line that is not blank, formatted as by `line`; "" when there is none.
---@param text string
---@return string
function M.last_line(text)
  local limit = longest_message()
  local tail = blank.trim_end(M.visible((M.tail(text, limit))))
  return blank.one_line(tail:match("[^\n]*$"))
end

--- Returns the value of a JSON text; nil when it is not JSON, or longer than `http.json_limit`.
---@param text string
---@param fields? table  the only fields that are decoded: name -> true, or the fields inside it
---@return any
function M.decode(text, fields)
  if #text > require("os2.policy").ask("http.json_limit") then return nil end
  return (native_json.decode(text, nil, fields))
end

--- Returns the text of a JSON document with the characters that could control a terminal written as
--- \u escapes; its meaning is the same.
---@param encoded string
---@return string
function M.escaped_json(encoded)
  local function escape(character)
    return ("\\u%04x"):format(utf8.codepoint(character))
  end
  encoded = encoded:gsub(C1, escape)
  for _, pattern in ipairs(UNSEEN) do encoded = encoded:gsub(pattern, escape) end
  return encoded
end

return M
