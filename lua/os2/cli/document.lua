--- The JSON document that a command ends with.
local err = require("os2.err")
local fs = require("os2.fs")
local json = require("os2.json")

---@class os2.cli.document
local M = {}

-- Raised when a field changes its meaning or goes away; added fields do not raise it.
local SCHEMA <const> = 1

local ERROR_FIELDS <const> = {
  "kind", "op", "message", "status", "retryable", "retry_after", "detail", "hint",
}

--- Returns the document of a run that succeeded.
---@param fields table<string, any>
---@return table
function M.success(fields)
  local document = { schema = SCHEMA, ok = true }
  for key, value in pairs(fields or {}) do document[key] = value end
  return document
end

local function error_fields(failure)
  local fields = { exit = err.exit_code(failure) }
  for _, key in ipairs(ERROR_FIELDS) do fields[key] = failure[key] end
  return fields
end

--- Returns the document of a run that failed; anything but an os2 error is a bug in os2.
---@param failure any
---@return table
function M.failure(failure)
  if not err.is(failure) then
    failure = err.new{ kind = "internal", op = "os2", message = tostring(failure) }
  end
  return { schema = SCHEMA, ok = false, error = error_fields(failure) }
end

--- Returns the document as one line of JSON.
---@param document table
---@return string
function M.encode(document)
  return json.encode(document)
end

--- Writes an encoded document to a file, whole or not at all.
---@param path string
---@param encoded string
function M.write(path, encoded)
  fs.write_atomic(path, encoded .. "\n")
end

return M
