--- Adds what helps to the errors of libgit2 and of transfers.
local err = require("os2.err")

---@class os2.git.explain
local M = {}

local INSTALL <const> = "install git: os2 asks it about working trees where it is on the PATH"

-- Words of the message, the kind, the hint, and the meaning of the message's last part.
local ROWS <const> = {
  { "extension: 'sdir'", "invalid", INSTALL, "its index is sparse, which libgit2 cannot read" },
  { "extension: 'link'", "invalid", INSTALL, "its index is split, which libgit2 cannot read" },
  { "unknown object format", "invalid", INSTALL },
  { "unsupported extension name", "invalid", INSTALL },
  { "unsupported mandatory extension", "invalid", INSTALL },
  { "needs a git program", "invalid", INSTALL },
  { "directory nesting too deep", "invalid", INSTALL },
  { "the list of references of ", "protocol", "git.advertisement_limit says how long it may be" },
}

local function explained(failure, row)
  local _, kind, hint, meaning = table.unpack(row)
  return err.new{
    kind = kind, op = failure.op, hint = hint, cause = failure,
    message = meaning and failure.message:gsub("[^:]*: '%l+'$", meaning) or failure.message,
  }
end

--- Returns the error to raise for an error of the host.
---@param failure os2.Err
---@return os2.Err
function M.of(failure)
  for _, row in ipairs(ROWS) do
    if failure.message:find(row[1], 1, true) then return explained(failure, row) end
  end
  return failure
end

return M
