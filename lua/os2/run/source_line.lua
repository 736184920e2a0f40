--- The line of a script that an error of Lua names, with a caret under what the error is about.
local blank = require("os2.text.blank")
local foreign = require("os2.text.foreign")
local options = require("os2.run.options")
local terminal = require("os2.text.terminal")

---@class os2.run.source_line
local M = {}

local MOST_LINES <const> = 100000 -- lines that are read to find one
local WIDEST_CELLS <const> = 160

-- The text of -e stands on the command line: one line need not be shown again. That of stdin is
-- gone.
local function text_of_chunk()
  for index, word in ipairs(options.argv or {}) do
    local text = word == "-e" and options.argv[index + 1]
    if text then return text:find("\n", 1, true) and text or nil end
  end
end

local function line_in(text, wanted)
  local number = 0
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    number = number + 1
    if number == wanted then return line end
  end
end

local function line_of_file(path, wanted)
  if wanted > MOST_LINES then return nil end
  local file <close> = io.open(path)
  if not file then return nil end
  local ok, line = pcall(function()
    for _ = 1, wanted - 1 do
      if not file:read("L") then return nil end
    end
    return file:read("l")
  end)
  return ok and line or nil
end

-- Returns a plain name or sign that the message is about, as it stands in the source.
local function subject_of(message)
  return message:match("%(%w+ '([^']+)'%)") or message:match(" near '([^']+)'")
    or message:match("unknown option '([^']+)'") or message:match("option '([^']+)' must")
    or message:match("no verb '([^']+)'")
end

-- Returns where the subject stands in a line as a word of its own, or else where the code begins. A
-- parser stops at the last one.
local function column_of(line, subject, is_last)
  local found, found_end, from = nil, nil, subject and 1
  while from and not (found and not is_last) do
    local first, last = line:find(subject, from, true)
    if not first then break end
    local is_word = subject:find("^[%w_]")
    local before, after = line:sub(first - 1, first - 1), line:sub(last + 1, last + 1)
    local is_part = first > 1 and before:find("[%w_]") or after:find("[%w_]")
    if not (is_word and is_part) then found, found_end = first, last end
    from = last + 1
  end
  if found then return found, found_end end
  local first = line:find("%S") or 1
  return first, first
end

-- Returns the first place that a message names: the path and the line.
local function place_of(message)
  local path, number = message:match("^(.-):(%d+): ")
  path = path and (path:match("^cannot load the script: (.*)$") or path)
  return path, math.tointeger(tonumber(number))
end

-- Lua drops the start of a long path.
local function whole(path)
  local tail = path:match("^%.%.%.(.*)$")
  local script = options.script
  return tail and script and script:sub(-#tail) == tail and script or path
end

--- Returns the lines that show a fault in a script: the place, the line, and the caret. Returns nil
--- when the message names no line that can be read.
---@param message string
---@return string?
function M.of(message)
  local path, number = place_of(message)
  if not number then return nil end
  local text = path == "(-e)" and text_of_chunk()
  local line = text and line_in(text, number) or line_of_file(whole(path), number)
  if not line or not line:find("%S") or not utf8.len(line) then return nil end
  line = line:gsub("\t", " ")
  local first, last = column_of(line, subject_of(message), message:find(" near ", 1, true) ~= nil)
  if terminal.width(line) > WIDEST_CELLS then return nil end
  local shift = (" "):rep(terminal.width(line:sub(1, first - 1)))
  local marks = ("^"):rep(math.max(terminal.width(line:sub(first, last)), 1))
  local label = ("%d"):format(number)
  return ("%s | %s\n%s | %s%s"):format(label, blank.trim_end(foreign.visible(line)),
    (" "):rep(#label), shift, marks)
end

return M
