--- Copies files into and out of a container as a tar stream, which is never held in memory as a
--- whole.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local stream = require("os2.tar.stream")

---@class os2.docker.archive
local M = {}

local OP <const> = "docker.copy"

-- Sends the tar that `give(send)` produces; the engine unpacks it in a directory of the container.
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

--- Copies a local file or directory into a directory of a container under a name; without a name,
--- the contents of the directory. Raises `not_found` when either does not exist. Waits.
---@param container string
---@param source {directory: string, packed: string}  packed: its name in `directory`, "." for the
---  directory itself
---@param target {directory: string, name: string?}
---@param warn fun(words: string)  is called when it succeeded except for a detail
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

-- Returns an iterator over the pieces of a download; it raises the error with which the download
-- ends.
local function pieces_of(download, started)
  return function()
    local bytes = download:next()
    if bytes ~= nil then return bytes end
    local failure = client.check(OP, "container_archive", started, download:result())
    if failure then err.raise(failure) end
  end
end

-- Calls a function with the pieces of a tar of a path.
local function download(container, path, seconds, use)
  local started = clock.monotonic()
  local getting <close> = client.start("container_archive", { id = container, path = path },
    { mode = "chunks", timeout = seconds })
  local head, next_piece = getting:head(), pieces_of(getting, started)
  if not head or head.status ~= 200 then next_piece() end
  use(next_piece)
end

--- Copies a file or directory of a container to a local path. After a failure the local path is
--- unchanged. Raises `not_found`. Waits.
---@param container string
---@param source {path: string, name: string}  name: its name in the engine's archive
---@param target {directory: string, path: string}
---@param warn fun(words: string)  is called when it succeeded except for a detail
function M.get(container, source, target, warn)
  local options = { timeout = policy.ask("timeouts.transfer"), warn = warn }
  download(container, source.path, options.timeout, function(next_piece)
    stream.unpack(next_piece, source.name, target, options)
  end)
end

--- Calls a function with the pieces of a tar of a path in a container. Waits.
---@param container string
---@param path string
---@param take fun(bytes: string)
function M.read(container, path, take)
  download(container, path, policy.ask("timeouts.transfer"), function(next_piece)
    for bytes in next_piece do take(bytes) end
  end)
end

return M
