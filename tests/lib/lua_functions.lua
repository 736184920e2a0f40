--- The functions of a Lua source, with the lines that each takes.
local M = {}

local OPENERS <const> = { ["function"] = true, ["if"] = true, ["do"] = true, ["repeat"] = true }
local CLOSERS <const> = { ["end"] = true, ["until"] = true }

-- The index behind a string or a comment that begins at `at`, or nil where none does.
local function behind_text(source, at)
  local level = source:match("^%-?%-?%[(=*)%[", at)
  local is_comment = source:sub(at, at + 1) == "--"
  if level and (is_comment or source:sub(at, at) == "[") then
    return select(2, source:find("]" .. level .. "]", at, true)) + 1
  end
  if is_comment then return source:find("\n", at, true) or #source + 1 end
  local quote = source:match("^[\"']", at)
  if not quote then return nil end
  local stop = at + 1
  while source:sub(stop, stop) ~= quote do
    stop = stop + (source:sub(stop, stop) == "\\" and 2 or 1)
  end
  return stop + 1
end

local function each_word(source, take)
  local at, line = 1, 1
  while at <= #source do
    local after = behind_text(source, at)
    local word = not after and source:match("^[%a_][%w_]*", at)
    if word then take(word, line) end
    after = after or at + (word and #word or 1)
    line = line + select(2, source:sub(at, after - 1):gsub("\n", ""))
    at = after
  end
end

--- Returns the functions of a source: first line, and number of lines from `function` to `end`.
---@param source string
---@return {line: integer, count: integer}[]
function M.of(source)
  local found, open = {}, {}
  each_word(source, function(word, line)
    if OPENERS[word] then open[#open + 1] = { word = word, line = line } end
    if not CLOSERS[word] then return end
    local opener = table.remove(open)
    if opener.word == "function" then
      found[#found + 1] = { line = opener.line, count = line - opener.line + 1 }
    end
  end)
  assert(#open == 0, "a block is not closed")
  return found
end

return M
