--- Uploads a build context to Daytona's object storage, where it is not there already.
local err = require("os2.err")
local retry = require("os2.client.retry")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.snapshot.remote.upload
local M = {}

local HASH_DIGITS <const> = 12
-- S3 takes no more in one request.
local LARGEST_BYTES <const> = 5 * 1024 * 1024 * 1024

local function check_size(ctx)
  if ctx.context.size <= LARGEST_BYTES then return end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot.upload",
    message = ("the build context has %s, and object storage takes %s in one piece"):format(
      terminal.size(ctx.context.size), terminal.size(LARGEST_BYTES)),
    hint = "exclude what the image does not need in .dockerignore, or build on the local engine: "
      .. "leave out --remote",
  })
end

local function put(ctx, phase, storage, name)
  retry.run(function()
    local pieces, op = ctx.context:pieces()
    local _ <close> = op
    storage:put(name, ctx.context.size, pieces, function(bytes)
      phase:bytes(bytes, ctx.context.size)
    end)
    return true
  end)
end

local function send(ctx, phase, name)
  local storage = ctx.provider.context_storage()
  if storage:has(name) then return 0 end
  put(ctx, phase, storage, name)
  return ctx.context.size
end

-- Access lasts one hour. What is refused is tried once more with new access.
local function upload(ctx, phase, name)
  local sent, failure = task.try(send, ctx, phase, name)
  if failure and failure.kind == "denied" then sent, failure = task.try(send, ctx, phase, name) end
  if not failure then return sent end
  failure.hint = failure.hint or "build on the local engine: leave out --remote"
  err.raise(failure)
end

--- Runs the step. `ctx.uploaded` says what was done.
---@param ctx table
function M.run(ctx)
  local name = ctx.build_info.contextHashes and ctx.build_info.contextHashes[1]
  if not name then return end
  check_size(ctx)
  local phase <close> = ctx.ui:phase("upload")
  local sent = upload(ctx, phase, name)
  ctx.uploaded = { hash = name, bytes = ctx.context.size, sent = sent }
  phase:done(("%s · context %s"):format(
    sent > 0 and terminal.size(sent) .. " sent" or "nothing sent, it is there already",
    name:sub(1, HASH_DIGITS)))
end

return M
