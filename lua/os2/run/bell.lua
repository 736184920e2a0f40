--- A wait of a task that another task ends.
local scheduler = require("os2.run.scheduler")

---@class os2.run.bell.Bell
---@field private is_rung boolean
---@field private timers table<userdata, true>  of those that wait
local Bell = {}
Bell.__index = Bell

---@class os2.run.bell
local M = {}

-- Longer than anything waits; a wait is ended by closing its timer.
local FOREVER_SECONDS <const> = 365 * 86400

--- Returns a bell.
---@return os2.run.bell.Bell
function M.new()
  return setmetatable({ is_rung = false, timers = {} }, Bell)
end

--- Ends the waits of this moment; when nobody waits, the next wait.
function Bell:ring()
  local timers = self.timers
  self.is_rung, self.timers = next(timers) == nil, {}
  for timer in pairs(timers) do timer:close() end
end

--- Waits until the bell rings. May return early, so the caller checks its condition again.
function Bell:wait()
  if self.is_rung then
    self.is_rung = false
    return
  end
  local timer <close> = scheduler.timer(FOREVER_SECONDS)
  self.timers[timer] = true
  timer:result()
  self.timers[timer] = nil
end

return M
