--- Reads the records of runs. What is broken is left out: a run may have been killed, and a disk
--- may have been full.
local clock = require("os2.clock")
local err = require("os2.err")
local native_json = require("host.json")
local runs = require("os2.history.runs")
local writer = require("os2.history.writer")

---@class os2.history.reader
local M = {}

local HEAD_BYTES <const>, TAIL_BYTES <const> = 256 * 1024, 64 * 1024

local function path_of(id)
  return ("%s/%s%s"):format(writer.directory(), id, writer.ENDING)
end

--- Returns the ids of all runs, the newest first. With `since` only those that began at that time
--- or later.
---@param since? number  seconds since 1970
---@return string[]
function M.ids(since)
  local directory = writer.directory()
  local ids = directory and runs.ids(directory) or {}
  for index, id in ipairs(ids) do
    if since and runs.time(id) < since then return table.move(ids, 1, index - 1, 1, {}) end
  end
  return ids
end

local function refuse(word, message)
  err.raise(err.new{
    kind = "not_found", op = "history", message = message:format(word),
    hint = "`os2 history` lists the runs; -1 is the newest, and the beginning of an id is enough",
  })
end

local function counted(word, ids)
  local back = tonumber(word:match("^%-(%d+)$"))
  return back and (ids[back] or refuse(word, "there is no run %s: so many are not kept"))
end

--- Returns the id of the run that a word names: an id, the beginning of one, or -1 for the newest.
--- Raises `not_found`.
---@param word string
---@return string
function M.find(word)
  local ids, found = M.ids(), nil
  local by_count = counted(word, ids)
  if by_count then return by_count end
  for _, id in ipairs(ids) do
    if id == word then return id end
    if id:sub(1, #word) == word then
      if found then refuse(word, "more than one run begins with '%s'") end
      found = id
    end
  end
  return found or refuse(word, "there is no run '%s'")
end

local function decoded(line)
  local ok, event = pcall(native_json.decode, line)
  return ok and type(event) == "table" and type(event.event) == "string" and event or nil
end

--- Returns an iterator over the events of a run, in their order. Raises `not_found` when the record
--- has gone meanwhile.
---@param id string
---@return fun(): table?
function M.events(id)
  local file = io.open(path_of(id), "rb") or refuse(id, "there is no run '%s'")
  return function()
    for line in file:lines("L") do
      local event = line:sub(-1) == "\n" and decoded(line)
      if event then return event end
    end
    file:close()
  end
end

local function first_event(file)
  local line = (file:read(HEAD_BYTES) or ""):match("^[^\n]*\n")
  return line and decoded(line)
end

local function last_event(file)
  local size = file:seek("end")
  file:seek("set", math.max(0, size - TAIL_BYTES))
  local tail = file:read("a") or ""
  local line = tail:match("^.*\n([^\n]+)\n$") or tail:match("^([^\n]+)\n$")
  return line and decoded(line), size
end

local function of_start(event)
  return event and event.event == "start" and event.of or {}
end

---@class os2.history.summary
---@field run string
---@field time string  when it began, UTC
---@field command string?
---@field arguments string[]
---@field is_ended boolean  false: it runs, or was killed
---@field code integer?  its exit code
---@field seconds number?
---@field failure string?
---@field bytes integer

--- Returns what a list shows of a run; nil when its record has gone.
---@param id string
---@return os2.history.summary?
function M.summary(id)
  local file <close> = io.open(path_of(id), "rb")
  if not file then return nil end
  local start = of_start(first_event(file))
  local last, bytes = last_event(file)
  local finish = last and last.event == "end" and last or nil
  local failure = finish and finish.of.error
  return {
    run = id, time = clock.iso(runs.time(id)), command = start.command,
    arguments = start.args or {}, is_ended = finish ~= nil, code = finish and finish.of.exit,
    seconds = finish and finish.ms / 1000, failure = failure and failure.message, bytes = bytes,
  }
end

return M
