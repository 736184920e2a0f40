--- Digests.
---@class os2.hash
local M = {}

--- Returns the SHA-256 of bytes as 64 hex digits.
---@param data string
---@return string
function M.sha256(data)
  return require("host.hash").sha256(data) -- late: it loads libcrypto
end

return M
