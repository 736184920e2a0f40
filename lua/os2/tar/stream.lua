--- Packs and unpacks with the system's tar, in pieces: the archive is never held whole.
local err = require("os2.err")
local place = require("os2.tar.place")
local proc = require("os2.proc")
local tar = require("os2.tar")
local task = require("os2.task")

---@class os2.tar.stream
local M = {}

local function spawn(argv, seconds, streams)
  return proc.spawn(argv, {
    stdin = streams.stdin, stdout = streams.stdout, timeout = seconds, group = true,
    env = tar.environment(),
  })
end

local LONGEST_REPORT <const> = 16 * 1024 -- bytes of what tar says that are kept

local function kept(stderr, data)
  return stderr .. data:sub(1, LONGEST_REPORT - #stderr)
end

local function check_ended(process, stderr)
  tar.check(err.check(process:result()).code, stderr)
end

--- Packs a file or directory under a name. Returns false where the taker wanted no more. Waits.
---@param source {directory: string, name: string}
---@param name string
---@param seconds number
---@param send fun(bytes: string): boolean  false: wants no more
---@return boolean
function M.pack(source, name, seconds, send)
  local process <close> = spawn(tar.pack(source, name), seconds, { stdin = "null" })
  local stderr = ""
  for event in process do
    if event.stream == "stderr" then
      stderr = kept(stderr, event.data)
    elseif not send(event.data) then
      return false
    end
  end
  check_ended(process, stderr)
  return true
end

-- A tar that has gone says why itself.
local function feed(process, chunks)
  for bytes in chunks do
    if not process:write(bytes) then return end
  end
  process:close_stdin()
end

local function read_stderr(process)
  local stderr = ""
  for event in process do stderr = kept(stderr, event.data) end
  return stderr
end

local function unpack_into(directory, chunks, name, as, seconds)
  local argv = tar.unpack(name, { directory = directory, name = as })
  local process <close> = spawn(argv, seconds, { stdin = "pipe", stdout = "null" })
  -- What the chunks raise goes before what tar says of an archive that breaks off.
  local stderr = task.group(function(group)
    group:spawn(feed, process, chunks)
    return read_stderr(process)
  end)
  check_ended(process, stderr)
end

--- Unpacks an archive, in which `name` gets the target's name: beside the target first, so that one
--- that breaks off leaves the target as it was. Raises `exists` where a file would take the place
--- of a directory or the other way round. Waits.
---@param chunks fun(): string?  raises where the archive breaks off
---@param name string
---@param target {directory: string, name: string}
---@param seconds number
function M.unpack(chunks, name, target, seconds)
  local directory, _ <close> = place.beside(target.directory)
  unpack_into(directory, chunks, name, target.name, seconds)
  place.move(directory .. "/" .. target.name, target.directory .. "/" .. target.name)
end

return M
