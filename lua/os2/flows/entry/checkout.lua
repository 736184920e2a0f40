--- Entry step: clones the code, or updates the existing checkout.
local clone = require("os2.flows.entry.clone")
local err = require("os2.err")
local fs = require("os2.fs")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local state = require("os2.flows.entry.state")
local update = require("os2.flows.entry.update")

---@class os2.flows.entry.checkout
local M = {}

---@class os2.flows.entry.repository
---@field url string
---@field path string
---@field branch string?  nil: the remote's default branch
---@field depth integer?  number of commits; 0: all

--- Clones a repository, or updates the existing checkout. Returns the commit that is checked out.
--- Raises, with the step's name, what stopped it.
---@param topic string  the step
---@param repository os2.flows.entry.repository
---@return string commit
function M.bring(topic, repository)
  if not fs.exists(repository.path .. "/.git") then return clone.run(topic, repository) end
  return update.run(topic, repository)
end

local function leave_alone(ctx)
  if not fs.exists(ctx.path) then
    err.raise(err.new{
      kind = "not_found", exit = "config", op = "entry.checkout",
      message = ("ITERATE_DEV is set, and there is no %s"):format(ctx.path),
      hint = "mount the checkout there, or unset ITERATE_DEV",
    })
  end
  ctx.is_changed = false
  log.write("checkout", ctx.path .. " is left alone: ITERATE_DEV is set")
end

--- Runs the step. Afterwards `ctx.commit` is set, and `ctx.is_changed` says whether the code has
--- changed since its dependencies were installed.
---@param ctx table
function M.run(ctx)
  if ctx.is_dev then return leave_alone(ctx) end
  ctx.commit = M.bring("checkout", {
    url = policy.ask("entry.repository"), path = ctx.path, branch = policy.ask("entry.branch"),
    depth = policy.ask("entry.depth"),
  })
  ctx.is_changed = ctx.commit ~= state.read(ctx.path).installed
end

return M
