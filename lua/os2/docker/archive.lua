--- Copies files into a container and out of it, as a tar that is never held whole.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local stream = require("os2.tar.stream")

---@class os2.docker.archive
local M = {}

local OP <const> = "docker.copy"

--- Copies a local file or directory into a directory of a container, under a name. Raises
--- `not_found` where either is not there. Waits.
---@param container string
---@param source {directory: string, name: string}
---@param target {directory: string, name: string}
function M.put(container, source, target)
  local seconds, started = policy.ask("timeouts.transfer"), clock.monotonic()
  local upload <close> = client.start("put_container_archive", {
    id = container, path = target.directory, noOverwriteDirNonDir = "true",
  }, {
    mode = "chunks", timeout = seconds, send = true,
    headers = { "Content-Type: application/x-tar" },
  })
  local is_sent = stream.pack(source, target.name, seconds, function(bytes)
    return upload:send(bytes)
  end)
  if is_sent then upload:send_end() end
  local response, failure = upload:result()
  failure = client.check(OP, "put_container_archive", started, response, failure)
  if failure then err.raise(failure) end
end

-- The pieces of a download, or the error that it ends with.
local function pieces_of(download, started)
  return function()
    local bytes = download:next()
    if bytes ~= nil then return bytes end
    local failure = client.check(OP, "container_archive", started, download:result())
    if failure then err.raise(failure) end
  end
end

--- Copies a file or directory of a container into a local directory, under a name. What is there
--- stays as it was where this fails. Raises `not_found`. Waits.
---@param container string
---@param source {path: string, name: string}
---@param target {directory: string, name: string}
function M.get(container, source, target)
  local seconds, started = policy.ask("timeouts.transfer"), clock.monotonic()
  local download <close> = client.start("container_archive", { id = container, path = source.path },
    { mode = "chunks", timeout = seconds })
  local head, next_piece = download:head(), pieces_of(download, started)
  if not head or head.status ~= 200 then next_piece() end
  stream.unpack(next_piece, source.name, target, seconds)
end

return M
