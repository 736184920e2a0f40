--- Copies files into a container and out of it, as a tar that is never held whole.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local stream = require("os2.tar.stream")

---@class os2.docker.archive
local M = {}

local OP <const> = "docker.copy"

-- Sends a tar that `give(send)` gives; it is unpacked in a directory of the container.
local function upload(container, directory, seconds, give)
  local started = clock.monotonic()
  local sending <close> = client.start("put_container_archive", {
    id = container, path = directory, noOverwriteDirNonDir = "true",
  }, {
    mode = "chunks", timeout = seconds, send = true,
    headers = { "Content-Type: application/x-tar" },
  })
  if give(function(bytes) return sending:send(bytes) end) then sending:send_end() end
  local response, failure = sending:result()
  failure = client.check(OP, "put_container_archive", started, response, failure)
  if failure then err.raise(failure) end
end

--- Copies a local file or directory into a directory of a container, under a name; without one,
--- what the directory holds. Raises `not_found` where either is not there. Waits.
---@param container string
---@param source {directory: string, packed: string}  packed: its name there, "." for the directory
---@param target {directory: string, name: string?}
---@param warn fun(words: string)  is told what went well but for a detail
function M.put(container, source, target, warn)
  local options = { timeout = policy.ask("timeouts.transfer"), warn = warn }
  upload(container, target.directory, options.timeout, function(send)
    return stream.pack_source(source, target.name, options, send)
  end)
end

--- Unpacks a tar in a directory of a container. Waits.
---@param container string
---@param directory string
---@param chunks fun(): string?
function M.write(container, directory, chunks)
  upload(container, directory, policy.ask("timeouts.transfer"), function(send)
    return stream.pass_on(chunks, send)
  end)
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

-- Gives a function the pieces of a tar of what is at a path.
local function download(container, path, seconds, use)
  local started = clock.monotonic()
  local getting <close> = client.start("container_archive", { id = container, path = path },
    { mode = "chunks", timeout = seconds })
  local head, next_piece = getting:head(), pieces_of(getting, started)
  if not head or head.status ~= 200 then next_piece() end
  use(next_piece)
end

--- Copies a file or directory of a container to a local path. What is there stays as it was where
--- this fails. Raises `not_found`. Waits.
---@param container string
---@param source {path: string, name: string}  name: what the engine calls it in its archive
---@param target {directory: string, path: string}
---@param warn fun(words: string)  is told what went well but for a detail
function M.get(container, source, target, warn)
  local options = { timeout = policy.ask("timeouts.transfer"), warn = warn }
  download(container, source.path, options.timeout, function(next_piece)
    stream.unpack(next_piece, source.name, target, options)
  end)
end

--- Gives the pieces of a tar of what is at a path of a container. Waits.
---@param container string
---@param path string
---@param take fun(bytes: string)
function M.read(container, path, take)
  download(container, path, policy.ask("timeouts.transfer"), function(next_piece)
    for bytes in next_piece do take(bytes) end
  end)
end

return M
