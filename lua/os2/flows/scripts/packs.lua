--- Takes packs of scripts from git, lists and removes them.
local env = require("os2.env")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local git = require("os2.git")
local json = require("os2.json")
local packs = require("os2.run.packs")
local policy = require("os2.policy")
local proc = require("os2.proc")
local random = require("os2.base.random")
local task = require("os2.task")
local trust = require("os2.flows.scripts.trust")
local user_scripts = require("os2.run.user_scripts")

---@class os2.flows.scripts.packs
local M = {}

local LOCK_SECONDS <const>, REMOVE_SECONDS <const> = 10, 60
local MODE_OF_FILES <const> = tonumber("755", 8)
local HASH_DIGITS <const> = { [40] = true, [64] = true } -- SHA-1, SHA-256

local function refuse(kind, message, hint, exit)
  err.raise(err.new{ kind = kind, exit = exit, op = "add", message = message, hint = hint })
end

local function remove_tree(path)
  local ran = proc.run({ "rm", "-rf", "--", path }, { timeout = REMOVE_SECONDS })
  if ran.code == 0 then return end
  refuse("invalid", "files of a pack cannot be removed: " .. foreign.message(ran.stderr),
    "look at who owns them, and remove them by hand")
end

-- ---- the lock file ----

local function entries()
  local list, why = packs.entries()
  if why then refuse("invalid", why, "move it away; os2 add writes a new one", "config") end
  return list
end

local function line_of(entry)
  return ('    %s: { "url": %s, "commit": %s, "hash": %s, "bytes": %d }'):format(
    json.encode(entry.name), json.encode(entry.url), json.encode(entry.commit),
    json.encode(entry.hash), entry.bytes)
end

local function write(list)
  local lines = {}
  table.sort(list, function(one, other) return one.name < other.name end)
  for index, entry in ipairs(list) do lines[index] = line_of(entry) end
  local path = packs.lock_path()
  fs.mkdir_p(path:match("^(.*)/"))
  fs.write_atomic(path, ('{\n  "version": 1,\n  "packs": {\n%s\n  }\n}\n'):format(
    table.concat(lines, ",\n")))
end

