--- Packs and unpacks with the system's tar, in pieces: the archive is never held whole.
local entries = require("os2.tar.entries")
local err = require("os2.err")
local fs = require("os2.fs")
local place = require("os2.tar.place")
local proc = require("os2.proc")
local tar = require("os2.tar.command")
local task = require("os2.task")

---@class os2.tar.stream
local M = {}

local UNPACKED <const> = "unpacked" -- what it is called until it is in its place

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
  return tar.check(err.check(process:result()).code, stderr)
end

-- What tar is told on stdin is short.
local function feed_names(process, names)
  if not names then return end
  for _, name in ipairs(names) do process:write(name .. "\0") end
  process:close_stdin()
end

local function read_archive(process, send)
  local stderr = ""
  for event in process do
    if event.stream == "stderr" then
      stderr = kept(stderr, event.data)
    elseif not send(event.data) then
      return nil
    end
  end
  return stderr
end

local function pack(argv, names, options, send)
  local process <close> = spawn(argv, options.timeout, { stdin = names and "pipe" or "null" })
  local stderr = task.group(function(group)
    group:spawn(feed_names, process, names)
    return read_archive(process, send)
  end)
  if not stderr then return false end
  local changed = check_ended(process, stderr)
  if changed then options.warn(changed) end
  return true
end

---@class os2.tar.stream.options
---@field timeout number  seconds
---@field warn fun(words: string)  is told what went well but for a detail

--- Packs a file or directory under a name; without a name what the directory holds, without the
--- directory itself. Returns false where the taker wanted no more. Waits.
---@param source {directory: string, packed: string}  packed: its name there, "." for the directory
---@param name string?
---@param options os2.tar.stream.options
---@param send fun(bytes: string): boolean  false: wants no more
---@return boolean
function M.pack_source(source, name, options, send)
  local directory = source.directory
  if not name then return pack(tar.pack_entries(directory), fs.list(directory), options, send) end
  local argv = tar.pack({ directory = directory, name = source.packed }, name)
  return pack(argv, nil, options, send)
end

--- Passes pieces on. Returns false where the taker wanted no more.
---@param chunks fun(): string?
---@param send fun(bytes: string): boolean  false: wants no more
---@return boolean
function M.pass_on(chunks, send)
  for bytes in chunks do
    if not send(bytes) then return false end
  end
  return true
end

-- A tar that has gone says why itself.
local function feed(process, chunks)
  local is_taken = M.pass_on(chunks, function(bytes) return process:write(bytes) end)
  if is_taken then process:close_stdin() end
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

local SHOWN <const> = 3 -- of what is left out

local function new_left_out(warn)
  local names, count = {}, 0
  local function note(name, what)
    count = count + 1
    if count <= SHOWN then names[count] = ("%s (%s)"):format(name, what) end
  end
  return note, function()
    if count == 0 then return end
    warn(("left out, as no file, directory or link: %s%s"):format(table.concat(names, ", "),
      count > SHOWN and (" and %d more"):format(count - SHOWN) or ""))
  end
end

--- Unpacks an archive, in which `name` comes to the place `path`: beside it first, so that one that
--- breaks off leaves what is there as it was. Files are the caller's, with the bits 0777 of their
--- modes; devices and fifos are left out, and that is said. Raises `exists` where a file would take
--- the place of a directory or the other way round. Waits.
---@param chunks fun(): string?  raises where the archive breaks off
---@param name string
---@param target {directory: string, path: string}  a directory on the path's file system
---@param options os2.tar.stream.options
function M.unpack(chunks, name, target, options)
  local directory, _ <close> = place.beside(target.directory)
  local note, tell = new_left_out(options.warn)
  unpack_into(directory, entries.plain(chunks, note), name, UNPACKED, options.timeout)
  tell()
  place.move(directory .. "/" .. UNPACKED, target.path)
end

return M
