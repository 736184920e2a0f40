--- Files of machines at Daytona, through the toolbox.
local daytona = require("os2.daytona")
local err = require("os2.err")
local fs = require("os2.fs")
local inside = require("os2.providers.daytona.inside")
local multipart = require("os2.client.multipart")
local place = require("os2.tar.place")
local policy = require("os2.policy")
local random = require("os2.base.random")
local records = require("os2.providers.daytona.records")
local retry = require("os2.client.retry")
local shell = require("os2.providers.daytona.shell")
local stream = require("os2.tar.stream")
local tar_command = require("os2.tar.command")
local task = require("os2.task")

---@class os2.providers.daytona.files
local M = {}

local PIECE_BYTES <const> = 64 * 1024 -- bytes of a file that are read at once

local function info_of(machine, path)
  return records.file("toolbox.get_file_info", retry.run(function()
    return (daytona.toolbox(machine).api.get_file_info{ path = path })
  end))
end

--- Returns the kind of what a path in the machine leads to: "directory", "file" (anything else), or
--- nil (nothing).
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|nil
function M.kind_at(machine, path)
  local info, failure = task.try(info_of, machine, path)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return info and (info.isDir and "directory" or "file")
end

local function execute(machine, command)
  return records.ran("toolbox.execute_command", retry.run(function()
    return (daytona.toolbox(machine).api.execute_command{ command = command })
  end))
end

-- The toolbox reports the target of a link only, so the link is found with `test`.
local function is_link(machine, path)
  return execute(machine, "test -L " .. shell.quoted(path)).exitCode == 0
end

-- Prints where a link leads, also when its target does not exist. Fails when the parent directory
-- of a new file is missing, because the toolbox would create it.
local LOOK <const> =
  "if test -L %s; then readlink -f -- %s; else test -e %s || test -d %s || exit 3; fi"
local NO_DIRECTORY <const> = 3

local function behind_link(machine, path)
  local word, parent = shell.quoted(path), path:match("^(.*)/[^/]*$")
  parent = parent == "" and "/" or parent or "."
  local ran = execute(machine, LOOK:format(word, word, word, shell.quoted(parent)))
  if ran.exitCode == NO_DIRECTORY then
    err.raise(err.new{
      kind = "not_found", op = "machine.cp", hint = "make it first",
      message = ("machine %s has no directory %s"):format(machine.name, parent),
    })
  end
  local target = ran.exitCode == 0 and ran.result and ran.result:gsub("\n+$", "")
  return target and target ~= "" and target or nil
end

--- Returns the kind of what a path in the machine leads to, and when its last name is a link, the
--- path of the link's target. Raises `not_found` when not even the parent directory exists.
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|nil kind
---@return string path
function M.target_at(machine, path)
  local kind = M.kind_at(machine, path)
  if kind == "directory" then return kind, path end
  local bare = path:gsub("(.)/+$", "%1")
  return kind, bare == path and behind_link(machine, path) or path
end

--- Returns the kind of a path in the machine itself: a link is "link", unless a slash follows it.
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|"link"|nil
function M.source_kind(machine, path)
  if path:sub(-1) ~= "/" and is_link(machine, path) then return "link" end
  return M.kind_at(machine, path)
end

