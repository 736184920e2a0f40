--- Copies files into a machine and out of it, as `docker cp` does.
local exec = require("os2.flows.machine.exec")
local fs = require("os2.fs")
local lfs = require("lfs")
local known = require("os2.flows.known")
local open = require("os2.flows.machine.open")
local places = require("os2.flows.machine.places")
local streams = require("os2.flows.machine.streams")

---@class os2.flows.machine.copy
local M = {}

local KINDS <const> = { file = "file", directory = "directory", link = "link" }

-- Returns the kind of a path itself: a link counts as a link, unless a slash follows it.
local function source_kind(path)
  local mode = lfs.symlinkattributes(path, "mode")
  if not mode then places.refuse_missing(("there is no %s here"):format(path)) end
  if KINDS[mode] then return mode end
  places.refuse(("%s is a %s: files, directories and links are copied"):format(path, mode))
end

local function kind_behind(path)
  local found = fs.stat(path)
  return found and (found.mode == "directory" and "directory" or "file")
end

local function kind_here(path)
  local mode = lfs.symlinkattributes(path, "mode")
  return mode and (KINDS[mode] or "file")
end

-- A directory is packed from the inside when its path does not end with its name: ".", "..", a
-- link.
local function local_source(path)
  local source = {
    word = path, kind = source_kind(path), is_contents = places.is_contents(path),
  }
  local base = places.base_name(path)
  if source.kind == "directory" then
    source.directory, source.packed = fs.realpath(path), "."
    source.name = base:match("^%.*$") and places.base_name(source.directory) or base
  else
    source.directory, source.packed = fs.realpath(places.directory_of(path)), base
    source.name = base
  end
  return source
end

local MOST_LINKS <const> = 10 -- links that are followed one after the other

-- A copy to a link goes to the link's target, also when the target does not exist yet.
local function behind_links(path)
  for _ = 1, MOST_LINKS do
    local link = lfs.symlinkattributes(places.bare(path), "target")
    if not link then return path end
    local parent = link:sub(1, 1) == "/" and "" or places.directory_of(path) .. "/"
    path = parent .. link
  end
  places.refuse(("%s: a chain of more than %d links"):format(path, MOST_LINKS))
end

local function warn_of(ctx, word)
  return function(words) ctx.ui:warn(("%s: %s"):format(word, words)) end
end

local function copy_in(ctx, machine, source, path)
  local from = local_source(source)
  local there, behind = ctx.machines.target_at(machine, path)
  local to = places.target(from, behind, there)
  if there == "directory" and to.name then
    places.check_in_the_way(from, machine.name .. ":" .. to.path,
      ctx.machines.source_kind(machine, to.path))
  end
  ctx.machines.copy_in(machine, from, to, warn_of(ctx, source))
end

local function machine_source(ctx, machine, path)
  local source = {
    word = machine.name .. ":" .. path, path = path, name = places.base_name(path),
    kind = ctx.machines.source_kind(machine, path),
    is_contents = places.is_contents(path) or places.bare(path) == "/",
  }
  if not source.kind or (places.wants_directory(path) and source.kind ~= "directory") then
    places.refuse_missing(("machine %s has no %s"):format(machine.name, path))
  end
  if source.name:match("^%.%.+$") then
    places.refuse(path .. ": name a file or directory to copy")
  end
  if source.name:match("^%.?$") then source.name, source.is_contents = "contents", true end
  return source
end

local function copy_out(ctx, machine, path, target)
  local source = machine_source(ctx, machine, path)
  local behind = behind_links(target)
  local to = places.target(source, behind, kind_behind(behind))
  fs.realpath(to.directory)
  if to.name then places.check_in_the_way(source, to.path, kind_here(to.path)) end
  ctx.machines.copy_out(machine, source, to, warn_of(ctx, source.word))
end

local function check_words(source_machine, target_machine)
  if (source_machine == nil) ~= (target_machine == nil) then return end
  places.refuse("one place must be in a machine, and the other on this machine",
    "write NAME:PATH for the place in the machine")
end

local function opened(args, name)
  local ctx = open.context(args)
  local machine = open.machine(ctx, name)
  if not ctx.provider.is_local then exec.check_started(ctx, machine) end
  return ctx, machine
end

-- Copies between this machine and a machine; "-" stands for a tar on stdin or stdout.
local function run_out(args, name, path)
  local is_stream = args.target == "-"
  if is_stream then streams.check_stdout(args) end
  local ctx, machine = opened(args, name)
  if not is_stream then return ctx, machine, copy_out(ctx, machine, path, args.target) end
  return ctx, machine, streams.to_stdout(ctx, machine, machine_source(ctx, machine, path))
end

local function run_in(args, name, path)
  local is_stream = args.source == "-"
  if is_stream then streams.check_stdin() else source_kind(args.source) end
  local ctx, machine = opened(args, name)
  if not is_stream then return ctx, machine, copy_in(ctx, machine, args.source, path) end
  return ctx, machine, streams.from_stdin(ctx, machine, path)
end

--- Copies between this machine and a machine. One of both places is NAME:PATH; the other may be "-"
--- for a tar on stdout or stdin. A link is copied as a link; with a slash after it, its target is
--- copied, and for DIR/. the contents of DIR. A file replaces only a file, and a directory is
--- merged into a directory. Raises `exists` otherwise.
---@param args {source: string, target: string, json: boolean?}
---@return table fields
function M.run(args)
  local source_machine, source = places.split(args.source)
  local target_machine, target = places.split(args.target)
  local _ <close> = known.on_failure(function()
    return { source = args.source, target = args.target, name = source_machine or target_machine }
  end)
  check_words(source_machine, target_machine)
  local ctx, machine
  if source_machine then ctx, machine = run_out(args, source_machine, source)
  else ctx, machine = run_in(args, target_machine, target) end
  return {
    name = machine.name, id = machine.id, source = args.source, target = args.target,
    provider = ctx.provider.name, seconds = open.seconds(ctx),
  }
end

return M
