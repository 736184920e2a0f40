--- What a run knows of its result although it fails: ids belong into fields, not only into prose.
local err = require("os2.err")

---@class os2.flows.known
local M = {}

--- Returns a to-be-closed value: an error that leaves its block takes these fields along, for the
--- JSON document. Declared before what else is closed at the block's end, it sees the state after
--- all clean-ups.
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
