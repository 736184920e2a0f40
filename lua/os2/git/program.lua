--- The git program: run with a deadline and bounds, and what it says made into errors.
---
--- libgit2 reads ignore rules, sparse trees, filters and newer kinds of repositories otherwise than
--- git does. So where there is a git program, it is asked; `git.program` says which.
local complaint = require("os2.git.program.complaint")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local helper = require("os2.run.helper")
local lfs = require("lfs")
local policy = require("os2.policy")
local proc = require("os2.proc")
local task = require("os2.task")

---@class os2.git.program
local M = {}

local STDERR_LIMIT <const> = 64 * 1024 -- bytes: more of its complaints helps nobody
local TIDY <const> = 2 -- seconds in which it removes its locks when it is told to end

-- What stands in our environment may be meant for another repository, and would be written among
-- its answers; what asks somebody would wait for ever.
local ENVIRONMENT <const> = {
  LC_ALL = "C", LANGUAGE = false, GIT_OPTIONAL_LOCKS = "0", GIT_TERMINAL_PROMPT = "0",
  GIT_ASKPASS = "", GIT_DIR = false, GIT_WORK_TREE = false, GIT_INDEX_FILE = false,
  GIT_COMMON_DIR = false, GIT_PREFIX = false, GIT_NAMESPACE = false, GIT_OBJECT_DIRECTORY = false,
  GIT_ALTERNATE_OBJECT_DIRECTORIES = false, GIT_SHALLOW_FILE = false, GIT_GRAFT_FILE = false,
  GIT_REPLACE_REF_BASE = false, GIT_GLOB_PATHSPECS = false, GIT_NOGLOB_PATHSPECS = false,
  GIT_ICASE_PATHSPECS = false, GIT_LITERAL_PATHSPECS = false, GIT_TRACE = false,
  GIT_TRACE_SETUP = false, GIT_TRACE_PERFORMANCE = false, GIT_TRACE2 = false,
  GIT_TRACE2_PERF = false, GIT_TRACE2_EVENT = false,
}

-- Looking asks no server: not even for an object that a partial clone has left there.
local LOOKING <const> = { GIT_NO_LAZY_FETCH = "1", GIT_ALLOW_PROTOCOL = "none" }

-- Programs that the repository names are not started, but for the filters of its files.
local OPTIONS <const> = {
  "--no-pager", "-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null",
  "-c", "submodule.recurse=false", "-c", "core.quotePath=false", "-c", "gc.auto=0",
  "-c", "maintenance.auto=false", "-c", "advice.detachedHead=false",
}

-- A directory of the PATH that may not be read holds no program for us.
local function is_executable(path)
  local found = lfs.attributes(path)
  return found ~= nil and found.mode == "file" and found.permissions:find("x", 1, true) ~= nil
end

--- Returns the git program that is asked, or nil where there is none.
---@return string?
function M.find()
  local name = policy.ask("git.program")
  if name == "" then return nil end
  if name:find("/", 1, true) then return is_executable(name) and name or nil end
  for directory in (env.get("PATH") or ""):gmatch("[^:]+") do
    if is_executable(directory .. "/" .. name) then return name end
  end
end

---@class os2.git.program.options
---@field verb string  "git.status", for errors
---@field what string  what was tried: "cannot compare /x with its commit"
---@field is_here boolean?  the path itself must be the repository's, not one above
---@field is_change boolean?  it writes: it may take locks, and ask a server for what is missing
---@field accepts table<integer, boolean>?  exit codes besides 0 that are answers
---@field timeout number?
---@field on_stderr fun(text: string)?

-- A directory above would be found where the path is no repository itself.
local function ceiling_of(path)
  return fs.realpath(path .. "/..") or false
end

local function environment(path, options)
  local changes = {}
  for name, value in pairs(ENVIRONMENT) do changes[name] = value end
  for name, value in pairs(options.is_change and {} or LOOKING) do changes[name] = value end
  if options.is_change then
    changes.GIT_OPTIONAL_LOCKS = "1"
    changes.GIT_SSH_COMMAND = env.get("GIT_SSH_COMMAND") or "ssh -o BatchMode=yes"
    -- Neither a clone nor an update brings what LFS keeps elsewhere: there may be no credentials.
    changes.GIT_LFS_SKIP_SMUDGE = env.get("GIT_LFS_SKIP_SMUDGE") or "1"
  end
  if options.is_here then changes.GIT_CEILING_DIRECTORIES = ceiling_of(path) end
  return helper.changes("git", changes)
