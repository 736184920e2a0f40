--- Error objects: what a verb raises when the outside world refuses.
---
--- Programs branch on `kind` only; `message` is for people. `tostring(e)` is one line that a person
--- can act on.
local native_err = require("host.err")

---@class os2.err
local M = {}

---@class os2.Err
---@field kind os2.ErrKind
---@field op string  the verb: "daytona.create_snapshot"
---@field message string  one line
---@field exit? string|integer  name of the exit code when `kind` is too coarse ("config", "usage");
---  a number when the exit code of another program is passed on
---@field status? integer  HTTP status
---@field retryable? boolean  the same request may succeed later
---@field retry_after? number  seconds that the server asks to wait before a retry
---@field is_sent? boolean  false: no byte of the request reached the server
---@field hint? string  what to do next
---@field detail? string  the last lines of a log, or an excerpt of an answer
---@field file? string  the file that is at fault, relative to the current directory
---@field line? integer  the line in it
---@field step? os2.docker.step  of a build: the step that failed
---@field cause? any  the underlying error
---@field result? table  of a command: the fields of its result that are known in spite of the error
---@field traceback? string

---@alias os2.ErrKind
---| "not_found" | "exists" | "denied" | "invalid" | "conflict" | "quota" | "timeout" | "cancelled"
---| "network" | "protocol" | "unavailable" | "internal"

local EXIT_OF_KIND <const> = {
  not_found = "not_found", exists = "conflict", conflict = "conflict", denied = "denied",
  quota = "quota", timeout = "timeout", cancelled = "interrupted", network = "unavailable",
  unavailable = "unavailable", invalid = "failed", protocol = "failed", internal = "bug",
}

local function exit_codes()
  return require("os2.base.exit_codes").BY_NAME -- required here, because most runs need no code
end

--- Exit codes by name. CI branches on them. They stand in `os2.base.exit_codes`.
---@type table<string, integer>
M.exit_codes = setmetatable({}, {
  __index = function(_, name) return exit_codes()[name] end,
  __pairs = function() return pairs(exit_codes()) end,
})

local FIELDS <const> = {
  kind = true, op = true, message = true, exit = true, status = true, retryable = true,
  retry_after = true, is_sent = true, hint = true, detail = true, cause = true, traceback = true,
  result = true, file = true, line = true, step = true,
}

local meta = native_err.metatable

-- An error that Lua itself raised names its line already; the prefix "lua" would add nothing.
function meta.__tostring(e)
  local line = e.op == "lua" and e.message or ("%s: %s"):format(e.op, e.message)
  return e.hint and ("%s; %s"):format(line, e.hint) or line
end

--- Makes an error object. Raises for an unknown field or kind.
---@param fields os2.Err
---@return os2.Err
function M.new(fields)
  for key in pairs(fields) do
    if not FIELDS[key] then error(("err.new: unknown field '%s'"):format(tostring(key)), 2) end
  end
  if not EXIT_OF_KIND[fields.kind] then
    error(("err.new: unknown kind '%s'"):format(tostring(fields.kind)), 2)
  end
  if fields.exit and not M.exit_codes[fields.exit] and math.type(fields.exit) ~= "integer" then
    error(("err.new: unknown exit '%s'"):format(tostring(fields.exit)), 2)
  end
  return setmetatable(fields, meta)
end

--- Returns true when a value is an error object, and of this kind when one is given.
---@param value any
---@param kind? os2.ErrKind
---@return boolean
function M.is(value, kind)
  if getmetatable(value) ~= meta then return false end
  return kind == nil or value.kind == kind
end

--- Raises an error object. A second argument (the level of `error`) is ignored: the object says
--- where the error belongs.
---@param e os2.Err
function M.raise(e)
  error(e, 0)
end

-- A table that does not say itself how it is shown is written with its fields.
local function message_of(value)
  if value == nil then return "an error without a message (nil)" end
  if type(value) ~= "table" then return tostring(value) end
  local own = getmetatable(value)
  local has_words = type(own) == "table" and rawget(own, "__tostring")
  local ok, words = pcall(tostring, value)
  if has_words and ok then return words end
  return "an error that is a table: " .. require("os2.text.values").line(value)
end

--- Returns the error object for a value that was raised: an error object unchanged, any other value
--- as a bug (`internal`). A table is written with its fields.
---@param value any
---@return os2.Err
function M.from(value)
  if M.is(value) then return value end
  return M.new{ kind = "internal", op = "lua", message = message_of(value) }
end

--- Returns the exit code of an error object.
---@param e os2.Err
---@return integer
function M.exit_code(e)
  return M.exit_codes[e.exit] or math.tointeger(e.exit) or M.exit_codes[EXIT_OF_KIND[e.kind]]
end

--- Returns the name of the exit code of an error object.
---@param e os2.Err
---@return string
function M.exit_name(e)
  return type(e.exit) == "string" and e.exit or EXIT_OF_KIND[e.kind]
end

--- Returns its arguments, or raises the second one when the first one is nil and the second one is
--- not: it turns the library's `nil, err` into what scripts see.
---@generic T
---@param value T
---@param e? os2.Err
---@return T
function M.check(value, e, ...)
  if value == nil and e ~= nil then error(e, 0) end
  return value, e, ...
end

return M