local function without(list, name)
  local kept, found = {}, nil
  for _, entry in ipairs(list) do
    if entry.name == name then found = entry else kept[#kept + 1] = entry end
  end
  return kept, found
end

-- Two runs at the same time would lose the pack of one.
local function locked()
  fs.mkdir_p(packs.root())
  return fs.lock(packs.root() .. "/.lock", { timeout = LOCK_SECONDS })
end

-- ---- what is named ----

local function check_home()
  if packs.root() and packs.lock_path() then return end
  refuse("invalid", "HOME is not set, so there is no place for packs", "set HOME", "config")
end

local function parse(source, name)
  local url, commit = source:match("^(.+)@([^@/]+)$")
  if not commit or not commit:find("^%x+$") or not HASH_DIGITS[#commit] then
    refuse("invalid", ("'%s' is not URL@COMMIT with a whole commit hash"):format(
      env.masked(source)), "a branch or a tag may change; take the hash of the commit, 40 digits",
      "usage")
  end
  if url:find("^%a+://[^/]*@") then
    refuse("invalid", "the URL has a user or a password, which the lock file would keep",
      "give a URL without", "usage")
  end
  name = name or url:gsub("/+$", ""):gsub("%.git$", ""):match("[^/]+$")
  if not packs.is_name(name) then
    refuse("invalid", ("'%s' is no name of a pack"):format(name), "give one with --name", "usage")
  end
  return { url = url, commit = commit:lower(), name = name }
end

-- ---- taking it ----

local function clone(pack, branch, folder)
  git.clone{ url = pack.url, path = folder, branch = branch, on_progress = function() end }
  local _, failure = task.try(git.reset, { path = folder, to = pack.commit })
  if failure or git.head(folder).commit ~= pack.commit then
    refuse("not_found", ("%s has no commit %s in the branch that was cloned"):format(pack.url,
      pack.commit), "name the branch that has it with --branch")
  end
  remove_tree(folder .. "/.git")
end

-- What others could write to would not be run.
local function protect(folder)
  local lfs = require("lfs")
  for _, name in ipairs(fs.list(folder)) do
    local path = folder .. "/" .. name
    local found = lfs.symlinkattributes(path)
    if found.mode == "directory" then protect(path) end
    if found.mode ~= "link" then
      fs.chmod(path, fs.mode_of(found.permissions) & MODE_OF_FILES)
    end
  end
  fs.chmod(folder, MODE_OF_FILES)
end

local function survey(pack, folder)
  local files, why = packs.files(folder)
  if not files then refuse("invalid", ("%s is no pack: %s"):format(pack.url, why)) end
  pack.folder, pack.files, pack.bytes = folder, files, packs.bytes(files)
  local most = policy.ask("limits.pack")
  if pack.bytes > most then
    refuse("invalid", ("the files of %s have %d bytes, more than %d"):format(pack.url, pack.bytes,
      most), "policy limits.pack sets the limit")
  end
  pack.hash = packs.hash(folder, files)
  pack.commands = user_scripts.names_in(packs.script_folder(folder))
  table.sort(pack.commands)
  if not pack.commands[1] then
    refuse("invalid", ("%s has no scripts: neither scripts/NAME.lua nor NAME.lua"):format(pack.url))
  end
end

local function entry_of(pack)
  return { name = pack.name, url = pack.url, commit = pack.commit, hash = pack.hash,
    bytes = pack.bytes }
end

local function put(pack)
  local target = packs.folder(pack)
  fs.mkdir_p(target:match("^(.*)/"))
  if fs.exists(target) then remove_tree(target) end
  local done, why = os.rename(pack.folder, target)
  if done then return end
  refuse("invalid", "the pack cannot be put into its place: " .. why,
    ("look at who may write to %s, and add it again"):format(packs.root()))
end

-- The content until now goes last, so that an interrupted run leaves the pack whole.
local function install(pack)
  local _ <close> = locked()
  local kept, before = without(entries(), pack.name)
  put(pack)
  kept[#kept + 1] = entry_of(pack)
  write(kept)
  if before and before.commit ~= pack.commit then remove_tree(packs.folder(before)) end
end

local function folder_before(before)
  local folder = before and packs.folder(before)
  return folder and fs.exists(folder) and folder or nil
end

local function add(args)
  local pack = parse(args.source, args.name)
  local _, before = without(entries(), pack.name)
  fs.mkdir_p(packs.root())
  local folder = ("%s/.new-%s"):format(packs.root(), random.word(8))
  local _ <close> = task.defer(function() remove_tree(folder) end)
  clone(pack, args.branch, folder)
  protect(folder)
  survey(pack, folder)
  if not (before and before.hash == pack.hash) then
    trust.ask(pack, args.trust, folder_before(before))
  end
  install(pack)
  return { name = pack.name, url = pack.url, commit = pack.commit, hash = pack.hash,
    commands = json.array(pack.commands) },
    ("%s  %s"):format(pack.name, table.concat(pack.commands, ", "))
end

-- ---- the others ----

local function record_of(entry)
  local why = packs.fault(entry)
  local folder = packs.folder(entry)
  local names = fs.exists(folder) and user_scripts.names_in(packs.script_folder(folder)) or {}
  table.sort(names)
  return { name = entry.name, url = entry.url, commit = entry.commit, hash = entry.hash,
    commands = json.array(names), ok = why == nil, why = why }
end

local function list()
  local records, lines = {}, {}
  for index, entry in ipairs(entries()) do
    local record = record_of(entry)
    records[index] = record
    lines[index] = ("%s  %s@%s  %s"):format(record.name, record.url, record.commit,
      record.why or table.concat(record.commands, ", "))
  end
  return { packs = json.array(records) }, lines[1] and table.concat(lines, "\n")
end

local function remove(name)
  local _ <close> = locked()
  local kept, found = without(entries(), name)
  if not found then
    refuse("not_found", ("there is no pack named %s"):format(name), "os2 add --list shows all")
  end
  write(kept)
  remove_tree(("%s/%s"):format(packs.root(), name))
  return { removed = name }, name .. "  removed"
end

--- Adds a pack, lists all, or removes one.
---@param args {source: string?, name: string?, branch: string?, trust: string?, is_list: boolean?,
---  remove: string?}
---@return table fields, string? text
function M.run(args)
  check_home()
  local asked = (args.source and 1 or 0) + (args.is_list and 1 or 0) + (args.remove and 1 or 0)
  if asked ~= 1 then
    refuse("invalid", "one of URL@COMMIT, --list and --remove is needed",
      "os2 add --help tells of each", "usage")
  end
  if args.is_list then return list() end
  if args.remove then return remove(args.remove) end
  return add(args)
end

return M
