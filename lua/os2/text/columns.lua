--- Lines of columns, for lists that are printed as they come: the widths are those of the first
--- page, and a later cell that is wider moves only what stands behind it.
local blank = require("os2.text.blank")
local native_columns = require("host.columns")
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")

---@class os2.text.columns
---@field private titles string[]?
---@field private count integer?  how many columns are shown
---@field private pads integer[]?  to how many cells a cell is padded, the last one to none
---@field private is_clean boolean?  the cells of this page are clean
---@field private limit integer?  cells of a line
---@field private least integer[]  the least width of each column
local Columns = {}
Columns.__index = Columns

local M = {}

local GAP_CELLS <const> = 2
local MOST_PADDED_CELLS <const> = 99 -- one very long name does not widen every line
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
  if is_plain_text(table.concat(row)) then return end
  for column, cell in ipairs(row) do row[column] = terminal.clean(cell) end
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
  self.count, self.pads = count, {}
  for column = 1, count - 1 do self.pads[column] = math.min(widths[column], MOST_PADDED_CELLS) end
  self.pads[count] = 0
end

-- The last cells of a line may be empty.
local function without_blanks(line)
  return line:byte(-1) == BLANK and blank.trim_end(line) or line
end

-- Returns a row that is no printable ASCII as a line. Characters count, not bytes.
function Columns:line(row)
  if not self.is_clean then clean_row(row) end
  local cells = {}
  for column = 1, self.count do cells[column] = terminal.pad(row[column], self.pads[column]) end
  return without_blanks(table.concat(cells, (" "):rep(GAP_CELLS)))
end

-- The widths need cells that are clean.
function Columns:begin(rows)
  for _, row in ipairs(rows) do clean_row(row) end
  if self.titles then table.insert(rows, 1, self.titles) end
  self:settle(rows)
end

--- Returns rows of cells as lines; before the first ones, the titles. The cells are cleaned in
--- place.
---@param rows string[][]  at least one; all with as many cells
---@return string
function Columns:text(rows)
  self.is_clean = not self.pads
  if self.is_clean then self:begin(rows) end
  return secrets.masked(native_columns.lines(rows, self.pads, GAP_CELLS, function(row)
    return self:line(row)
  end))
end

return M
