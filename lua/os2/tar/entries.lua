--- Reads an archive as a stream and removes the entries that are not a file, directory or link, so
--- that unpacking makes no devices and fifos of what others send.
---
--- The program that unpacks must read the archive in the same way: an archive that could be read in
--- two ways is refused.
local err = require("os2.err")

---@class os2.tar.entries
---@field private next_piece fun(): string?
---@field private held string
---@field private at integer  position in `held` of the first byte that was not taken
---@field private on_left_out fun(name: string, what: string)
local Entries = {}
Entries.__index = Entries

local M = {}

local BLOCK_BYTES <const> = 512
local LONGEST_HEAD_BYTES <const> = 1024 * 1024 -- bytes of the records before an entry
local ZERO <const> = ("\0"):rep(BLOCK_BYTES)

-- The type of an entry, in the position of ustar's type field.
local FILE <const> = { ["0"] = true, ["\0"] = true, ["7"] = true }
local EMPTY <const> = { ["1"] = true, ["2"] = true, ["5"] = true }
local LEFT_OUT <const> = {
  ["3"] = "a character device", ["4"] = "a block device", ["6"] = "a fifo",
}
local RECORDS <const> = { x = true, L = true, K = true, g = true }

local function refuse(message)
  err.raise(err.new{ kind = "protocol", op = "tar", message = "the archive: " .. message })
end

local function padded(size) return (size + BLOCK_BYTES - 1) // BLOCK_BYTES * BLOCK_BYTES end

-- Takes up to `size` bytes; fewer only at the end of the archive.
function Entries:take(size)
  if #self.held - self.at + 1 < size then self:fill(size) end
  local bytes = self.held:sub(self.at, self.at + size - 1)
  self.at = self.at + #bytes
  return bytes
end

function Entries:fill(size)
  local pieces = { self.held:sub(self.at) }
  local have = #pieces[1]
  while have < size do
    local piece = self.next_piece()
    if not piece then break end
    pieces[#pieces + 1], have = piece, have + #piece
  end
  self.held, self.at = table.concat(pieces), 1
end

function Entries:take_all(size)
  local bytes = self:take(size)
  if #bytes < size then refuse("it is incomplete") end
  return bytes
end

local function sum_of(bytes, from, to)
  local sum = 0
  for _, value in ipairs{ bytes:byte(from, to) } do sum = sum + value end
  return sum
end

-- In the sum, the checksum's own field counts as eight spaces.
local function check_sum(header)
  local told = tonumber(header:sub(149, 156):match("^ *([0-7]+)[ %z]*$") or "", 8)
  if told == sum_of(header, 1, 148) + 8 * 32 + sum_of(header, 157, BLOCK_BYTES) then return end
  refuse("a header is damaged")
end

local function size_of(header)
  local field = header:sub(125, 136)
  local digits = field:match("^ *([0-7]+)[ %z]*$")
  if digits then return tonumber(digits, 8) end
  local first, rest = field:byte(1), field:sub(5)
  -- eleven digits hold at most 8 GB; a larger size is a binary number of 95 bits
  if first ~= 0x80 or field:sub(2, 4) ~= "\0\0\0" or rest:byte(1) > 0x7f then
    refuse("a size is not a number")
  end
  return (">i8"):unpack(rest)
end

local function name_of(header)
  local name, prefix = header:sub(1, 100):match("^%Z*"), header:sub(346, 500):match("^%Z*")
  local has_prefix = header:sub(258, 263) == "ustar\0" and prefix ~= ""
  return has_prefix and prefix .. "/" .. name or name
end

-- Reads "LENGTH KEY=VALUE\n" records.
local function read_records(text, found)
  local at = 1
  while at <= #text do
    local digits = text:match("^(%d+) ", at)
    local length = digits and #digits < 10 and tonumber(digits)
    local key, value = text:sub(at, at + (length or 0) - 1):match("^%d+ ([^=]+)=(.*)\n$")
    if not key then refuse("a record of an entry is damaged") end
    found[key] = value
    at = at + length
  end
end

-- Reads the records that precede an entry: {text =, records =}. A record for all entries is
-- dropped.
function Entries:read_head(header, kind, head)
  local size = size_of(header)
  if math.max(size, #head.text) > LONGEST_HEAD_BYTES then refuse("a name is too long") end
  local content = self:take_all(padded(size))
  if kind == "g" then return end
  if kind == "x" and head.has_records then refuse("an entry has its records twice") end
  head.has_records = head.has_records or kind == "x"
  if kind == "x" then read_records(content:sub(1, size), head.records) end
  if kind == "L" then head.name = content:sub(1, size):match("^%Z*") end
  head.text = head.text .. header .. content
end

local function size_in(header, records)
  if not records.size then return size_of(header) end
  local size = records.size:match("^%d+$") and math.tointeger(tonumber(records.size))
  return size or refuse("a size is not a number")
end

-- Returns the bytes of an entry's head, and the size of the content that follows; nil when the
-- entry is left out.
function Entries:begin(header, kind, head)
  local size = size_in(header, head.records)
  if FILE[kind] then return head.text .. header, padded(size) end
  if size ~= 0 then refuse("an entry that is not a file has content") end
  if EMPTY[kind] then return head.text .. header, 0 end
  if not LEFT_OUT[kind] then refuse(("entries of type %q are not known"):format(kind)) end
  self.on_left_out(head.records.path or head.name or name_of(header), LEFT_OUT[kind])
end

-- Returns the next entry that is kept: its head, and the size of its content; nil at the end.
function Entries:next_entry()
  local head = { text = "", records = {} }
  while true do
    local header = self:take_all(BLOCK_BYTES)
    if header == ZERO then return nil end
    check_sum(header)
    local kind = header:sub(157, 157)
    if RECORDS[kind] then
      self:read_head(header, kind, head)
    else
      local bytes, size = self:begin(header, kind, head)
      if bytes then return bytes, size end
      head = { text = "", records = {} }
    end
  end
end

-- What follows the end of an archive is ignored, but it is read, so that an error in the transfer
-- is noticed.
function Entries:finish()
  for _ in self.next_piece do end -- luacheck: ignore 542
  return ZERO .. ZERO
end

-- Returns a piece of a content, at most `left` bytes.
function Entries:piece(left)
  if self.at > #self.held then self:fill(1) end
  local there = #self.held - self.at + 1
  if there == 0 then refuse("it is incomplete") end
  return self:take(math.min(left, there))
end

--- Returns the pieces of an archive without its devices and fifos.
---@param next_piece fun(): string?
---@param on_left_out fun(name: string, what: string)
---@return fun(): string?  raises `protocol` when it is not an archive
function M.plain(next_piece, on_left_out)
  local entries = setmetatable({
    next_piece = next_piece, held = "", at = 1, on_left_out = on_left_out,
  }, Entries)
  local left, has_ended = 0, false
  return function()
    if has_ended then return nil end
    if left > 0 then
      local piece = entries:piece(left)
      left = left - #piece
      return piece
    end
    local bytes
    bytes, left = entries:next_entry()
    if bytes then return bytes end
    has_ended = true
    return entries:finish()
  end
end

return M
