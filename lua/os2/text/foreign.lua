--- What somebody else has written: servers, engines, programs, other people's files.
---
--- It may be endless, hold a secret that it was sent, or steer the terminal. So it is masked, cut
--- to a bound and then looked at, in this order; no pattern of os2's sees more than the bound.
local blank = require("os2.text.blank")
local native_json = require("host.json")
local secrets = require("os2.text.secrets")

---@class os2.text.foreign
local M = {}

local ELLIPSIS <const> = "…"

-- Loaded at first use: a fault in a policy file is told with what stands here.
local function longest_message()
  return require("os2.policy").ask("limits.message")
end

-- Where a character of UTF-8 begins, at most three bytes before.
local function character_at(text, at)
  for back = 0, 3 do
    local byte = text:byte(at - back + 1)
    if not byte or byte & 0xC0 ~= 0x80 then return at - back end
  end
  return at
end

local function place_to_cut(text, limit)
  local at = secrets.place_to_cut(text, math.max(character_at(text, limit), 0))
  -- A secret at the very beginning that is longer than the bound goes in whole, and is masked.
  return at > 0 and at or secrets.place_to_cut(text, limit + secrets.reach())
end

--- Returns the beginning of a text, masked, and whether there is more.
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

-- What turns the direction of writing, or moves what stands around it, without being seen: U+061C,
-- U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, U+FEFF. With them U+2028 and U+2029, which
-- separate lines and paragraphs.
local UNSEEN <const> = {
  "\216\156", "\226\128[\142\143\168-\174]", "\226\129[\166-\169]", "\239\187\191",
}
-- C1, U+0080 to U+009F, steers terminals as much as ESC does.
local C1 <const> = "\194[\128-\159]"
local C0 <const> = "[\0-\8\11-\31\127]"
-- What one of all these begins with.
local SUSPECT <const> = "[\0-\8\11-\31\127\194\216\226\239]"
local SEQUENCE <const> = "\27%[[%d;?]*%a"

--- Returns text of lines without what steers: without the sequences of terminals and the marks that
--- turn the direction, with a substitute for each other control character but line feed and tab.
--- Nothing is masked: it is for results, which may be a token that was asked for.
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

--- Returns what `steerless` does of a text that was masked, in UTF-8.
---@param text string  within a bound
---@param substitute? string  by default a space
---@return string
function M.visible(text, substitute)
  local seen = M.steerless(M.valid(text), substitute)
  -- What stood apart may have become a secret by what was taken out.
  return #seen < #text and secrets.masked(seen) or seen
end

--- Returns text in one line that steers nothing, masked; blanks and control characters become one
--- space.
---@param text string
---@param limit integer  bytes; what is longer ends in an ellipsis
---@return string
function M.line(text, limit)
  local head, is_cut = M.head(text, limit)
  local line = blank.one_line(M.visible(head))
  return is_cut and ("%s %s"):format(line, ELLIPSIS) or line
end

--- Returns what an error says of a text: one line of at most `limits.message` bytes. Where more was
--- there, its last words stay too, since they often say why, and the policy is named.
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

--- Returns the first line that says anything, as `line` gives it; "" where there is none.
---@param text string
---@return string
function M.first_line(text)
  local head = blank.trim(M.visible((M.head(text, longest_message()))))
  return blank.one_line(head:match("^[^\n]*"))
end

--- Returns the last line that says anything, as `line` gives it; "" where there is none.
---@param text string
---@return string
function M.last_line(text)
  local limit = longest_message()
  local tail = blank.trim_end(M.visible((M.tail(text, limit))))
  return blank.one_line(tail:match("[^\n]*$"))
end

--- Returns what a text of JSON says, nil where it is none or longer than `http.json_limit`.
---@param text string
---@return any
function M.decode(text)
  if #text > require("os2.policy").ask("http.json_limit") then return nil end
  return (native_json.decode(text))
end

--- Returns the text of a JSON document in which the characters that could steer a terminal are
--- written as \u escapes: the document says the same.
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
