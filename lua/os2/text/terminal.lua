--- Formats sizes, times, bars and foreign text for a terminal.
local blank = require("os2.text.blank")
local foreign = require("os2.text.foreign")
local locale = require("os2.text.locale")

---@class os2.text.terminal
local M = {}

local ELLIPSIS <const> = "…"
local UNITS <const> = { "B", "kB", "MB", "GB", "TB" }

-- The longest line that is printed; longer text was bounded before, or is the user's own.
local LONGEST_BYTES <const> = 64 * 1024 -- bytes

--- Returns text that is safe to print: control characters become one space, bytes that are not
--- UTF-8 become "?", and nothing moves the cursor, changes colours, reverses the writing direction
--- or breaks the line. Secrets are masked.
---@param text string
---@return string
function M.clean(text)
  local head, is_cut = foreign.head(text, LONGEST_BYTES)
  local line = blank.trim((foreign.visible(head, "\n"):gsub("%c+", " ")))
  return is_cut and line .. ELLIPSIS or line
end

--- Returns how many terminal cells a clean text takes; every character counts as one cell.
---@param text string
---@return integer
function M.width(text)
  return utf8.len(text) or #text
end

--- Returns the text shortened to `cells`, with an ellipsis when something was cut.
---@param text string  clean text
---@param cells integer
---@return string
function M.fit(text, cells)
  if M.width(text) <= cells then return text end
  if cells < 1 then return "" end
  local ending, taken = ELLIPSIS, 1
  if locale.is_ascii() then ending, taken = ("."):rep(math.min(cells, 3)), math.min(cells, 3) end
  return text:sub(1, utf8.offset(text, cells - taken + 1) - 1) .. ending
end

--- Returns the text padded with spaces to `cells`.
---@param text string
---@param cells integer
---@return string
function M.pad(text, cells)
  return text .. (" "):rep(cells - M.width(text))
end

local function unit_of(bytes)
  local index, scale = 1, 1
  while bytes / scale >= 999.5 and index < #UNITS do
    index, scale = index + 1, scale * 1000
  end
  return scale, UNITS[index]
end

local function scaled(bytes, scale)
  local value = bytes / scale
  local format = (scale == 1 or value >= 99.95) and "%.0f" or "%.1f"
  return format:format(value)
end

--- Returns a size in decimal units: "4.1 MB".
---@param bytes number
---@return string
function M.size(bytes)
  local scale, unit = unit_of(bytes)
  return scaled(bytes, scale) .. " " .. unit
end

--- Returns progress in the unit of the total: "251 of 312 MB".
---@param current number  bytes
---@param total number  bytes
---@return string
function M.part(current, total)
  local scale, unit = unit_of(total)
  return ("%s of %s %s"):format(scaled(current, scale), scaled(total, scale), unit)
end

--- Returns a count with separated thousands: "18 402".
---@param count integer
---@return string
function M.count(count)
  local digits = ("%d"):format(count)
  return (digits:reverse():gsub("(%d%d%d)", "%1 "):reverse():gsub("^ ", ""))
end

--- Returns a count with its noun in singular or plural: "1 file", "312 files".
---@param count integer
---@param noun string
---@return string
function M.plural(count, noun)
  return M.count(count) .. " " .. noun .. (count == 1 and "" or "s")
end

--- Returns a duration: "0.2 s", "41.0 s", "3 min 05 s", "2 h 10 min".
---@param seconds number
---@return string
function M.duration(seconds)
  if seconds < 99.95 then return ("%.1f s"):format(seconds) end
  local whole = math.floor(seconds + 0.5)
  if whole < 3600 then return ("%d min %02d s"):format(whole // 60, whole % 60) end
  return ("%d h %02d min"):format(whole // 3600, whole % 3600 // 60)
end

--- Returns a bar of `cells` characters.
---@param current number
---@param total number  0 gives an empty bar
---@param cells integer
---@return string
function M.bar(current, total, cells)
  local share = total > 0 and math.min(current / total, 1) or 0
  local full = math.floor(share * cells)
  return ("█"):rep(full) .. ("░"):rep(cells - full)
end

return M
