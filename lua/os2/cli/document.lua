--- The JSON document that a command ends with.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local ordered = require("os2.cli.ordered")
local scheduler = require("os2.run.scheduler")
local secrets = require("os2.text.secrets")

---@class os2.cli.document
local M = {}

-- Raised when a field changes its meaning or goes away; added fields do not raise it.
local SCHEMA <const> = 1

local FIRST <const> = { "schema", "ok", "exit", "error" }

local ERROR_FIELDS <const> = {
  "kind", "op", "message", "status", "retryable", "retry_after", "detail", "hint",
}

-- Which signal ended the run is not in the error itself.
local function exit_code(failure)
  if failure.kind == "cancelled" and scheduler.signal then return 128 + scheduler.signal end
  return err.exit_code(failure)
end

local function or_null(value)
  if value == nil then return json.null end
  return value
end

local function error_fields(failure)
  local fields = { exit = exit_code(failure) }
  for _, key in ipairs(ERROR_FIELDS) do fields[key] = or_null(failure[key]) end
  return fields
end

---@alias os2.cli.declared table<string, string|table>  name -> "type: what it is", or {that,
---  fields = {…}}: the fields of a command's document besides the common ones

--- The fields that every document has.
---@type os2.cli.declared
M.COMMON = {
  schema = "integer: 1; raised when a field changes its meaning or goes away",
  ok = "boolean: whether the exit code is 0",
  exit = "integer: the exit code of the run",
  error = { "table?: what went wrong; null when another program set the exit code", fields = {
    exit = "integer: the exit code of the error",
    kind = "string: the kind of the error, the only field to branch on; see docs/scripting.md",
    op = "string: the operation that failed, such as daytona.create_snapshot",
    message = "string: what went wrong, in one line for people",
    hint = "string?: what to do",
    status = "integer?: the HTTP status",
    retryable = "boolean?: the same request may succeed later",
    retry_after = "number?: the seconds that the server asks the client to wait",
    detail = "string?: the last log lines, or an excerpt of an answer",
  } },
}

--- Returns the document of a run with its result, and its failure where the result is one. What is
--- declared is there in success and failure alike, null where it is not known.
---@param fields table<string, any>
---@param failure? table
---@param code? integer  the exit code, where that of another program is passed on
---@param declared? os2.cli.declared
---@return table
function M.new(fields, failure, code, declared)
  local exit = failure and exit_code(failure) or code or 0
  local document = { schema = SCHEMA, ok = exit == 0, exit = exit }
  for key in pairs(declared or {}) do document[key] = json.null end
  for key, value in pairs(fields) do document[key] = value end
  document.error = failure and error_fields(failure) or json.null
  return document
end

--- Returns the document of a run that failed, with what is known of its result all the same;
--- anything but an os2 error is a bug in os2.
---@param raised any
---@param declared? os2.cli.declared
---@return table
function M.failure(raised, declared)
  local failure = err.from(raised)
  return M.new(failure.result or {}, failure, nil, declared)
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
  return foreign.escaped_json(ordered.encode(valid(document), FIRST))
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
