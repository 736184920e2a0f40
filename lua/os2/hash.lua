--- Digests.
---@class os2.hash
local M = {}

--- Returns the SHA-256 digest of a string as 64 hexadecimal digits.
---@param data string
---@return string
function M.sha256(data)
  return require("host.hash").sha256(data) -- required here, because it loads libcrypto
end

return M
