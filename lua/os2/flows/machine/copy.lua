--- Copies files into a machine and out of it.
local err = require("os2.err")
local exec = require("os2.flows.machine.exec")
local fs = require("os2.fs")
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

local function copy_in(ctx, machine, source, path)
  local found = fs.realpath(directory_of(source)) .. "/" .. base_name(source)
  if base_name(source):match("^%.*$") then found = fs.realpath(source) end
  local from = { directory = directory_of(found), name = base_name(found) }
  local is_directory = ctx.machines.is_directory(machine, path)
  ctx.machines.copy_in(machine, from, place(path, from.name, is_directory))
end

local function copy_out(ctx, machine, path, target)
  local name = base_name(path)
  if name:match("^%.*$") then refuse(path .. ": name a file or directory to copy") end
  local found = fs.stat(target)
  local to = place(target, name, found and found.mode == "directory")
  fs.realpath(to.directory)
  ctx.machines.copy_out(machine, { path = path, name = name }, to)
end

--- Copies between this machine and a machine; one of both places is NAME:PATH.
---@param args {source: string, target: string}
---@return table fields
function M.run(args)
  local source_machine, source = split(args.source)
  local target_machine, target = split(args.target)
  if (source_machine == nil) == (target_machine == nil) then
    refuse("one of both places is in a machine, the other here",
      "write NAME:PATH for the one in the machine")
  end
  if not source_machine and not fs.exists(source) then
    err.raise(err.new{
      kind = "not_found", op = "machine.cp", message = ("there is no %s here"):format(source),
    })
  end
  local ctx = open.context(args)
  local machine = open.machine(ctx, source_machine or target_machine)
  if not ctx.provider.is_local then exec.check_started(machine) end
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
