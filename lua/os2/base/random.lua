--- Random words. Each process has its own seed.

---@class os2.base.random
local M = {}

local DIGITS <const> = 16 -- of one random integer

--- Returns a random, unique word: hexadecimal digits, by default 16.
---@param digits? integer  up to 32
---@return string
function M.word(digits)
  return ("%016x%016x"):format(math.random(0), math.random(0)):sub(1, digits or DIGITS)
end

return M
