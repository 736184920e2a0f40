--- Puts the gate before the native verbs that change something: requests, builds, WebSockets,
--- files, programs, repositories, and Lua's own io and os. They are replaced in their modules, so
--- that it makes no difference who calls them.
local clock = require("os2.clock")
local entries = require("os2.guard.entries")
local err = require("os2.err")
local files = require("os2.guard.files")
local gate = require("os2.guard.gate")
local operation = require("os2.guard.operation")
local run_options = require("os2.run.options")

---@class os2.guard.install
local M = {}

local raw_loadlib, raw_open = package.loadlib, io.open

local function is_dry() return gate.mode == "dry-run" end

local function answers() return require("os2.guard.answers") end

-- Replaces a function of a module. `entry_of` gets the arguments and returns the entry of the
-- plan, `answer` what the call returns in a dry run.
local function guard(module, name, entry_of, answer)
  local real = module[name]
  module[name] = function(...)
    local entry = entry_of(...)
    if not entry then return real(...) end
    gate.change(entry)
    return answer(...)
  end
end

local function done() return true end

-- ---- requests ----

-- Answers a read of a dry run: what the run has made comes from memory.
local function read(request, label, real)
  if not label and answers().is_made_page(request) then return answers().of() end
  if not label then return real(request) end
  local made = answers().read(label, request.url)
  if made then return made end
  local response, failure = real(request)
  return response and answers().as_changed(label, response), failure
end

local function guard_request(http)
  local real = http.request
  http.request = function(request)
    local label, entry = gate.label_of(request), entries.request(request)
    if entry then
      gate.change(entry)
      return answers().of(label)
    end
    if not is_dry() then return real(request) end
    return read(request, label, real)
  end
end

local function guard_start(http)
  guard(http, "start", entries.request, function(request)
    return answers().operation(gate.label_of(request))
  end)
  local guarded = http.start
  http.start = function(request)
    local label = is_dry() and gate.label_of(request)
    local made = label and not label.row.changes and answers().read(label, request.url)
    if made then return operation.new(made, { made.body ~= "" and { made.body } or nil }, made) end
    return guarded(request)
  end
end

local MODULES <const> = {}

MODULES["host.http"] = function(http)
  guard_request(http)
  guard_start(http)
  guard(http, "upgrade", entries.upgrade, function(request)
    local label = gate.label_of(request)
    if label then answers().of(label) end
    return operation.new(true, {}, { status = 101, headers = {} })
  end)
end

local function open_nothing_there()
  return operation.new({ code = 1000, reason = "", is_clean = true }, {},
    { status = 101, headers = {} })
end

MODULES["host.websocket"] = function(websocket)
  guard(websocket, "start", entries.websocket, open_nothing_there)
  local guarded = websocket.start
  websocket.start = function(request)
    if is_dry() and answers().is_made(request.url) then return open_nothing_there() end
    return guarded(request)
  end
end

-- A context is read without the file that says what its engine has been sent.
local function guard_context(docker)
  local context = docker.context
  docker.context = function(options)
    local copy = {}
    for name, value in pairs(options) do copy[name] = value end
    copy.state_path, copy.state_limit = nil, nil
    return context(copy)
  end
end

MODULES["host.docker"] = function(docker)
  guard_context(docker)
  guard(docker, "build", entries.build, function(request)
    return answers().build(entries.build_options(request))
  end)
end

-- ---- repositories ----

local NO_COMMIT <const> = ("0"):rep(40)

local GIT <const> = {
  clone = function(options)
    return operation.new{ commit = NO_COMMIT, branch = options.branch, root = options.path }
  end,
  fetch = function() return operation.new{ has_changed = false } end,
  reset = function(options)
    return operation.new{ commit = options.revision, branch = options.branch, root = options.path }
  end,
  config_set = done,
}

MODULES["host.git"] = function(git)
  for name, answer in pairs(GIT) do guard(git, name, entries.git("git." .. name), answer) end
end

-- ---- files ----

local function bytes(data)
  local count = #tostring(data)
  return ("(%d byte%s)"):format(count, count == 1 and "" or "s")
end

local function octal(mode) return ("to %04o"):format(mode) end

