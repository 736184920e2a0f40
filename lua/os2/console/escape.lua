--- Finds what a person says to os2 itself while their keys go to a machine: as with ssh, a "~" at
--- the beginning of a line and one more character.

---@class os2.console.escape
local M = {}

---@class os2.console.escape.reader
---@field private mark string
---@field private is_at_start boolean
---@field private is_marked boolean
local Reader = {}
Reader.__index = Reader

local NEWLINES <const> = { ["\r"] = true, ["\n"] = true }

-- Returns what is sent for the character behind a mark, and what it asks for. After what asks for
-- nothing the line has begun, as in ssh.
local function read_marked(reader, char)
  reader.is_marked, reader.is_at_start = false, NEWLINES[char] or false
  if char == reader.mark then return char end
  if char == "." then return "", "detach" end
  if char == "?" then return "", "help" end
  return reader.mark .. char
end

local function read_plain(reader, char)
  if reader.is_at_start and char == reader.mark then
    reader.is_marked = true
    return ""
  end
  reader.is_at_start = NEWLINES[char] or false
  return char
end

--- Reads a piece of what is typed. Returns the bytes that go to the machine, and "detach" or "help"
--- when that was asked for; after "detach" nothing of the piece is read.
---@param piece string
---@return string bytes
---@return "detach"|"help"|nil asked
function Reader:feed(piece)
  if self.mark == "" then return piece end
  local out, asked = {}, nil
  for char in piece:gmatch(".") do
    local sent, wanted = (self.is_marked and read_marked or read_plain)(self, char)
    out[#out + 1], asked = sent, wanted or asked
    if wanted == "detach" then break end
    if wanted == "help" then self.is_at_start = true end
  end
  return table.concat(out), asked
end

--- Makes a reader for one connection.
---@param mark string  one character; "" when nothing is to be found
---@return os2.console.escape.reader
function M.new(mark)
  return setmetatable({ mark = mark, is_at_start = true, is_marked = false }, Reader)
end

return M
