--- The JSON document that a command ends with.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local json = require("os2.json")
local options = require("os2.run.options")
local scheduler = require("os2.run.scheduler")
local secrets = require("os2.text.secrets")

---@class os2.cli.document
local M = {}

-- The version of the documents. It is raised when a field changes its meaning or is removed, not
-- when a field is added.
local SCHEMA <const> = 1

local FIRST <const> = { "schema", "ok", "exit", "error" }

local ERROR_FIELDS <const> = {
  "kind", "op", "message", "status", "retryable", "retry_after", "detail", "hint", "file", "line",
}

-- The error does not say which signal ended the run.
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
    file = "string?: the file that is at fault, such as the Dockerfile",
    line = "integer?: the line in it",
  } },
}

--- Returns the document of a run with a result, and with its failure when the result is one. Every
--- declared field is present, for success and failure; null when it is not known.
---@param fields table<string, any>
---@param failure? table
---@param code? integer  the exit code, when that of another program is passed on
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

--- Returns the document of a run that failed, with the fields of its result that are known. A value
--- other than an error object is a bug in os2.
---@param raised any
---@param declared? os2.cli.declared
---@return table
function M.failure(raised, declared)
  local failure = err.from(raised)
  return M.new(failure.result or {}, failure, nil, declared)
end

-- The fields that os2 itself writes; these are masked. A command's output is passed on unchanged.
local SAID <const> = { message = true, hint = true, detail = true, warnings = true }

-- Log lines and paths may contain any bytes; JSON must be UTF-8.
local function valid(value, is_said)
  if type(value) == "string" then
    return foreign.valid(is_said and secrets.masked(value) or value)
  end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[valid(key)] = valid(item, is_said or SAID[key]) end
  -- the mark of an empty array hides its metatable: it is the only one that reads as false
  return getmetatable(value) == false and json.array(copy) or copy
end

--- Returns the document as one line of JSON, with characters that could control a terminal escaped.
---@param document table
---@return string
function M.encode(document)
  local line = foreign.escaped_json(require("os2.cli.ordered").encode(valid(document), FIRST))
  return options.filter and require("os2.ci.workflow").defused(line, true) or line
end

local function refuse(path, why, failure)
  err.raise(err.new{
    kind = "invalid", op = "cli", message = ("--result %s cannot be written: %s"):format(path, why),
    hint = "the run's work is done; --json prints the document to stdout",
    cause = failure,
  })
end

-- Unbuffered, so that the write reports what the device refuses; an error in close would be lost.
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

local function write(path, encoded)
  local mode = require("lfs").attributes(path, "mode")
  if mode and mode ~= "file" then return write_through(path, encoded .. "\n") end
  local place = mode and fs.realpath(path) or path
  local done, failure = pcall(write_whole, place, encoded .. "\n")
  if done then return end
  if not err.is(failure) or failure.kind == "cancelled" then error(failure, 0) end
  refuse(path, failure.message, failure)
end

--- Writes an encoded document to a file atomically, readable by its owner only, because it may
--- contain tokens. A path that is not a regular file (a device, a pipe) is written to directly.
---@param path string
---@param encoded string
function M.write(path, encoded)
  if options.guard then return options.guard.exempt("result", write, path, encoded) end
  write(path, encoded)
end

return M
