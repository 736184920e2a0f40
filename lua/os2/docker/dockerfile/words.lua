--- Splits a Dockerfile's line into words, as the engine's front end does: quotes, escapes,
--- variables. Source: BuildKit, frontend/dockerfile/shell.

---@class os2.docker.dockerfile.words
local M = {}

-- Characters that end a run of literal characters.
local SPECIAL <const> = "[%s'\"\\`]"
local PLAIN <const> = "^[^'\"\\`$]+"
-- Nesting of variables in default values; nobody writes deeper ones.
local DEEPEST_LEVELS <const> = 20

-- Returns where the word that begins at `from` ends: at a blank that is neither quoted nor escaped.
local function word_end(text, from, escape)
  local at, quote = text:find(SPECIAL, from), nil
  while at do
    local c = text:sub(at, at)
    if c == escape and quote ~= "'" then
      at = at + 1
    elseif quote then
      if c == quote then quote = nil end
    elseif c == "'" or c == '"' then
      quote = c
    elseif c:find("%s") then
      return at
    end
    at = text:find(SPECIAL, at + 1)
  end
  return #text + 1
end

--- Returns an iterator over the words as they are written, each with the position after it.
---@param text string
---@param escape string  the escape character
---@return fun(): string?, integer?
function M.each(text, escape)
  local at = 1
  return function()
    local from = text:find("%S", at)
    if not from then return nil end
    at = word_end(text, from, escape)
    return text:sub(from, at - 1), at
  end
end

--- Returns the words of a text as they are written.
---@param text string
---@param escape string
---@return string[]
function M.split(text, escape)
  local list = {}
  for word in M.each(text, escape) do list[#list + 1] = word end
  return list
end

-- Translates "*" and "?" of a shell pattern to a Lua pattern.
local function lua_pattern(glob, any)
  return (glob:gsub("[%^%$%(%)%%%.%[%]%+%-]", "%%%0"):gsub("%?", "."):gsub("%*", any))
end

local function cut_front(value, glob, any)
  return (value:gsub("^" .. lua_pattern(glob, any), "", 1))
end

local function cut_end(value, glob, is_longest)
  local pattern = "^" .. lua_pattern(glob, ".*") .. "$"
  local first, last, step = #value + 1, 1, -1
  if is_longest then first, last, step = 1, #value + 1, 1 end
  for at = first, last, step do
    if value:sub(at):find(pattern) then return value:sub(1, at - 1) end
  end
  return value
end

-- The operators after a variable's name in ${…}, and how they change the value.
local CHANGES <const> = {
  [":-"] = function(value, word) return (value or "") ~= "" and value or word end,
  ["-"] = function(value, word) return value or word end,
  [":+"] = function(value, word) return (value or "") ~= "" and word or "" end,
  ["+"] = function(value, word) return value and word or "" end,
  [":?"] = function(value) return value end,
  ["?"] = function(value) return value end,
  ["##"] = function(value, word) return cut_front(value or "", word, ".*") end,
  ["#"] = function(value, word) return cut_front(value or "", word, ".-") end,
  ["%%"] = function(value, word) return cut_end(value or "", word, true) end,
  ["%"] = function(value, word) return cut_end(value or "", word, false) end,
}

local OPERATORS <const> = { ":-", ":+", ":?", "##", "%%", "-", "+", "?", "#", "%" } -- longest first

-- Returns where the brace that is open at `from` is closed; nil when it is not, or is nested too
-- deep.
local function closing_brace(text, from, escape)
  local depth, at = 1, text:find("[{}\\`]", from)
  while at and depth <= DEEPEST_LEVELS do
    local c = text:sub(at, at)
    if c == escape then at = at + 1
    elseif c == "{" then depth = depth + 1
    elseif c == "}" then depth = depth - 1 end
    if depth == 0 then return at end
    at = text:find("[{}\\`]", at + 1)
  end
end

local function changed(value, rest, variables, escape)
  for _, operator in ipairs(OPERATORS) do
    if rest:sub(1, #operator) == operator then
      return CHANGES[operator](value, M.expand(rest:sub(#operator + 1), variables, escape))
    end
  end
  return value
end

-- Returns the value of the variable after the "$" at `at`, and the position after it. The front end
-- refuses a variable without an end.
local function variable(text, at, variables, escape)
  if text:sub(at + 1, at + 1) == "{" then
    local close = closing_brace(text, at + 2, escape)
    if not close then return text:sub(at), #text + 1 end
    local name, rest = text:sub(at + 2, close - 1):match("^([%w_]+)(.*)$")
    if not name then return text:sub(at, close), close + 1 end
    return changed(variables[name], rest, variables, escape) or "", close + 1
  end
  local name = text:match("^[%a_][%w_]*", at + 1)
  if not name then return "$", at + 1 end
  return variables[name] or "", at + 1 + #name
end

-- Returns the piece of a word that begins at `at`, the quote that is open after it, and the
-- position after it.
local function piece(word, at, quote, variables, escape)
  local plain = word:match(PLAIN, at)
  if plain then return plain, quote, at + #plain end
  local c = word:sub(at, at)
  if c == escape and quote ~= "'" then return word:sub(at + 1, at + 1), quote, at + 2 end
  if c == quote then return "", nil, at + 1 end
  if not quote and (c == "'" or c == '"') then return "", c, at + 1 end
  if c == "$" and quote ~= "'" and variables then
    local value, next_at = variable(word, at, variables, escape)
    return value, quote, next_at
  end
  return c, quote, at + 1
end

--- Returns a word without its quotes and escapes, with its variables replaced by their values.
---@param word string
---@param variables table<string, string>?  nil: variables stay as they are
---@param escape string
---@return string
function M.expand(word, variables, escape)
  local parts, at, quote = {}, 1, nil
  while at <= #word do
    parts[#parts + 1], quote, at = piece(word, at, quote, variables, escape)
  end
  return table.concat(parts)
end

return M
