--- What of a command line is written down.
local secrets = require("os2.text.secrets")

---@class os2.history.words
local M = {}

local MASK <const> = "***"
local LONGEST_WORD_BYTES <const>, MOST_WORDS <const> = 1024, 200

-- Not the one of os2.text.terminal, which nearly no run loads.
local function plural(count, noun)
  return ("(%d %s%s)"):format(count, noun, count == 1 and "" or "s")
end

local function without_value(assignment)
  return (assignment:gsub("^([^=]*)=.*$", "%1=" .. MASK))
end

-- "--token x": the value of an option whose name marks it as secret.
local function is_secret_option(word)
  local name = word and word:match("^%-%-([%w%-]+)$")
  return name ~= nil and secrets.is_name(name)
end

local function shown_word(word, before, is_code_shown)
  if before == "-e" and not is_code_shown then return plural(#word, "byte") end
  if is_secret_option(before) then return MASK end
  if before == "--env" then return without_value(word) end
  if word:sub(1, 6) == "--env=" then return "--env=" .. without_value(word:sub(7)) end
  if #word <= LONGEST_WORD_BYTES then return word end
  return (require("os2.text.foreign").head(word, LONGEST_WORD_BYTES))
end

--- Returns the words of a command line that are written down. What stands after "--" is another
--- program's, and may hold what only that program knows as secret; it is counted.
---@param argv string[]
---@param is_code_shown boolean  the text after -e is written down
---@return string[]
function M.shown(argv, is_code_shown)
  local words = {}
  for index, word in ipairs(argv) do
    if index > MOST_WORDS then break end
    words[index] = shown_word(word, argv[index - 1], is_code_shown)
    if word == "--" then
      words[index + 1] = plural(#argv - index, "word")
      break
    end
  end
  return words
end

return M