-- Runs one of os2's own commands in the machine. Returns its exit code and output.
local function run_own(machine, argv)
  local handle = inside.prepare(machine)
  local _ <close> = task.defer(function() inside.release(machine, handle) end)
  local words = {}
  local code = inside.run(machine, handle, argv, {
    timeout = policy.ask("timeouts.transfer"),
    on_output = function(_, data) words[#words + 1] = data end,
  })
  return code, table.concat(words)
end

local function fail(kind, message, detail)
  err.raise(err.new{ kind = kind, op = "machine.cp", message = message, detail = detail })
end

-- Returns the path of a temporary file in the machine, which is deleted at the end in any case.
local function scratch(machine)
  local path = ".os2-" .. random.word() .. ".tar"
  return path, task.defer(function()
    task.try(daytona.toolbox(machine).api.delete_file, { path = path })
  end)
end

-- Sends a file in pieces, which `give(send)` produces.
local function upload(machine, path, name, size, give)
  local before, behind, content_type = multipart.frame("file", name)
  local sending <close> = daytona.toolbox(machine).begin("upload_file", { path = path }, {
    timeout = policy.ask("timeouts.transfer"), send = true, content_type = content_type,
    send_size = size and #before + size + #behind,
  })
  local function send(bytes) return sending:send(bytes) end
  if send(before) and give(send) then send(behind) end
  sending:send_end()
end

local function download(machine, path)
  return daytona.toolbox(machine).begin("download_file", { path = path }, {
    timeout = policy.ask("timeouts.transfer"),
  })
end

local function open_file(path, mode)
  local file, why = io.open(path, mode)
  if file then return file end
  fail("denied", why)
end

-- Sends `size` bytes of a file; all there are when the size is not known (files in /proc have size
-- 0). Bytes that are appended meanwhile are not sent.
local function send_file(file, path, size, send, warn)
  local left = size or math.huge
  while left > 0 do
    local bytes = file:read(math.min(PIECE_BYTES, left))
    if not bytes then break end
    if not send(bytes) then return false end
    left = left - #bytes
  end
  if size and left > 0 then
    fail("conflict", ("%s got shorter while it was read: %d bytes are missing"):format(path, left))
  end
  if size and file:read(1) then
    warn(("it grew while it was read; its first %d bytes were copied"):format(size))
  end
  return true
end

local function copy_file_in(machine, source, target, warn)
  local path = source.directory .. "/" .. source.packed
  local found = fs.stat(path)
  local file <close> = open_file(path, "rb")
  local size = found.size > 0 and found.size or nil
  upload(machine, target.path, target.name, size, function(send)
    return send_file(file, path, size, send, warn)
  end)
  daytona.toolbox(machine).api.set_file_permissions{
    path = target.path, mode = ("%03o"):format(fs.mode_of(found.permissions)),
  }
end

-- Unpacks in the machine, after a check: tar alone would replace a file by a directory. A name that
-- tar prints in another form (with line breaks) is not checked.
local UNPACK <const> = [[
  tar -tf "$1" | while IFS= read -r name; do
    there=$2/${name%/}
    case $name in
      */) [ -d "$there" ] || [ ! -e "$there" ] ;;
      *) [ ! -d "$there" ] || [ -L "$there" ] ;;
    esac || {
      echo "$there: a file cannot replace a directory, nor a directory a file" >&2
      exit 1
    }
  done || exit 1
  exec tar -C "$2" -xf "$1"]]

local function unpack(machine, path, directory)
  local code, words = run_own(machine, { "sh", "-c", UNPACK, "unpack", path, directory })
  if code == 0 then return end
  fail("invalid", ("tar failed in the machine with code %d"):format(code), words)
end

local function copy_tree_in(machine, source, target, warn)
  local path, _ <close> = scratch(machine)
  local options = { timeout = policy.ask("timeouts.transfer"), warn = warn }
  upload(machine, path, path, nil, function(send)
    return stream.pack_source(source, target.name, options, send)
  end)
  unpack(machine, path, target.directory)
end

--- Copies a local file or directory into a directory of the machine. Directories and links are sent
--- as a tar, which the machine's own tar unpacks.
---@param machine os2.machine
---@param source {directory: string, packed: string, kind: string}
---@param target os2.flows.machine.target
---@param warn fun(words: string)  is called when it succeeded except for a detail
function M.copy_in(machine, source, target, warn)
  local copy = source.kind == "file" and copy_file_in or copy_tree_in
  copy(machine, source, target, warn)
end

--- Unpacks a tar into a directory of the machine.
---@param machine os2.machine
---@param directory string
---@param chunks fun(): string?
function M.write_tar(machine, directory, chunks)
  local path, _ <close> = scratch(machine)
  upload(machine, path, path, nil, function(send) return stream.pass_on(chunks, send) end)
  unpack(machine, path, directory)
