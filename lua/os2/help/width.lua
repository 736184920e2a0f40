--- How wide help may be.

---@class os2.help.width
local M = {}

local WIDEST_COLUMNS <const>, LEAST_COLUMNS <const> = 100, 30

--- Returns the columns of the terminal on stdout, or COLUMNS; 100 at most.
---@return integer
function M.columns()
  local width = math.tointeger(tonumber(os.getenv("COLUMNS") or ""))
    or require("os2.fs").terminal_columns(1) or WIDEST_COLUMNS
  return math.max(LEAST_COLUMNS, math.min(width, WIDEST_COLUMNS))
end

return M
