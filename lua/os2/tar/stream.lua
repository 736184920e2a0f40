--- Packs and unpacks with the system's tar as a stream: an archive is never held in memory as a
--- whole.
local entries = require("os2.tar.entries")
local err = require("os2.err")
local fs = require("os2.fs")
local place = require("os2.tar.place")
local proc = require("os2.proc")
local run_options = require("os2.run.options")
local tar_command = require("os2.tar.command")
local task = require("os2.task")

---@class os2.tar.stream
local M = {}

local UNPACKED <const> = "unpacked" -- the name of the unpacked file until it is moved to its place

local function spawn(argv, seconds, streams)
  return proc.spawn(argv, {
    stdin = streams.stdin, stdout = streams.stdout, timeout = seconds, group = true,
    env = tar_command.environment(),
  })
end

local LONGEST_REPORT_BYTES <const> = 16 * 1024 -- bytes of tar's report that are kept

local function kept(stderr, data)
  return stderr .. data:sub(1, LONGEST_REPORT_BYTES - #stderr)
end

local function check_ended(process, stderr)
  return tar_command.check(err.check(process:result()).code, stderr)
end

-- The names on stdin are few, so they are written before the output is read.
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
  if run_options.guard then run_options.guard.allow(argv, "tar") end
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
---@field warn fun(words: string)  is called when it succeeded except for a detail

--- Packs a file or directory under a name; without a name it packs the contents of the directory,
--- without the directory itself. Returns false when `send` wanted no more. Waits.
---@param source {directory: string, packed: string}  packed: its name there, "." for the directory
---@param name string?
---@param options os2.tar.stream.options
---@param send fun(bytes: string): boolean  returns false when it wants no more
---@return boolean
function M.pack_source(source, name, options, send)
  local directory = source.directory
  if not name then
    return pack(tar_command.pack_entries(directory), fs.list(directory), options, send)
  end
  local argv = tar_command.pack({ directory = directory, name = source.packed }, name)
  return pack(argv, nil, options, send)
end

--- Passes pieces on. Returns false when `send` wanted no more.
---@param chunks fun(): string?
---@param send fun(bytes: string): boolean  returns false when it wants no more
---@return boolean
function M.pass_on(chunks, send)
  for bytes in chunks do
    if not send(bytes) then return false end
  end
  return true
end

-- When tar has ended, its exit code and report tell why.
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
  local argv = tar_command.unpack(name, { directory = directory, name = as })
  local process <close> = spawn(argv, seconds, { stdin = "pipe", stdout = "null" })
  -- an error raised by the chunks takes precedence over tar's complaint about an incomplete archive
  local stderr = task.group(function(group)
    group:spawn(feed, process, chunks)
    return read_stderr(process)
  end)
  check_ended(process, stderr)
end

local SHOWN <const> = 3 -- how many left-out entries are named

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

--- Unpacks an archive and moves `name` to the place `path`. It is unpacked beside that place first,
--- so that an incomplete archive changes nothing. The files belong to the caller, with the bits
--- 0777 of their modes; devices and fifos are left out with a warning. Raises `exists` when a file
--- would replace a directory or the reverse. Waits.
---@param chunks fun(): string?  raises when the archive is incomplete
---@param name string
---@param target {directory: string, path: string}  directory: on the file system of the path
---@param options os2.tar.stream.options
function M.unpack(chunks, name, target, options)
  local directory, _ <close> = place.beside(target.directory)
  local note, tell = new_left_out(options.warn)
  unpack_into(directory, entries.plain(chunks, note), name, UNPACKED, options.timeout)
  tell()
  place.move(directory .. "/" .. UNPACKED, target.path)
end

return M
