--- Adds to an error what a run knows of its result in spite of it: ids belong in fields of the
--- document, not only in its message.
local err = require("os2.err")

---@class os2.flows.known
local M = {}

--- Returns a to-be-closed value: an error that leaves its block gets these fields, for the JSON
--- document. Declare it before other to-be-closed values of the block; it is then closed after all
--- clean-ups and sees their result.
---@param fields_of fun(): table
---@return any
function M.on_failure(fields_of)
  return setmetatable({}, {
    __close = function(_, failure)
      if err.is(failure) and not failure.result then failure.result = fields_of() end
    end,
  })
end

return M
