--- Error objects on disk, for other processes.
local err = require("os2.err")

---@class os2.store.failures
local M = {}

local FIELDS <const> = { "kind", "op", "message", "exit", "status", "retryable", "retry_after",
  "hint" }

--- Returns the fields of an error that another process may read.
---@param failure os2.Err
---@return table
function M.fields(failure)
  local fields = {}
  for _, name in ipairs(FIELDS) do fields[name] = failure[name] end
  return fields
end

--- Returns true when err.new accepts the value. A failure of another kind or with other fields was
--- not written by this version.
---@param value any
---@return boolean
function M.fits(value)
  if type(value) ~= "table" or type(value.message) ~= "string" then return false end
  local hint, status, pause = value.hint, value.status, value.retry_after
  local is_fine = (hint == nil or type(hint) == "string")
    and (status == nil or math.type(status) == "integer")
    and (pause == nil or type(pause) == "number" and pause >= 0)
  return is_fine and (pcall(err.new, value))
end

--- Returns true for an error of the outside world: not for an interrupt or a bug of one process.
---@param failure any
---@return boolean
function M.is_shareable(failure)
  return err.is(failure) and failure.kind ~= "cancelled" and failure.kind ~= "internal"
end

return M
