--- Finds policy files and runs them in an environment of their own. They are called, never
--- required.
local chain = require("os2.policy.chain")
local check = require("os2.base.check")
local err = require("os2.err")
local policy_files = require("os2.run.policy_files")
local fs = require("os2.fs")
local registry = require("os2.policy.registry")

---@class os2.policy.sources
local M = {}

local SAFE_FUNCTIONS <const> = { "assert", "error", "getmetatable", "ipairs", "next", "pairs",
  "pcall", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber",
  "tostring", "type", "xpcall" }
local SAFE_LIBRARIES <const> = { "math", "string", "table", "utf8" }
local VERBS <const> = { api = true, define = true, ask = true, set = true, override = true,
  insert_before = true, insert_after = true, replace = true, drop = true, steps = true }

--- The hint of every fault in a policy file.
M.HINT = "fix the file, or run without it: leave out --policy; --isolated leaves out all others"

local function refuse(message, cause, hint)
  err.raise(err.new{ kind = "invalid", exit = "config", op = "policy", message = message,
    hint = hint or M.HINT, cause = cause }, 0)
end

-- When memory is short or a disk fails, the file is not at fault.
local function refuse_unread(file, failure)
  local message = ("policy file %s cannot be read: %s"):format(file.path, failure.message)
  if failure.kind ~= "unavailable" then refuse(message, failure) end
  err.raise(err.new{ kind = "unavailable", op = "policy", message = message, cause = failure }, 0)
end

local function read(file)
  local ok, text = pcall(fs.read, file.path)
  if ok then return text end
  if not err.is(text) then error(text, 0) end
  if text.kind ~= "not_found" then refuse_unread(file, text) end
  if file.from then
    refuse(("policy file %s (named by %s) does not exist"):format(file.path, file.from), nil,
      ("give the path of a file that is there, or run without %s%s"):format(file.from,
        file.from == "--policy" and "" or ": --isolated"))
  end
end

-- Returns the `policy` table for one file; its verbs work only after the file has called
-- `policy.api`.
local function verbs_of(policy)
  local has_begun = false
  local function api(version)
    -- through pcall, so that the error names the policy file's line and not this one
    local ok, why = pcall(policy.api, version)
    if not ok then error(why, 2) end
    has_begun = true
  end
  return setmetatable({}, {
    __index = function(_, verb)
      if verb == "api" then return api end
      if not has_begun then error("a policy file begins with policy.api(1)", 2) end
      if not VERBS[verb] then
        error(("policy.%s is not for policy files"):format(tostring(verb)), 2)
      end
      return policy[verb]
    end,
    __newindex = function() error("policy's own functions cannot be replaced", 2) end,
  })
end

local function limited_require(verbs)
  return function(name)
    if name == "os2.policy" then return verbs end
    if type(name) ~= "string" or not name:match("^os2%f[.\0]") then
      error(("a policy file may require os2.* only, not %s"):format(check.show(name)), 2)
    end
    return registry.apart(require, name)
  end
end

local function unknown_global(_, name)
  error(("a policy file has no global %s: it has policy, require (os2.*) and Lua's own functions "
    .. "without I/O; the time is facts.now, variables are facts.env"):format(check.show(name)), 2)
end

local function environment(policy)
  local verbs = verbs_of(policy)
  local globals = { policy = verbs, require = limited_require(verbs), _VERSION = _VERSION }
  for _, name in ipairs(SAFE_FUNCTIONS) do globals[name] = _G[name] end
  for _, name in ipairs(SAFE_LIBRARIES) do globals[name] = check.copy(_G[name]) end
  globals._G = globals
  return setmetatable(globals, { __index = unknown_global })
end

-- Lua shortens a long file name in its messages; a person needs the whole path.
local function with_whole_path(message, path)
  local tail, rest = message:match("^%.%.%.(.-)(:%d+:.*)$")
  if tail and path:sub(-#tail) == tail then return path .. rest end
  return message
end

local function line_running(path)
  local level = 2
  local info = debug.getinfo(level, "Sl")
  while info do
    if info.source == "@" .. path then return info.currentline end
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
end

local function placed(failure, path, line)
  local message = with_whole_path(tostring(failure), path)
  if message:sub(1, #path + 1) == path .. ":" then return message end
  return ("%s:%s %s"):format(path, line and line .. ":" or "", message)
end

-- Calls a function of a file. Returns nil, or why it failed with the file's line, and the failure.
local function failure_of(fn, path)
  local line
  local function on_failure(failure)
    line = line_running(path)
    return failure
  end
  local ok, failure = chain.call_without_waiting(xpcall, fn, on_failure)
  if ok then return nil end
  if err.is(failure, "cancelled") then error(failure, 0) end
  if chain.is_wait(failure) then
    failure = "a policy file may not wait; put what waits into a step"
  end
  return placed(failure, path, line), failure
end

local function call(chunk, path)
  local why, failure = failure_of(chunk, path)
  if why then refuse(why, err.is(failure) and failure or nil) end
end

--- Loads one policy file from its text. Raises `invalid` with file and line.
---@param policy os2.policy
---@param path string
---@param text string
function M.load_text(policy, path, text)
  local chunk, why = load(text, "@" .. path, "t", environment(policy))
  if not chunk then refuse(placed(why, path)) end
  registry.set_loading(path, text)
  local _ <close> = setmetatable({}, { __close = function() registry.set_loading(nil) end })
  call(chunk, path)
end

--- Runs a file of tests. Its global `test(name, fn)` runs a test: `take` gets the name, and why it
--- failed, with file and line. A file without such calls is one test.
---@param policy os2.policy
---@param path string
---@param take fun(name: string, why: string?)
function M.run_tests(policy, path, take)
  local globals, is_any = environment(policy), false
  function globals.test(name, fn)
    if type(name) ~= "string" or type(fn) ~= "function" then
      error("write test(\"what holds\", function() … end)", 2)
    end
    is_any = true
    take(name, (failure_of(fn, path)))
  end
  local chunk, why = load(fs.read(path), "@" .. path, "t", globals)
  if chunk then why = failure_of(chunk, path) else why = placed(why, path) end
  if why or not is_any then take("the file", why) end
end

local function load_one(policy, file)
  local text = read(file)
  if text then M.load_text(policy, file.path, text) end
  return text and file.path
end

-- Loads the files of a list until one fails. Returns the paths, and after a failure the index and
-- the error.
local function load_list(policy, list)
  local loaded = {}
  for index, file in ipairs(list) do
    local ok, path = pcall(load_one, policy, file)
    if not ok then return loaded, index, path end
    loaded[#loaded + 1] = path
  end
  return loaded
end

-- The changes that a file made before its fault must not stay, so everything is loaded again
-- without that file.
local function without_faults(policy, list, faults)
  local loaded, bad, failure = load_list(policy, list)
  while bad do
    if err.is(failure, "cancelled") then error(failure, 0) end
    table.remove(list, bad)
    faults[#faults + 1] = err.from(failure)
    policy.reset()
    loaded, bad, failure = load_list(policy, list)
  end
  return loaded
end

--- Loads the existing files, in order.
---@param policy os2.policy
---@param options os2.policy.sources_options
---@return string[] files
function M.load(policy, options)
  local list = policy_files.list(options)
  if options.faults then return without_faults(policy, list, options.faults) end
  local loaded, _, failure = load_list(policy, list)
  if failure then error(failure, 0) end
  return loaded
end

return M
