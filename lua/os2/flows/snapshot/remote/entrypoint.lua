--- The ENTRYPOINT that Daytona takes for a snapshot it builds: it searches the Dockerfile's text,
--- and not the image.
local blank = require("os2.text.blank")
local json = require("os2.json")

---@class os2.flows.snapshot.remote.entrypoint
local M = {}

local WORD <const> = "ENTRYPOINT%s+([^\r\n]*)"
local NONE <const> = { "sleep", "infinity" } -- what Daytona runs where it finds none

-- What stands behind the last "ENTRYPOINT" of the text, wherever that is: in a comment, too.
local function last_of(text)
  local last
  for found in text:gmatch(WORD) do last = found end
  return last
end

local function is_same(text, words)
  local is_json, list = pcall(json.decode, text)
  return is_json and type(list) == "table" and json.encode(list) == json.encode(words)
end

local function line_of(words)
  return ("ENTRYPOINT %s\n"):format((json.encode(words):gsub("\\/", "/")))
end

-- A line that goes on behind the text's end would take in what is appended.
local function ended(text)
  local trimmed = blank.trim_end(text)
  if trimmed:sub(-1) == "\\" then text = trimmed:sub(1, -2) end
  return (text:match("^.*[^\n]") or "") .. "\n"
end

--- Returns the text with the ENTRYPOINT as Daytona reads it, where it would read another one than
--- the builder: for the shell form it would run one word, and a comment that has the word counts.
---@param text string
---@param words string[]?  those of the image; nil: the Dockerfile has none
---@return string
function M.readable(text, words)
  local found = last_of(text)
  if not words then
    return found and ("%s# %s"):format(ended(text), line_of(NONE)) or text
  end
  if found and is_same(found, words) then return text end
  return ended(text) .. line_of(words)
end

return M