end

-- The machine's environment must not change what tar does, nor its messages.
local PACK <const> = [[
  unset TAR_OPTIONS
  LC_ALL=C exec tar -C "$2" -cf "$1" -- "$3"]]

-- Calls a function with the pieces of a tar of something in a directory of the machine.
local function download_tar(machine, directory, name, warn, use)
  local path, _ <close> = scratch(machine)
  local code, words = run_own(machine, { "sh", "-c", PACK, "pack", path, directory, name })
  local changed, failure = task.try(tar_command.check, code, words)
  if failure then
    fail("invalid", ("tar failed in the machine with code %d"):format(code), words)
  end
  if changed then warn(changed) end
  local packed <close> = download(machine, path)
  use(packed:chunks())
end

-- Returns the directory for tar, and the name to pack. A directory is packed from the inside,
-- because tar does not follow a link, even with a slash after it.
local function place_of(source)
  if source.kind == "directory" then return source.path, "." end
  local parent = source.path:match("^(.*)/[^/]*$") or "."
  return parent == "" and "/" or parent, source.name
end

local function copy_tree_out(machine, source, target, warn)
  local directory, name = place_of(source)
  download_tar(machine, directory, name, warn, function(chunks)
    stream.unpack(chunks, name, target, { timeout = policy.ask("timeouts.transfer"), warn = warn })
  end)
end

--- Calls a function with the pieces of a tar of a path.
---@param machine os2.machine
---@param source os2.flows.machine.source
---@param take fun(bytes: string)
---@param warn fun(words: string)
function M.read_tar(machine, source, take, warn)
  local directory, name = place_of(source)
  local bare = source.path:gsub("(.)/+$", "%1")
  if source.kind == "directory" and not source.is_contents
    and M.source_kind(machine, bare) == "directory" then
    directory, name = place_of{ path = bare, name = source.name }
  end
  download_tar(machine, directory, name, warn, function(chunks)
    for bytes in chunks do take(bytes) end
  end)
end

local function write(path, chunks)
  local file <close> = open_file(path, "wb")
  local done, why = true, nil
  for bytes in chunks do
    done, why = file:write(bytes)
    if not done then break end
  end
  if done then done, why = file:flush() end
  if not done then fail("invalid", ("%s: %s"):format(path, why)) end
end

-- Of the mode that the machine reports, only the bits for reading, writing and executing are used.
local function set_mode(path, permissions, warn)
  local digits = type(permissions) == "string" and permissions:match("^[0-7]?([0-7][0-7][0-7])$")
  if digits then return fs.chmod(path, tonumber(digits, 8)) end
  warn(("the machine tells permissions that are none, they are left out: %q")
    :format(tostring(permissions)))
end

-- A mode in Go's notation: letters for the type, and nine letters for the permissions.
local function check_is_file(source, info)
  local letters = type(info.mode) == "string" and info.mode:sub(1, -10) or ""
  if not letters:find("[pSD]") then return end
  fail("invalid", source.word .. " is a device, fifo or socket: it is not copied")
end

-- The file is made beside its place first, so that a transfer that breaks off changes nothing.
local function copy_file_out(machine, source, target, warn)
  local info = info_of(machine, source.path)
  check_is_file(source, info)
  local content <close> = download(machine, source.path)
  local directory, _ <close> = place.beside(target.directory)
  local path = directory .. "/" .. target.name
  write(path, content:chunks())
  set_mode(path, info.permissions, warn)
  place.move(path, target.path)
end

--- Copies a file or directory of the machine into a local directory.
---@param machine os2.machine
---@param source os2.flows.machine.source
---@param target os2.flows.machine.target
---@param warn fun(words: string)  is called when it succeeded except for a detail
function M.copy_out(machine, source, target, warn)
  local copy = source.kind == "file" and copy_file_out or copy_tree_out
  copy(machine, source, target, warn)
end

return M
