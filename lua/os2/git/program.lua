--- Runs the git program with a deadline and bounded output, and makes error objects of its
--- complaints.
---
--- libgit2 differs from git in ignore rules, sparse trees, filters and newer repository formats.
--- When there is a git program (policy `git.program`), it is therefore used.
local complaint = require("os2.git.program.complaint")
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local helper = require("os2.run.helper")
local lfs = require("lfs")
local policy = require("os2.policy")
local proc = require("os2.proc")
local run_options = require("os2.run.options")
local task = require("os2.task")

---@class os2.git.program
local M = {}

local STDERR_LIMIT_BYTES <const> = 64 * 1024 -- more of git's error output helps nobody
local TIDY_SECONDS <const> = 2 -- seconds in which git removes its locks after SIGTERM

-- Variables of the environment may be meant for another repository or change the output; a prompt
-- would wait without end.
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

-- Reading must not contact a server, not even for an object that a partial clone lacks.
local LOOKING <const> = { GIT_NO_LAZY_FETCH = "1", GIT_ALLOW_PROTOCOL = "none" }

-- Programs that the repository configures are not started, except for the filters of its files.
local OPTIONS <const> = {
  "--no-pager", "-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null",
  "-c", "submodule.recurse=false", "-c", "core.quotePath=false", "-c", "gc.auto=0",
  "-c", "maintenance.auto=false", "-c", "advice.detachedHead=false",
}

-- A directory of the PATH that cannot be read is skipped.
local function is_executable(path)
  local found = lfs.attributes(path)
  return found ~= nil and found.mode == "file" and found.permissions:find("x", 1, true) ~= nil
end

--- Returns the path of the git program; nil when there is none.
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
---@field what string  the attempt, for errors: "cannot compare /x with its commit"
---@field is_here boolean?  the path itself must be the repository's, not a directory above
---@field is_change boolean?  it writes: it may take locks, and may request missing objects from a
---  server
---@field accepts table<integer, boolean>?  exit codes other than 0 that are answers
---@field timeout number?
---@field on_stderr fun(text: string)?

-- Without a ceiling git would find a repository above, when the path itself is none.
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
    -- neither a clone nor an update fetches what LFS stores elsewhere, because there may be no
    -- credentials
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
    if stream == "stdout" or length.stderr <= STDERR_LIMIT_BYTES then
      table.insert(parts[stream], data)
    end
  end
  return table.concat(parts.stdout), table.concat(parts.stderr)
end

local function execute(argv, path, options)
  if run_options.guard then run_options.guard.allow(argv, "git") end
  local process <close> = proc.spawn(argv, {
    stdin = "null", group = true, env = environment(path, options), timeout = options.timeout,
  })
  local stdout, stderr = read(process, options)
  return err.check(process:result()), stdout, stderr
end

-- Ends the wait for a program that has ended.
local ENDED <const> = err.new{ kind = "cancelled", op = "git", message = "the program has ended" }

-- A killed git leaves its locks, while one that gets SIGTERM removes them. It therefore runs in a
-- clean-up, so that a cancellation leaves time for that.
local function keep(change, group)
  do
    local _ <close> = task.defer(function()
      change.process = proc.spawn(change.argv, change.settings)
      change.stdout, change.stderr = read(change.process, change.options)
      change.status = err.check(change.process:result())
    end, { timeout = TIDY_SECONDS })
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

-- A misuse and a cancellation are not git's errors.
local function raise_as(options, failure)
  if not err.is(failure) or failure.op == options.verb or err.is(failure, "cancelled") then
    error(failure, 0)
  end
  err.raise(err.new{
    kind = failure.kind, op = options.verb, hint = failure.hint, cause = failure,
    message = ("%s: %s"):format(options.what, failure.message),
  })
end

--- Runs git in a directory. Returns its output and exit code. Raises what it complains of,
--- `timeout`, and `quota` when its output is too long. Waits.
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
