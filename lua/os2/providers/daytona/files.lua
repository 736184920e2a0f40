--- Files of machines at Daytona, through the toolbox.
local daytona = require("os2.daytona")
local err = require("os2.err")
local fs = require("os2.fs")
local helper = require("os2.proc.helper")
local inside = require("os2.providers.daytona.inside")
local lfs = require("lfs")
local multipart = require("os2.rest.multipart")
local place = require("os2.tar.place")
local policy = require("os2.policy")
local proc = require("os2.proc")
local retry = require("os2.retry")
local stream = require("os2.tar.stream")
local task = require("os2.task")

---@class os2.providers.daytona.files
local M = {}

local PIECE <const> = 64 * 1024 -- bytes of a file that are read at once

local function info_of(machine, path)
  return retry.run(function()
    return (daytona.toolbox(machine).api.get_file_info{ path = path })
  end)
end

--- Says what a path in the machine leads to: "directory", "file" (all else) or nil (nothing).
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|nil
function M.kind_at(machine, path)
  local info, failure = task.try(info_of, machine, path)
  if failure and failure.kind ~= "not_found" then err.raise(failure) end
  return info and (info.isDir and "directory" or "file")
end

-- The toolbox tells of what a link leads to only.
local function is_link(machine, path)
  local command = "test -L " .. inside.quoted(path)
  return retry.run(function()
    return (daytona.toolbox(machine).api.execute_command{ command = command })
  end).exitCode == 0
end

--- Says what a path in the machine is, where it is a link: "link", but for a slash behind it.
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|"link"|nil
function M.source_kind(machine, path)
  if path:sub(-1) ~= "/" and is_link(machine, path) then return "link" end
  return M.kind_at(machine, path)
end

-- Runs a command of our own in the machine; raises with its last words where it fails.
local function run_own(machine, argv)
  local handle = inside.prepare(machine)
  local _ <close> = task.defer(function() inside.release(machine, handle) end)
  local words = {}
  local code = inside.run(machine, handle, argv, {
    timeout = policy.ask("timeouts.transfer"),
    on_output = function(_, data) words[#words + 1] = data end,
  })
  if code == 0 then return end
  err.raise(err.new{
    kind = "invalid", op = "machine.cp",
    message = ("%s failed in the machine with code %d"):format(argv[1], code),
    detail = table.concat(words),
  })
end

-- A file in the machine that is gone in the end, whatever comes.
local function scratch(machine)
  local path = ".os2-" .. inside.random_word() .. ".tar"
  return path, task.defer(function()
    task.try(daytona.toolbox(machine).api.delete_file, { path = path })
  end)
end

-- Sends a file in pieces, which `give(send)` gives.
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

local MODE_OF <const> = { ["-"] = 0, r = 4, w = 2, x = 1 }

-- "rwxr-xr-x" as "755".
local function octal(permissions)
  return (permissions:gsub("(.)(.)(.)", function(read, write, run)
    return tostring((MODE_OF[read] or 0) + (MODE_OF[write] or 0) + (MODE_OF[run] or 0))
  end))
end

local function open_file(path, mode)
  local file, why = io.open(path, mode)
  if file then return file end
  err.raise(err.new{ kind = "denied", op = "machine.cp", message = why })
end

local function copy_file_in(machine, source, target)
  local path = source.directory .. "/" .. source.name
  local remote, found = target.directory .. "/" .. target.name, fs.stat(path)
  local file <close> = open_file(path, "rb")
  upload(machine, remote, target.name, found.size, function(send)
    for bytes in file:lines(PIECE) do
      if not send(bytes) then return false end
    end
    return true
  end)
  daytona.toolbox(machine).api.set_file_permissions{
    path = remote, mode = octal(found.permissions),
  }
end

-- Unpacks in the machine, where tar by itself would put a directory in the place of a file. A name
-- that tar writes otherwise than it is (line breaks) is not looked for.
local UNPACK <const> = [[
  tar -tf "$1" | while IFS= read -r name; do
    there=$2/${name%/}
    case $name in
      */) [ -d "$there" ] || [ ! -e "$there" ] ;;
      *) [ ! -d "$there" ] || [ -L "$there" ] ;;
    esac || {
      echo "$there: neither of a file and a directory takes the other's place" >&2
      exit 1
    }
  done || exit 1
  exec tar -C "$2" -xf "$1"]]

local function copy_tree_in(machine, source, target)
  local path, _ <close> = scratch(machine)
  upload(machine, path, path, nil, function(send)
    return stream.pack(source, target.name, policy.ask("timeouts.transfer"), send)
  end)
  run_own(machine, { "sh", "-c", UNPACK, "unpack", path, target.directory })
end

--- Copies a local file or directory into a directory of the machine, under a name. A directory goes
--- as a tar, which the machine's own tar unpacks; so does a link.
---@param machine os2.machine
---@param source {directory: string, name: string}
---@param target {directory: string, name: string}
function M.copy_in(machine, source, target)
  local mode = lfs.symlinkattributes(source.directory .. "/" .. source.name, "mode")
  if mode == "file" then return copy_file_in(machine, source, target) end
  copy_tree_in(machine, source, target)
end

-- Where tar stands in the machine, and what it takes from there. A directory is taken from within:
-- tar does not look behind a link, whatever stands behind its name.
local function place_of(source)
  if source.kind == "directory" then return source.path, "." end
  local parent = source.path:match("^(.*)/[^/]*$") or "."
  return parent == "" and "/" or parent, source.name
end

local function copy_tree_out(machine, source, target)
  local path, _ <close> = scratch(machine)
  local directory, name = place_of(source)
  run_own(machine, { "tar", "-C", directory, "-cf", path, "--", name })
  local packed <close> = download(machine, path)
  stream.unpack(packed:chunks(), name, target, policy.ask("timeouts.transfer"))
end

local function write(path, chunks)
  local file <close> = open_file(path, "wb")
  local done, why = true, nil
  for bytes in chunks do
    done, why = file:write(bytes)
    if not done then break end
  end
  if done then done, why = file:flush() end
  if done then return end
  err.raise(err.new{ kind = "invalid", op = "machine.cp", message = ("%s: %s"):format(path, why) })
end

-- Beside its place first: one that breaks off leaves what is there as it was.
local function copy_file_out(machine, source, target)
  local info = info_of(machine, source.path)
  local content <close> = download(machine, source.path)
  local directory, _ <close> = place.beside(target.directory)
  local path = directory .. "/" .. target.name
  write(path, content:chunks())
  proc.run({ "chmod", info.permissions, path }, {
    timeout = policy.ask("timeouts.transfer"), env = helper.changes("tar"),
  })
  place.move(path, target.directory .. "/" .. target.name)
end

--- Copies a file or directory of the machine into a local directory, under a name.
---@param machine os2.machine
---@param source {path: string, name: string, kind: string}
---@param target {directory: string, name: string}
function M.copy_out(machine, source, target)
  if source.kind ~= "file" then return copy_tree_out(machine, source, target) end
  copy_file_out(machine, source, target)
end

return M
