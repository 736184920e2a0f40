--- Copies files into a machine and out of it.
local err = require("os2.err")
local exec = require("os2.flows.machine.exec")
local fs = require("os2.fs")
local lfs = require("lfs")
local open = require("os2.flows.machine.open")

---@class os2.flows.machine.copy
local M = {}

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine.cp", message = message, hint = hint,
  })
end

-- "NAME:PATH" as machine and path; nil for a local path, which may hold a colon behind a slash.
local function split(word)
  local machine, path = word:match("^([^/:]+):(.*)$")
  if not machine then return nil, word end
  if path == "" then
    refuse(word .. ": the path is missing", "write NAME:PATH, as in mach_7:/tmp/")
  end
  return machine, path
end

local function base_name(path)
  return path:gsub("/+$", ""):match("[^/]*$")
end

local function directory_of(path)
  local directory = path:gsub("/+$", ""):match("^(.*)/[^/]*$")
  return directory == "" and "/" or directory or "."
end

-- Where something called `name` goes: into a directory that is there, else under the path's name.
local function place(path, name, is_directory)
  local bare = path:gsub("(.)/+$", "%1")
  if is_directory then return { directory = bare, name = name } end
  if path:sub(-1) == "/" then
    err.raise(err.new{
      kind = "not_found", op = "machine.cp", message = ("there is no directory %s"):format(path),
      hint = "make it first",
    })
  end
  return { directory = directory_of(path), name = base_name(path) }
end

-- Neither of a file and a directory takes the other's place: what is there would be lost.
local function check_in_the_way(source, target, in_the_way)
  if not in_the_way then return end
  local is_directory = source.kind == "directory"
  if is_directory == (in_the_way == "directory") then return end
  err.raise(err.new{
    kind = "exists", op = "machine.cp",
    message = ("%s is a %s and %s is a %s: neither takes the other's place"):format(
      source.word, source.kind, target, in_the_way),
    hint = "give another target, or remove what is there first",
  })
end

-- What a place is by itself: a link is none of what it leads to, but for a slash behind it.
local function kind_here(path)
  local mode = lfs.symlinkattributes(path, "mode")
  return mode == "directory" and "directory" or mode == "link" and "link" or mode and "file"
end

local function kind_behind(path)
  local found = fs.stat(path)
  return found and (found.mode == "directory" and "directory" or "file")
end

local function refuse_missing(message)
  err.raise(err.new{ kind = "not_found", op = "machine.cp", message = message })
end

local function local_source(path)
  local name = base_name(path)
  local found = fs.realpath(directory_of(path)) .. "/" .. name
  if name:match("^%.*$") or path:sub(-1) == "/" then found = fs.realpath(path) end
  return { directory = directory_of(found), name = base_name(found) }
end

local function copy_in(ctx, machine, source, path)
  local kind = kind_here(source)
  local from = local_source(source)
  local name = base_name(source):match("^%.*$") and from.name or base_name(source)
  local at = ctx.machines.kind_at(machine, path)
  local to = place(path, name, at == "directory")
  local final = to.directory:gsub("/$", "") .. "/" .. to.name
  if at == "directory" then at = ctx.machines.kind_at(machine, final) end
  check_in_the_way({ kind = kind, word = source }, machine.name .. ":" .. final, at)
  ctx.machines.copy_in(machine, from, to)
end

local function copy_out(ctx, machine, path, target)
  local name = base_name(path)
  if name:match("^%.*$") then refuse(path .. ": name a file or directory to copy") end
  local kind = ctx.machines.source_kind(machine, path)
  if not kind then refuse_missing(("machine %s has no %s"):format(machine.name, path)) end
  local to = place(target, name, kind_behind(target) == "directory")
  fs.realpath(to.directory)
  local final = to.directory:gsub("/$", "") .. "/" .. to.name
  local word = machine.name .. ":" .. path
  check_in_the_way({ kind = kind, word = word }, final, kind_behind(final))
  ctx.machines.copy_out(machine, { path = path, name = name, kind = kind }, to)
end

--- Copies between this machine and a machine; one of both places is NAME:PATH. A link is copied as
--- a link; with a slash behind it what it leads to is. What is there is replaced by its like only:
--- a file by a file; a directory gets the files of the other one. Raises `exists` otherwise.
---@param args {source: string, target: string}
---@return table fields
function M.run(args)
  local source_machine, source = split(args.source)
  local target_machine, target = split(args.target)
  if (source_machine == nil) == (target_machine == nil) then
    refuse("one of both places is in a machine, the other here",
      "write NAME:PATH for the one in the machine")
  end
  if not source_machine and not kind_here(source) then
    refuse_missing(("there is no %s here"):format(source))
  end
  local ctx = open.context(args)
  local machine = open.machine(ctx, source_machine or target_machine)
  if not ctx.provider.is_local then exec.check_started(ctx, machine) end
  if source_machine then
    copy_out(ctx, machine, source, target)
  else
    copy_in(ctx, machine, source, target)
  end
  return {
    name = machine.name, source = args.source, target = args.target, provider = ctx.provider.name,
    seconds = open.seconds(ctx),
  }
end

return M
