--- The words of a program as a plan shows them: without the values that their names mark as secret.
local secrets = require("os2.text.secrets")

---@class os2.guard.command_line
local M = {}

local HIDDEN <const> = "***"
local LOGIN <const> = { ["-u"] = true, ["--user"] = true } -- curl: NAME:PASSWORD
local ENDS_OF_WORD <const> = "[%s\"']"

-- Returns the text in place of a word that gives a value to a secret's name: NAME=VALUE,
-- --name=VALUE, "Name: VALUE".
local function given(word)
  local before, name, sign = word:match("^(%-*)([%w_%-]+)(=)")
  if not name then before, name, sign = word:match("^()([%w_%-]+)(:%s)") end
  if not name or not secrets.is_word(name) then return nil end
  return (sign == "=" and before or "") .. name .. sign .. HIDDEN
end

-- Returns the text in place of the word behind an option; nil when the option takes no secret.
local function behind(option, word)
  if LOGIN[option] then
    local name = word:match("^([^:]+):.")
    return name and name .. ":" .. HIDDEN
  end
  return option:find("^%-") and secrets.is_word(option) and HIDDEN or nil
end

local function shown(word, before)
  local quote, inner = word:match("^([\"'])(.*)%1$")
  if quote then return quote .. shown(inner, before) .. quote end
  local text = before and behind(before, word) or given(word)
  if text then return text end
  return word:find("%s") and M.of_shell(word) or word
end

-- Returns where the word that begins there ends; quotes hold blanks together.
local function end_of_word(text, from)
  local at = from
  while true do
    at = text:find(ENDS_OF_WORD, at)
    if not at then return #text end
    local sign = text:sub(at, at)
    if sign:find("%s") then return at - 1 end
    at = (text:find(sign, at + 1, true) or #text) + 1
  end
end

--- Returns a command line for a shell, as the plan shows it.
---@param text string
---@return string
function M.of_shell(text)
  local parts, from, before = {}, 1, nil
  while true do
    local begin = text:find("%S", from)
    if not begin then break end
    local last = end_of_word(text, begin)
    local word = text:sub(begin, last)
    parts[#parts + 1] = text:sub(from, begin - 1) .. shown(word, before)
    from, before = last + 1, word
  end
  return table.concat(parts) .. text:sub(from)
end

--- Returns the words of a program in one line, as the plan shows them.
---@param argv any[]
---@return string
function M.of_argv(argv)
  local words, before = {}, nil
  for index, word in ipairs(argv) do
    word = tostring(word)
    words[index], before = shown(word, before), word
  end
  return table.concat(words, " ")
end

return M
