--- What the machines of both providers share.
local err = require("os2.err")

---@class os2.providers.machine
local M = {}

-- The functions that act inside machines, and the part of a provider that has them.
local PART_OF <const> = {
  prepare = "inside", attach = "inside", run = "inside", resume = "inside", release = "inside",
  logs = "inside",
  kind_at = "files", target_at = "files", source_kind = "files", copy_in = "files",
  copy_out = "files", read_tar = "files", write_tar = "files",
}

--- Adds to a provider's machines the functions that act inside them; each part is loaded at its
--- first use.
---@generic T
---@param machines T
---@param provider string  "daytona", "docker"
---@return T
function M.with_parts(machines, provider)
  return setmetatable(machines, {
    __index = function(_, name)
      local part = PART_OF[name]
      return part and require(("os2.providers.%s.%s"):format(provider, part))[name]
    end,
  })
end

--- Raises `timeout`, because a command in a machine has run for too long.
---@param seconds number
function M.raise_not_ended(seconds)
  err.raise(err.new{
    kind = "timeout", op = "machine.exec",
    message = ("the command has not ended after %g s"):format(seconds),
    hint = "allow more time with --timeout",
  })
end

return M
