--- The log of a run on many machines: one JSON document per line, appended while the run goes on,
--- so that a killed run can be resumed.
local clock = require("os2.clock")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local json = require("os2.json")
local refusal = require("os2.base.refusal")
local task = require("os2.task")

---@class os2.flows.machine.run_log
---@field file file*?  nil: there is no log
---@field known os2.flows.machine.known?  what the log tells of the run that is resumed
local Log = {}
Log.__index = Log

local M = {}

local SCHEMA <const> = 1

---@class os2.flows.machine.known  what a log tells of an earlier run
---@field run {argv: string[], labels: table<string, string>, cwd: string?, provider: string}?
---@field begun table<string, table>  machine id -> its line; the outcome is not known
---@field done table<string, table>  machine id -> its line with the outcome

local refuse = refusal.of("machine.each", "usage")

local READERS <const> = {
  run = function(known, line) known.run = known.run or line end,
  begun = function(known, line) known.begun[line.id] = line end,
  done = function(known, line) known.done[line.id] = line end,
  skipped = function() end,
}

local function read_line(known, text_line, where)
  local line = task.try(json.decode, text_line)
  local reader = type(line) == "table" and READERS[line.type]
  if reader then return reader(known, line) end
  refuse(where .. ": this line is none of a run's log", "give the file that --log wrote")
end

-- Splits without patterns over the whole text, because a line may have megabytes.
local function lines_of(content)
  local from = 1
  return function()
    local stop = content:find("\n", from, true)
    local line = stop and content:sub(from, stop - 1)
    from = stop and stop + 1
    return line
  end
end

-- Reads the lines of a log. The last line is complete.
local function read(path, content)
  local known, number = { begun = {}, done = {} }, 0
  for line in lines_of(content) do
    number = number + 1
    if line:find("%S") then read_line(known, line, ("%s:%d"):format(path, number)) end
  end
  if not known.run then refuse(path .. " is no log of a run", "give the file that --log wrote") end
  return known
end

local function lock(path)
  local held, failure = task.try(fs.lock, path, { timeout = 0 })
  if held then return held end
  if failure.kind ~= "timeout" then err.raise(failure) end
  err.raise(err.new{
    kind = "conflict", op = "machine.each", message = path .. " is in use by another run",
    hint = "wait for it, or name another --log",
  })
end

local function open_file(path, mode)
  local file, why = io.open(path, mode)
  if not file then refuse("--log: " .. why) end
  return file
end

-- The last line of a killed run may be incomplete; a line break after it would make it a line of
-- the log, so it is blanked.
local function blank_torn_line(path, content)
  local torn = content:sub(#(content:match("^.*\n") or "") + 1)
  if torn == "" then return content end
  local file <close> = open_file(path, "r+b")
  file:seek("set", #content - #torn)
  local done, why = file:write((" "):rep(#torn), "\n")
  if not done then refuse("--log: " .. why) end
  return content:sub(1, #content - #torn)
end

local function check_there(path)
  if fs.exists(path) then return end
  err.raise(err.new{ kind = "not_found", op = "machine.each", message = "there is no log " .. path,
    hint = "--resume takes the file that --log has written; begin a new run with --log FILE" })
end

local function check_empty(path, content)
  if content == "" then return end
  refuse(path .. " holds a run already", ("go on with it: --resume %s; or name another --log")
    :format(path))
end

local function take_up(log, path, is_resumed)
  local content = fs.read(path)
  if is_resumed then log.known = read(path, blank_torn_line(path, content))
  else check_empty(path, content) end
end

--- Opens a log for writing, for this process alone. With nil as path nothing is kept. A log with a
--- run in it is opened only to resume that run; `known` is then what it tells.
---@param path string?
---@param is_resumed boolean
---@return os2.flows.machine.run_log
function M.open(path, is_resumed)
  local log = setmetatable({}, Log)
  if not path then return log end
  if is_resumed then check_there(path) end -- the lock would create the file
  log.lock = lock(path)
  local _, failure = task.try(take_up, log, path, is_resumed)
  if failure then
    log:close()
    err.raise(failure)
  end
  log.file = open_file(path, "ab")
  return log
end

--- Returns what a log would be opened as, and changes nothing: what is written to it goes nowhere.
--- Raises as `open` does, but not for a log that is in use.
---@param path string?
---@param is_resumed boolean
---@return os2.flows.machine.run_log
function M.look(path, is_resumed)
  local log = setmetatable({}, Log)
  if not path then return log end
  if is_resumed then check_there(path) end
  local content = fs.exists(path) and fs.read(path) or ""
  if is_resumed then log.known = read(path, content:match("^.*\n") or "")
  else check_empty(path, content) end
  return log
end

--- Appends a line, which has been passed to the system when this function returns. Its texts must
--- be UTF-8.
---@param kind "run"|"begun"|"done"|"skipped"
---@param line table
function Log:write(kind, line)
  if not self.file then return end
  line.schema, line.type = SCHEMA, kind
  line.at = clock.iso(math.floor(clock.now()))
  local done, why = self.file:write(foreign.escaped_json(json.encode(line)), "\n")
  if done then done, why = self.file:flush() end
  if not done then
    err.raise(err.new{ kind = "invalid", op = "machine.each", message = "the log: " .. why })
  end
end

--- Closes the log and releases its lock.
function Log:close()
  if self.file then self.file:close() end
  if self.lock then self.lock:close() end
  self.file, self.lock = nil, nil
end

Log.__close = Log.close

return M
