--- The terminal that os2 runs in, while a machine has the keys.
local err = require("os2.err")
local native_tty = require("host.tty")
local task = require("os2.task")

---@class os2.console.keyboard
local M = {}

local STDIN <const>, STDOUT <const> = 0, 1

--- Returns the size of the terminal on stdout, or else on stdin; nil when neither is one.
---@return integer? rows
---@return integer? columns
function M.size()
  local rows, columns = native_tty.size(STDOUT)
  if rows then return rows, columns end
  return native_tty.size(STDIN)
end

--- Gives each key to os2 as it is typed, without an echo or a signal. Returns a value to close,
--- which brings back the mode from before; so does the end of the process, whatever ends it.
---@return any closing
function M.set_raw()
  err.check(native_tty.set_raw(STDIN))
  return task.defer(native_tty.restore)
end

--- Returns a stream of what comes on stdin: pieces of bytes. What nobody takes stays there for
--- others.
---@return userdata
function M.input()
  return err.check(native_tty.input(STDIN))
end

--- Returns a stream with an event whenever the size of the terminal may have changed.
---@return userdata
function M.changes()
  return err.check(native_tty.watch_size())
end

return M
