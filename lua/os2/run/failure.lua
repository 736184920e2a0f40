--- The end of a failed run: its message and its exit code.
local blank = require("os2.text.blank")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local locale = require("os2.text.locale")
local options = require("os2.run.options")
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")

---@class os2.run.failure
local M = {}

local SHARE <const> = package.os2_share -- luacheck: ignore 143
local LONGEST_FAILURE_BYTES <const> = 256 * 1024 -- of what is printed

-- Returns true when a message names a line of os2's own Lua. Lua drops the start of a long file
-- name.
local function own_lua(message)
  local place = message:match("^(.-):%d+:")
  local tail = place and place:match("/lua/(os2/.*)$")
  if not tail then return false end
  local shown = place:gsub("^%.%.%.", "")
  return (SHARE .. "/lua/" .. tail):sub(-#shown) == shown
end

--- Returns the exit code of a failure. A script's own `error("…")` is a failure of the script; an
--- error in os2's own Lua is a bug.
---@param failure os2.Err
---@return integer
function M.exit_code(failure)
  if failure.op == "lua" and not own_lua(failure.message) then return err.exit_codes.failed end
  return err.exit_code(failure)
end

-- The lines contain what others have written (a build's log, a server's answer), so secrets and
-- terminal control characters are removed.
local function print_lines(lines, indent)
  local head = foreign.head(lines, LONGEST_FAILURE_BYTES)
  for line in blank.trim_end(head):gmatch("[^\n]+") do
    line = locale.shown(indent .. terminal.clean(line) .. "\n")
    io.stderr:write(options.filter and options.filter(line) or line)
  end
end

-- Returns one line; only a script's own message may have more lines.
local function line_of(failure)
  local line = tostring(failure)
  if failure.op == "lua" then return line end
  -- secrets are found line by line
  local head = foreign.head(line, LONGEST_FAILURE_BYTES)
  return blank.join_lines(head, " ")
end

-- The lines keep their blanks, so they are not cleaned; `source_line` has made them safe.
local function print_source(failure)
  local is_script = failure.op == "lua" and not own_lua(failure.message)
    or failure.op == "os2" and failure.exit == "usage"
  local source = is_script and require("os2.run.source_line").of(failure.message)
  if not source then return end
  for line in source:gmatch("[^\n]+") do
    line = locale.shown("  " .. secrets.masked(line) .. "\n")
    io.stderr:write(options.filter and options.filter(line) or line)
  end
end

local function print_failure(failure)
  if failure.detail then print_lines(failure.detail, "  | ") end
  print_lines((failure.op == "os2" and "" or "os2: ") .. line_of(failure), "")
  print_source(failure)
  if options.verbose and failure.traceback then print_lines(failure.traceback, "") end
end

-- Writes the failure as an event when progress is shown as JSON. Whatever fails here must not hide
-- the failure itself.
local function is_told_as_event(failure, code)
  if not (options.progress or os.getenv("OS2_PROGRESS")) then return false end
  local ok, is_told = pcall(function()
    local traceback = options.verbose and failure.traceback or nil
    return require("os2.report.progress").fail(failure, code, traceback)
  end)
  return ok and is_told
end

--- Tells a failure on stderr: its detail, its line, and with -v its traceback; or one event, when
--- progress is shown as JSON.
---@param failure os2.Err
---@param code integer  the exit code of the run
function M.tell(failure, code)
  if not is_told_as_event(failure, code) then print_failure(failure) end
end

return M
