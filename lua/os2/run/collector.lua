--- When Lua's collector runs. What it costs grows with the memory in use.
---@class os2.run.collector
local M = {}

-- Memory in use before the next collection, in per cent. A run consists mostly of answers to throw
-- away: it needs a quarter less memory than with Lua's default of 200. With much memory in use, a
-- collection costs much, so it comes less often. With 110 in place of 130, a run over a thousand
-- machines takes a quarter more CPU time; with 200 in place of 140, it takes 2 MB more memory.
local PAUSE_PERCENT <const>, BIG_PAUSE_PERCENT <const> = 130, 140
local BIG_KB <const> = 5120

-- Memory in use before the first collection, in kilobytes. A cached resolve ends with 900, and the
-- collector took a third of its time without anything to collect.
local FIRST_KB <const> = 4096

-- A long list holds one page, so that its memory stays small anyway, and the collector would take a
-- quarter of its time.
local LIST_PAUSE_PERCENT <const> = 300

local is_big, is_list = false, false

--- Starts the collector.
function M.start()
  collectgarbage("setpause", PAUSE_PERCENT)
  collectgarbage("restart")
  collectgarbage("step", -FIRST_KB) -- a negative step delays the first collection
end

--- Fits the pause to the memory in use. It is called often.
function M.pace()
  if is_list or is_big == (collectgarbage("count") > BIG_KB) then return end
  is_big = not is_big
  collectgarbage("setpause", is_big and BIG_PAUSE_PERCENT or PAUSE_PERCENT)
end

--- Fits the pause to a list whose pages are written as they come: while it lasts, and again when it
--- has ended.
---@param is_written boolean
function M.fit_list(is_written)
  is_list = is_written
  local rest = is_big and BIG_PAUSE_PERCENT or PAUSE_PERCENT
  collectgarbage("setpause", is_list and LIST_PAUSE_PERCENT or rest)
end

return M
