--- Writes the record of a run: one file of NDJSON. Each write is whole lines, so that a run that is
--- killed leaves what it had written. Nothing here may fail or delay the run: the first write that
--- fails ends the record.
local native_clock = require("host.clock")
local native_fs = require("host.fs")
local native_record = require("host.record")
local options = require("os2.run.options")
local secrets = require("os2.text.secrets")

---@class os2.history.writer
local M = {}

--- The ending of a run's file.
M.ENDING = ".ndjson"

local MODE <const> = 384 -- 0600

--- The shipped values of the policies that each run needs. Loading their group takes as long as
--- many decisions, so that it is loaded only when something has changed one of them.
M.DEFAULTS = {
  ["history.enabled"] = true, ["history.skip"] = { "completion", "help", "history", "policy" },
  ["history.code"] = false, ["history.variables"] = { "DAYTONA_*", "DOPPLER_*", "ITERATE_*",
    "OS2_*", "GITHUB_ACTOR", "GITHUB_JOB", "GITHUB_REF*", "GITHUB_RUN_*", "GITHUB_SHA", "LOGNAME",
    "USER" },
  ["history.fact_bytes"] = 65536, ["history.run_bytes"] = 4194304, ["history.prune_every"] = 3600,
}

local path, directory -- of this run, from the first write on

local function is_changed()
  local registry = package.loaded["os2.policy.registry"]
  for _, change in ipairs(registry and registry.changes() or {}) do
    if change.name:sub(1, 8) == "history." then return true end
  end
  return false
end

--- Returns the value of a policy of the history.
---@param name string
---@return any
function M.setting(name)
  if M.DEFAULTS[name] ~= nil and not is_changed() then return M.DEFAULTS[name] end
  return require("os2.policy").ask(name)
end

local function is_wanted()
  local variable = os.getenv("OS2_NO_HISTORY")
  if options.no_history or variable and variable ~= "" then return false end
  for _, name in ipairs(M.setting("history.skip")) do
    if name == (options.command or options.script) then return false end
  end
  return M.setting("history.enabled")
end

local function absolute(name)
  local value = os.getenv(name)
  return value and value:sub(1, 1) == "/" and value or nil
end

--- Returns the folder of the runs; nil when the environment names no absolute one.
---@return string?
function M.directory()
  local base = absolute("XDG_STATE_HOME")
  local home = not base and absolute("HOME")
  if home then base = home .. "/.local/state" end
  return base and base .. "/os2/runs"
end

-- Ids sort by time.
local function id_of(seconds)
  local t = native_clock.utc(seconds)
  return ("%04d%02d%02d-%02d%02d%02d-%03d-%06x"):format(t.year, t.month, t.day, t.hour, t.min,
    t.sec, seconds % 1 * 1000 // 1, math.random(0) & 0xFFFFFF)
end

-- Words that need no look. Others may hold secrets.
local PLAIN <const> = { ["--json"] = true, ["-v"] = true, ["--refresh"] = true }

local function shown_arguments()
  local argv = options.argv or {}
  for _, word in ipairs(argv) do
    if word ~= options.script and not PLAIN[word] then
      return require("os2.history.words").shown(argv, M.setting("history.code"))
    end
  end
  return argv
end

-- What may be a secret, or another program's output.
local LEFT_OUT <const> = {
  url = true, stdout = true, stderr = true, output = true, error = true, text = true,
}

-- Begins the file of the run, unless the run is not written down.
local function begin()
  directory = is_wanted() and M.directory()
  if not directory then return nil end
  local started = native_record.started()
  local id = id_of(started)
  native_record.limits(M.setting("history.fact_bytes"), M.setting("history.run_bytes"))
  native_record.start({
    schema = 1, run = id, time = started, os2 = require("host.err").version,
    command = options.command or options.script,
    args = shown_arguments(),
  }, M.setting("history.variables"))
  path = directory .. "/" .. id .. M.ENDING
  return true
end

local function write()
  local is_first = not path
  if is_first and not begin() then return true end
  local text = secrets.masked_everywhere(native_record.take())
  local done, failure = native_fs.append(path, text, MODE)
  if not done and is_first and failure.kind == "not_found" then
    require("os2.history.runs").make_directory(directory)
    done, failure = native_fs.append(path, text, MODE)
  end
  if not done then error(failure, 0) end
end

local function tell(failure)
  if not options.verbose then return end
  require("os2.report.progress").say(
    "os2: the record of this run cannot be written: " .. tostring(failure))
end

-- Calls a function whose failure is not the run's. Recording stops after a failure, and when the
-- function returns true; what the function itself asks is not recorded.
local function guarded(fn, ...)
  native_record.pause(true)
  local ok, is_off = pcall(fn, ...)
  if not ok then pcall(tell, is_off) end
  native_record.pause(not ok or is_off == true)
end

--- Writes what is in memory.
function M.flush()
  guarded(write)
end

-- Removes old runs when that was not done for a while.
local function prune()
  local stamp <close> = io.open(directory .. "/pruned")
  local age = native_record.started() - (stamp and tonumber(stamp:read("l")) or 0)
  if age >= 0 and age < M.setting("history.prune_every") then return end
  require("os2.history.runs").prune(directory, native_record.started())
end

local function finish(code, failure, result)
  if result then native_record.brief("result", result, LEFT_OUT) end
  native_record.finish{
    exit = code, error = failure and require("os2.history.runs").failure(failure),
  }
end

--- Records the end of the run, and writes. A run without any event leaves no file unless it failed.
---@param code integer
---@param failure? os2.Err
---@param result? table  the fields of the command's result
function M.finish(code, failure, result)
  if native_record.pause(true) then return end
  native_record.pause(false)
  if code == 0 and not path and native_record.length() == 0 then return end
  pcall(finish, code, failure, result)
  M.flush()
  if path and not native_record.pause(true) then guarded(prune) end
end

--- Begins another record; for tests.
function M.reset()
  path, directory = nil, nil
  require("os2.history.recorder").open()
end

return M
