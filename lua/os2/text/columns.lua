--- Lines of columns, for lists that are printed as they come: the widths are those of the first
--- page, and a later cell that is wider moves only what stands behind it.
local blank = require("os2.text.blank")
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")

---@class os2.text.columns
---@field private titles string[]?
---@field private count integer?  how many columns are shown
---@field private widths integer[]?
---@field private format string?
---@field private limit integer?  cells of a line
---@field private least integer[]  the least width of each column
local Columns = {}
Columns.__index = Columns

local M = {}

local GAP_CELLS <const> = 2
local BLANK <const> = 32 -- a byte

-- Controls, and what is not ASCII, need more than to be copied.
local function is_plain_text(text)
  return utf8.len(text) == #text and not text:find("%c")
end

--- Returns a table. With `limit`, the last columns are left out that have no place in so many
--- cells.
---@param options {titles: string[]?, limit: integer?, least: integer[]?}
---@return os2.text.columns
function M.new(options)
  return setmetatable({
    titles = options.titles, limit = options.limit, least = options.least or {},
  }, Columns)
end

-- Another user may have put any characters into the cells.
local function clean_row(row)
  if is_plain_text(table.concat(row)) then return true end
  for column, cell in ipairs(row) do row[column] = terminal.clean(cell) end
  return is_plain_text(table.concat(row))
end

local function widest(rows, column)
  local width = 0
  for _, row in ipairs(rows) do width = math.max(width, terminal.width(row[column])) end
  return width
end

function Columns:settle(rows)
  local widths, total, count = {}, 0, 0
  for column = 1, #rows[1] do
    widths[column] = math.max(widest(rows, column), self.least[column] or 0)
    total = total + widths[column] + (column > 1 and GAP_CELLS or 0)
    if not self.limit or total <= self.limit or column == 1 then count = column end
    if count < column then break end
  end
  self.widths, self.count = widths, count
  local cells = {}
  for column = 1, count - 1 do cells[column] = ("%%-%ds"):format(math.min(widths[column], 99)) end
  cells[count] = "%s"
  self.format = table.concat(cells, (" "):rep(GAP_CELLS))
end

-- Lua's %-10s counts bytes.
function Columns:wide_line(row)
  local cells = {}
  for column = 1, self.count do
    local width = column < self.count and self.widths[column] or 0
    cells[column] = terminal.pad(row[column], width)
  end
  return table.concat(cells, (" "):rep(GAP_CELLS))
end

-- The last cells of a line may be empty.
local function without_blanks(line)
  return line:byte(-1) == BLANK and blank.trim_end(line) or line
end

--- Returns rows of cells as lines; before the first ones, the titles. The cells are cleaned in
--- place.
---@param rows string[][]  at least one; all with as many cells
---@return string
function Columns:text(rows)
  local is_plain = {}
  for index, row in ipairs(rows) do is_plain[index] = clean_row(row) end
  if not self.format then
    if self.titles then
      table.insert(rows, 1, self.titles)
      table.insert(is_plain, 1, true)
    end
    self:settle(rows)
  end
  local lines, format, count = {}, self.format, self.count
  for index, row in ipairs(rows) do
    lines[index] = without_blanks(is_plain[index]
      and format:format(table.unpack(row, 1, count)) or self:wide_line(row))
  end
  return secrets.masked(table.concat(lines, "\n"))
end

return M
