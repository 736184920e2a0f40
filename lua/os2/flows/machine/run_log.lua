--- The log of a run on many machines: one JSON document a line, appended as things happen, so that
--- a killed run can be gone on with.
local clock = require("os2.clock")
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")
local task = require("os2.task")
local text = require("os2.progress.text")

---@class os2.flows.machine.run_log
---@field file file*?  nil without a log
local Log = {}
Log.__index = Log

local M = {}

local SCHEMA <const> = 1

---@class os2.flows.machine.known  what a log tells about the run before
---@field run {argv: string[], labels: table<string, string>, cwd: string?, provider: string}?
---@field begun table<string, table>  machine id -> its line; how it ended is not known
---@field done table<string, table>  machine id -> its line

local function refuse(message, hint)
  err.raise(err.new{
    kind = "invalid", exit = "usage", op = "machine.each", message = message, hint = hint,
  })
end

local READERS <const> = {
  run = function(known, line) known.run = known.run or line end,
  begun = function(known, line) known.begun[line.id] = line end,
  done = function(known, line) known.done[line.id] = line end,
  skipped = function() end,
}

-- The last line of a killed run may be torn.
local function read_line(known, text_line, is_last, where)
  local line = task.try(json.decode, text_line)
  local reader = type(line) == "table" and READERS[line.type]
  if reader then return reader(known, line) end
  if is_last then return end
  refuse(where .. ": this line is none of a run's log", "give the file that --log wrote")
end

--- Reads the log of a run.
---@param path string
---@return os2.flows.machine.known
function M.read(path)
  local known, lines = { begun = {}, done = {} }, {}
  for line in fs.read(path):gmatch("[^\n]+") do lines[#lines + 1] = line end
  for number, line in ipairs(lines) do
    read_line(known, line, number == #lines, ("%s:%d"):format(path, number))
  end
  if not known.run then refuse(path .. " is no log of a run", "give the file that --log wrote") end
  return known
end

local function ends_amid_a_line(file)
  local size = file:seek("end")
  if size == 0 then return false end
  file:seek("set", size - 1)
  return file:read(1) ~= "\n"
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

--- Opens a log to write to, for this process alone; with nil as path nothing is kept. A log that
--- holds a run already is only taken to go on with it.
---@param path string?
---@param is_resumed boolean
---@return os2.flows.machine.run_log
function M.open(path, is_resumed)
  local log = setmetatable({}, Log)
  if not path then return log end
  log.lock = lock(path)
  local file, why = io.open(path, "a+b")
  if not file then refuse("--log: " .. why) end
  log.file = file
  if not is_resumed and file:seek("end") > 0 then
    log:close()
    refuse(path .. " holds a run already", ("go on with it: --resume %s; or name another --log")
      :format(path))
  end
  if ends_amid_a_line(file) then file:write("\n") end
  return log
end

--- Appends a line, which is with the system when this returns.
---@param kind "run"|"begun"|"done"|"skipped"
---@param line table
function Log:write(kind, line)
  if not self.file then return end
  line.schema, line.type = SCHEMA, kind
  line.at = clock.iso(math.floor(clock.now()))
  for _, stream in ipairs{ "stdout", "stderr" } do
    line[stream] = line[stream] and text.valid(line[stream])
  end
  local done, why = self.file:write(json.encode(line), "\n")
  if done then done, why = self.file:flush() end
  if not done then
    err.raise(err.new{ kind = "invalid", op = "machine.each", message = "the log: " .. why })
  end
end

--- Closes it.
function Log:close()
  if self.file then self.file:close() end
  if self.lock then self.lock:close() end
  self.file, self.lock = nil, nil
end

Log.__close = Log.close

return M
