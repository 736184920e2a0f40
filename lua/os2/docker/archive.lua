--- Copies files into a container and out of it, as a tar that is never held whole.
local client = require("os2.docker.client")
local clock = require("os2.clock")
local err = require("os2.err")
local policy = require("os2.policy")
local proc = require("os2.proc")
local tar = require("os2.tar")
local task = require("os2.task")

---@class os2.docker.archive
local M = {}

local OP <const> = "docker.copy"

local function check_ended(process, stderr)
  tar.check(err.check(process:result()).code, stderr)
end

local function spawn_tar(argv, seconds, streams)
  return proc.spawn(argv, {
    stdin = streams.stdin, stdout = streams.stdout, timeout = seconds, group = true,
    env = tar.ENVIRONMENT,
  })
end

-- Sends what tar writes; returns what it says on stderr, or nil when the engine wants no more.
local function pump_out(process, upload)
  local stderr = {}
  for event in process do
    if event.stream == "stderr" then
      stderr[#stderr + 1] = event.data
    elseif not upload:send(event.data) then
      return nil
    end
  end
  return table.concat(stderr)
end

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
  local process <close> = spawn_tar(tar.pack(source, target.name), seconds, { stdin = "null" })
  local stderr = pump_out(process, upload)
  if stderr then
    check_ended(process, stderr)
    upload:send_end()
  end
  local response, failure = upload:result()
  failure = client.check(OP, "put_container_archive", started, response, failure)
  if failure then err.raise(failure) end
end

local function pump_in(download, process)
  for bytes in download do process:write(bytes) end
  process:close_stdin()
end

local function read_stderr(process)
  local stderr = {}
  for event in process do stderr[#stderr + 1] = event.data end
  return table.concat(stderr)
end

--- Copies a file or directory of a container into a local directory, under a name. Raises
--- `not_found`. Waits.
---@param container string
---@param source {path: string, name: string}
---@param target {directory: string, name: string}
function M.get(container, source, target)
  local seconds, started = policy.ask("timeouts.transfer"), clock.monotonic()
  local download <close> = client.start("container_archive", { id = container, path = source.path },
    { mode = "chunks", timeout = seconds })
  local head = download:head()
  if not head or head.status ~= 200 then
    err.raise(client.check(OP, "container_archive", started, download:result()))
  end
  local process <close> = spawn_tar(tar.unpack(source.name, target), seconds, {
    stdin = "pipe", stdout = "null",
  })
  local stderr = task.group(function(group)
    group:spawn(pump_in, download, process)
    return read_stderr(process)
  end)
  check_ended(process, stderr)
  local failure = client.check(OP, "container_archive", started, download:result())
  if failure then err.raise(failure) end
end

return M
