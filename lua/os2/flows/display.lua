--- The display of a flow: that of the command, or of the script that calls a verb.
local env = require("os2.env")
local options = require("os2.run.options")
local progress = require("os2.report.progress")

---@class os2.flows.display
local M = {}

--- Returns the display for the arguments of a flow: the one that they have, or a new one.
---@param args {ui: os2.report.progress.ui?}
---@return os2.report.progress.ui
function M.of(args)
  return args.ui or progress.open()
end

--- Returns the display of a verb that a script calls: it shows warnings only, unless `--progress`
--- or OS2_PROGRESS asks for more.
---@return os2.report.progress.ui
function M.of_script()
  if options.progress or env.get("OS2_PROGRESS") then return progress.open() end
  return progress.open{ mode = "quiet" }
end

return M