local function as_file(path, data, mode)
  files.note(path, { mode = mode or "file", data = data, at = clock.now() // 1 })
  return true
end

local function as_directory(path) return as_file(path, nil, "directory") end

MODULES["host.fs"] = function(fs)
  guard(fs, "write_atomic", entries.file("fs.write_atomic", bytes), function(path, data)
    return as_file(path, data)
  end)
  guard(fs, "append", entries.file("fs.append", bytes), function(path, data)
    local file = files.find(path)
    local source <close> = not file and raw_open(path, "rb") or nil
    return as_file(path, (file and file.data or source and source:read("a") or "") .. data)
  end)
  guard(fs, "mkdir", entries.file("fs.mkdir"), as_directory)
  guard(fs, "chmod", entries.file("fs.chmod", octal), done)
  guard(fs, "try_lock", entries.file("fs.lock"), function() return operation.new() end)
  local realpath = fs.realpath
  fs.realpath = function(path)
    local file = files.find(path)
    if file and file.mode ~= "gone" then return path end
    return realpath(path)
  end
end

local function removed(path)
  files.note(path, { mode = "gone" })
  return true
end

local function guard_attributes(lfs, name)
  local real = lfs[name]
  lfs[name] = function(path, ...)
    local file = files.find(path)
    if file then return files.attributes(file, path, ...) end
    return real(path, ...)
  end
end

MODULES["lfs"] = function(lfs)
  guard(lfs, "mkdir", entries.file("lfs.mkdir"), as_directory)
  guard(lfs, "rmdir", entries.file("lfs.rmdir"), removed)
  guard(lfs, "touch", entries.file("lfs.touch"), done)
  guard(lfs, "lock_dir", entries.file("lfs.lock_dir"),
    function() return { free = done } end)
  guard(lfs, "link", function(_, path) return entries.file("lfs.link")(path) end, done)
  guard_attributes(lfs, "attributes")
  guard_attributes(lfs, "symlinkattributes")
end

-- ---- programs ----

MODULES["host.proc"] = function(proc)
  guard(proc, "spawn", entries.spawn, function() return operation.new{ code = 0 } end)
end

-- ---- Lua's own functions ----

-- What is written goes nowhere.
local function open_nothing()
  return raw_open("/dev/null", "r+")
end

local function guard_open()
  guard(io, "open", entries.open, function(path, mode)
    if not mode:find("[ar]") or not files.find(path) then as_file(path, "") end
    return open_nothing()
  end)
  local guarded = io.open
  io.open = function(path, mode) -- luacheck: ignore 122
    local file = files.find(path)
    local is_read = file and not (type(mode) == "string" and mode:find("[wa+]"))
    if is_read then return files.open(file, path) end
    return guarded(path, mode)
  end
end

local function guard_io()
  guard_open()
  guard(io, "popen", entries.shell("io.popen"), open_nothing)
  guard(io, "output", entries.file("io.output"), open_nothing)
end

local function guard_os()
  guard(os, "remove", entries.file("os.remove"), removed)
  guard(os, "rename", entries.file("os.rename", function(to) return "to " .. tostring(to) end),
    function(from, to)
      files.move(from, to)
      return true
    end)
  guard(os, "execute", entries.shell("os.execute"), function() return true, "exit", 0 end)
  guard(os, "tmpname", function() return { kind = "file", verb = "os.tmpname" } end, function()
    return ("/tmp/lua_dry_run_%d"):format(#gate.recorded())
  end)
end

-- ---- loading ----

local BUILT_IN <const> = { "host.fs", "host.proc" }
local LIBRARIES <const> = { "host.http", "host.websocket", "host.docker", "host.git", "lfs" }
-- Other libraries without functions that change something.
local HARMLESS <const> = { cjson = true, ["cjson.safe"] = true }

-- A module of os2's own that changes something is guarded by its name, before this is asked.
local function is_harmless(name)
  return HARMLESS[name] or not MODULES[name] and name:find("^host%.") ~= nil
end

local function load_library(name)
  local path = assert(package.searchpath(name, package.cpath))
  return assert(raw_loadlib(path, "luaopen_" .. name:gsub("%.", "_")))(name, path)
end

-- Guards a module now, or when it is loaded.
local function guard_module(name, load)
  local module = package.loaded[name]
  if module then MODULES[name](module) end
  package.preload[name] = function()
    if not module then
      module = load(name)
      MODULES[name](module)
    end
    return module
  end
end

local function refuse_library(name)
  local text = name .. ", a library in C"
  error(gate.refusal{ kind = "library", verb = "package.loadlib", text = text }, 0)
end

-- A library in C may do anything, and nobody asks the gate for it.
local function guard_loading()
  for index = 3, 4 do
    local search = package.searchers[index]
    package.searchers[index] = function(name) -- luacheck: ignore 122
      local loader, path = search(name)
      if type(loader) ~= "function" or is_harmless(name) then return loader, path end
      return function() refuse_library(name) end, path
    end
  end
  package.loadlib = function(path) refuse_library(path) end -- luacheck: ignore 122
end

local function refuse_both()
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "usage",
    message = "--read-only and --dry-run are two ways to run: take one",
    hint = "both change nothing; --dry-run goes on and prints a plan",
  })
end

--- Puts the gate in place. Nothing is written down of such a run, either.
---@param mode "read-only"|"dry-run"
function M.run(mode)
  if gate.mode == mode then return end
  if gate.mode then refuse_both() end
  gate.begin(mode)
  run_options.guard, run_options.no_history = gate, true
  for _, name in ipairs(BUILT_IN) do guard_module(name, package.preload[name]) end
  for _, name in ipairs(LIBRARIES) do guard_module(name, load_library) end
  guard_io()
  guard_os()
  guard_loading()
end

return M
