--- Digests.
local native_hash = require("host.hash")

---@class os2.hash
local M = {}

--- Returns the SHA-256 digest of a string as 64 hexadecimal digits.
---@param data string
---@return string
function M.sha256(data)
  return native_hash.sha256(data)
end

return M
