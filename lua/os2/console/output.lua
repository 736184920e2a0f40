--- stdout, written to by tasks: while its reader sleeps, the other tasks and the deadlines go on.
---
--- A pager takes what it is asked for, and no more; so a write may last as long as the run. Where
--- nothing can wait, and in a clean-up, a write holds the whole program up (io.stdout).
local bell = require("os2.run.bell")
local err = require("os2.err")
local native_tty = require("host.tty")

---@class os2.console.output
local M = {}

local function write_holding(text)
  local done, why = io.stdout:write(text)
  if done then done, why = io.stdout:flush() end
  if done then return end
  err.raise(err.new{
    kind = "invalid", op = "stdout", message = "stdout takes no more: " .. tostring(why),
  })
end

-- One task writes at a time, so that no text stands inside of another.
local is_taken, given = false, bell.new()

local function take()
  while is_taken do given:wait() end
  is_taken = true
  return setmetatable({}, {
    __close = function()
      is_taken = false
      given:ring()
    end,
  })
end

local function write_waiting(text)
  local at = 1
  while at <= #text do
    local count = err.check(native_tty.write(text, at))
    at = at + count
    if count == 0 then
      local op <close> = err.check(native_tty.writable())
      err.check(op:result())
    end
  end
end

--- Writes to stdout, behind what was written there before, and returns when its reader's side has
--- taken it. Raises when the stream takes no more.
---@param text string
function M.write(text)
  if not coroutine.isyieldable() or not native_tty.is_stdout(io.stdout) then
    return write_holding(text)
  end
  local _ <close> = take()
  io.stdout:flush()
  write_waiting(text)
end

return M
