--- Files of machines on the local engine.
local archive = require("os2.docker.archive")
local docker = require("os2.docker")
local err = require("os2.err")
local json = require("os2.json")
local task = require("os2.task")

---@class os2.providers.docker.files
local M = {}

-- Bits of Go's FileMode.
local DIRECTORY <const>, LINK <const> = 1 << 31, 1 << 27

local function refuse_stat(text)
  err.raise(err.new{
    kind = "protocol", op = "machine.cp",
    message = ("the engine's answer about a path is no file status: %q"):format(text),
  })
end

local function stat_of(told)
  local text = require("host.docker").base64_decode(told)
  local stat = text and task.try(json.decode, text)
  if type(stat) == "table" and math.type(stat.mode) == "integer" then return stat end
  refuse_stat(text or told)
end

-- Returns the engine's record of a path, without the content; nil when there is nothing.
local function look_at(machine, path)
  local _, failure, response = task.try(docker.api.container_archive_info, {
    id = machine.id, path = path,
  })
  if not failure then return stat_of(response.headers["x-docker-container-path-stat"] or "") end
  if failure.kind == "not_found" or failure.kind == "invalid" or failure.status == 500 then
    return nil
  end
  err.raise(failure)
end

local function kind_of(stat)
  if not stat then return nil end
  return stat.mode & DIRECTORY ~= 0 and "directory" or stat.mode & LINK ~= 0 and "link" or "file"
end

--- Returns the kind of what a path in the machine leads to: "directory", "file" (anything else), or
--- nil (nothing).
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|nil
function M.kind_at(machine, path)
  if look_at(machine, path:gsub("/+$", "") .. "/.") then return "directory" end
  return look_at(machine, path) and "file" or nil
end

--- Returns the kind of what a path in the machine leads to, and when its last name is a link, the
--- path of the link's target.
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|nil kind
---@return string path
function M.target_at(machine, path)
  if look_at(machine, path:gsub("/+$", "") .. "/.") then return "directory", path end
  local stat = look_at(machine, path)
  if kind_of(stat) ~= "link" or type(stat.linkTarget) ~= "string" then
    return stat and "file", path
  end
  return look_at(machine, stat.linkTarget) and "file", stat.linkTarget
end

--- Returns the kind of a path in the machine itself: a link is "link", unless a slash follows it.
---@param machine os2.machine
---@param path string
---@return "directory"|"file"|"link"|nil
function M.source_kind(machine, path)
  return kind_of(look_at(machine, path))
end

--- Copies a local file or directory into a directory of the machine.
---@param machine os2.machine
---@param source {directory: string, packed: string, is_contents: boolean?}
---@param target os2.flows.machine.target
---@param warn fun(words: string)
function M.copy_in(machine, source, target, warn)
  archive.put(machine.id, source, target, warn)
end

-- Returns the name in the archive, and the path for which the engine uses that name.
local function named(source)
  if source.is_contents then return { path = source.path, name = "." } end
  return source
end

--- Copies a file or directory of the machine into a local directory.
---@param machine os2.machine
---@param source {path: string, name: string, is_contents: boolean?}
---@param target os2.flows.machine.target
---@param warn fun(words: string)
function M.copy_out(machine, source, target, warn)
  archive.get(machine.id, named(source), target, warn)
end

--- Calls a function with the pieces of a tar of a path.
---@param machine os2.machine
---@param source {path: string}
---@param take fun(bytes: string)
function M.read_tar(machine, source, take)
  archive.read(machine.id, source.path, take)
end

--- Unpacks a tar into a directory of the machine.
---@param machine os2.machine
---@param directory string
---@param chunks fun(): string?
function M.write_tar(machine, directory, chunks)
  archive.write(machine.id, directory, chunks)
end

return M
