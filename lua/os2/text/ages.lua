--- Ages as one short word.

---@class os2.text.ages
local M = {}

local MINUTE <const>, HOUR <const>, DAY <const> = 60, 3600, 24 * 3600 -- seconds

--- Returns an age in its largest unit: "45s", "12m", "5h", "3d".
---@param seconds number
---@return string
function M.of(seconds)
  if seconds < MINUTE then return ("%ds"):format(seconds) end
  if seconds < HOUR then return ("%dm"):format(seconds // MINUTE) end
  if seconds < 2 * DAY then return ("%dh"):format(seconds // HOUR) end
  return ("%dd"):format(seconds // DAY)
end

return M
