--- The JSON document that a command ends with.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local scheduler = require("os2.task.scheduler")
local secrets = require("os2.text.secrets")

---@class os2.cli.document
local M = {}

-- Raised when a field changes its meaning or goes away; added fields do not raise it.
local SCHEMA <const> = 1

local ERROR_FIELDS <const> = {
  "kind", "op", "message", "status", "retryable", "retry_after", "detail", "hint",
}

-- Which signal ended the run is not in the error itself.
local function exit_code(failure)
  if failure.kind == "cancelled" and scheduler.signal then return 128 + scheduler.signal end
  return err.exit_code(failure)
end

local function error_fields(failure)
  local fields = { exit = exit_code(failure) }
  for _, key in ipairs(ERROR_FIELDS) do
    fields[key] = failure[key]
  end
  return fields
end

--- Returns the document of a run with its result, and its failure where the result is one.
---@param fields table<string, any>
---@param failure? table
---@return table
function M.new(fields, failure)
  local document = { schema = SCHEMA, ok = failure == nil }
  for key, value in pairs(fields) do document[key] = value end
  document.error = failure and error_fields(failure)
  return document
end

--- Returns the document of a run that failed; anything but an os2 error is a bug in os2.
---@param raised any
---@return table
function M.failure(raised)
  return M.new({}, err.from(raised))
end

-- What is said, not what was asked for: a command's output is its own.
local SAID <const> = { message = true, hint = true, detail = true, warnings = true }

-- Log lines and paths may hold any bytes, JSON may not.
local function valid(value, is_said)
  if type(value) == "string" then
    return foreign.valid(is_said and secrets.masked(value) or value)
  end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[valid(key)] = valid(item, is_said or SAID[key]) end
  -- An empty array's mark shows itself to nobody: it is the only metatable that is false.
  return getmetatable(value) == false and json.array(copy) or copy
end

--- Returns the document as one line of JSON; what could steer a terminal is escaped in it.
---@param document table
---@return string
function M.encode(document)
  return foreign.escaped_json(json.encode(valid(document)))
end

local function refuse(path, why, failure)
  err.raise(err.new{
    kind = "invalid", op = "cli", message = ("--result %s cannot be written: %s"):format(path, why),
    hint = "what the run made is there all the same; --json prints the document to stdout",
    cause = failure,
  })
end

-- Unbuffered: what the device refuses is told by the write, and closing tells nobody.
local function write_through(path, data)
  local file <close>, why = io.open(path, "w")
  if not file then return refuse(path, why) end
  file:setvbuf("no")
  local done, refusal = file:write(data)
  if not done then refuse(path, refusal) end
end

local function write_whole(path, data)
  fs.write_atomic(path, data, { mode = tonumber("600", 8) })
end

--- Writes an encoded document to a file, for its owner alone (there may be tokens in it), whole or
--- not at all; what is no regular file (a device, a pipe) is written to.
---@param path string
---@param encoded string
function M.write(path, encoded)
  local mode = lfs.attributes(path, "mode")
  if mode and mode ~= "file" then return write_through(path, encoded .. "\n") end
  local place = mode and fs.realpath(path) or path
  local done, failure = pcall(write_whole, place, encoded .. "\n")
  if done then return end
  if not err.is(failure) or failure.kind == "cancelled" then error(failure, 0) end
  refuse(path, failure.message, failure)
end

return M
