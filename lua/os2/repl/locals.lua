--- The outermost `local` of a statement: it stays known in the next ones.
---
--- Each statement is a chunk of its own, and Lua forgets the locals of a chunk at its end. So the
--- word `local` is taken away where it stands outside of every block, and the names become
--- variables of the session, which modules do not see. A name with an attribute (<const>, <close>)
--- stays a local of its statement.
local tokens = require("os2.repl.tokens")

---@class os2.repl.locals
local M = {}

local OPENS <const> = { ["do"] = true, ["function"] = true, ["if"] = true, ["repeat"] = true }
local CLOSES <const> = { ["end"] = true, ["until"] = true }

-- Returns the names of `local a, b`, the index of the last one, and whether a value follows; nil
-- when one has an attribute.
local function names_at(list, index)
  local names = {}
  while list[index] and list[index].kind == "name" do
    names[#names + 1] = list[index].text
    local sign = list[index + 1] and list[index + 1].text
    if sign == "<" then return nil end
    if sign ~= "," then return names, index, sign == "=" end
    index = index + 2
  end
end

-- Returns the edits {from, to, text} and the names of a declaration.
local function declaration(list, index)
  local word, behind = list[index], list[index + 1]
  local blank = { word.from, word.to, (" "):rep(#word.text) }
  if behind and behind.text == "function" then
    return { blank }, { list[index + 2] and list[index + 2].text }
  end
  local names, last, has_value = names_at(list, index + 1)
  if not names then return {}, {} end
  if has_value then return { blank }, names end
  return { blank, { list[last].to + 1, list[last].to, " = nil" } }, names
end

local function edited(text, edits)
  for index = #edits, 1, -1 do
    local from, to, new = table.unpack(edits[index])
    text = text:sub(1, from - 1) .. new .. text:sub(to + 1)
  end
  return text
end

local function append(list, more)
  table.move(more, 1, #more, #list + 1, list)
end

--- Returns a chunk in which outermost locals are variables of the session, and their names. Its
--- lines stay where they are.
---@param text string  a chunk that Lua can load
---@return string
---@return string[] names
function M.shared(text)
  local list, depth, edits, names = tokens.of(text), 0, {}, {}
  for index, token in ipairs(list) do
    local word = token.kind == "name" and token.text
    if OPENS[word] then depth = depth + 1 elseif CLOSES[word] then depth = depth - 1 end
    if word == "local" and depth == 0 then
      local more, declared = declaration(list, index)
      append(edits, more)
      append(names, declared)
    end
  end
  return edited(text, edits), names
end

return M