end

local function argv_of(program, path, words)
  local argv = { program }
  table.move(OPTIONS, 1, #OPTIONS, 2, argv)
  argv[#argv + 1], argv[#argv + 2] = "-C", path
  table.move(words, 1, #words, #argv + 1, argv)
  return argv
end

local function refuse_length(options, limit)
  err.raise(err.new{
    kind = "quota", op = options.verb,
    message = ("%s: git's answer is longer than %d bytes (git.output_limit)"):format(options.what,
      limit),
  })
end

local function read(process, options)
  local parts, length = { stdout = {}, stderr = {} }, { stdout = 0, stderr = 0 }
  local limit = policy.ask("git.output_limit")
  for event in process do
    local stream, data = event.stream, event.data
    length[stream] = length[stream] + #data
    if stream == "stderr" and options.on_stderr then options.on_stderr(data) end
    if stream == "stdout" and length.stdout > limit then refuse_length(options, limit) end
    if stream == "stdout" or length.stderr <= STDERR_LIMIT then
      table.insert(parts[stream], data)
    end
  end
  return table.concat(parts.stdout), table.concat(parts.stderr)
end

local function execute(argv, path, options)
  local process <close> = proc.spawn(argv, {
    stdin = "null", group = true, env = environment(path, options), timeout = options.timeout,
  })
  local stdout, stderr = read(process, options)
  return err.check(process:result()), stdout, stderr
end

-- What ends the wait for a program that has ended.
local ENDED <const> = err.new{ kind = "cancelled", op = "git", message = "the program has ended" }

-- Killed, git would leave its locks; told to end, it takes them away. So it runs as a clean-up,
-- which a cancellation leaves the time for that.
local function keep(change, group)
  do
    local _ <close> = task.defer(function()
      change.process = proc.spawn(change.argv, change.settings)
      change.stdout, change.stderr = read(change.process, change.options)
      change.status = err.check(change.process:result())
    end, { timeout = TIDY })
  end
  group:cancel(ENDED)
end

local function wait_for(change)
  task.group(function(group)
    group:spawn(keep, change, group)
    local _ <close> = task.defer(function()
      if change.process and not change.status then change.process:kill(proc.signals.TERM) end
    end)
    task.sleep(change.options.timeout)
    err.raise(err.new{
      kind = "timeout", op = "git", message = ("git was not done within %g s"):format(
        change.options.timeout),
    })
  end)
end

local function execute_change(argv, path, options)
  local change = {
    argv = argv, options = options,
    settings = { stdin = "null", group = true, env = environment(path, options) },
  }
  local _ <close> = task.defer(function()
    if change.process then change.process:close() end
  end)
  local _, failure = task.try(wait_for, change)
  if failure ~= ENDED then err.raise(failure) end
  return change.status, change.stdout, change.stderr
end

-- A misuse and a cancellation are none of git's.
local function raise_as(options, failure)
  if not err.is(failure) or failure.op == options.verb or err.is(failure, "cancelled") then
    error(failure, 0)
  end
  err.raise(err.new{
    kind = failure.kind, op = options.verb, hint = failure.hint, cause = failure,
    message = ("%s: %s"):format(options.what, failure.message),
  })
end

--- Runs git in a directory; returns what it wrote and its exit code. Raises what it complains of,
--- `timeout`, and `quota` where its answer is too long. Waits.
---@param path string
---@param words string[]
---@param options os2.git.program.options
---@return string stdout
---@return integer code
function M.run(path, words, options)
  local program = assert(M.find(), "there is a git program")
  options.timeout = options.timeout or policy.ask("timeouts.git")
  local execute_it = options.is_change and execute_change or execute
  local ok, status, stdout, stderr = pcall(execute_it, argv_of(program, path, words), path, options)
  if not ok then raise_as(options, status) end
  local is_answer = not status.signal and (status.code == 0 or (options.accepts or {})[status.code])
  if not is_answer then err.raise(complaint.of(path, status, stderr, options)) end
  return stdout, status.code
end

return M
