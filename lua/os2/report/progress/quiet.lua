--- The display that shows warnings only. The error of a run that fails is printed by the host.
local text = require("os2.report.progress.text")

---@class os2.report.progress.quiet: os2.report.progress.text
local M = setmetatable({}, { __index = text })

local function nothing() end

M.title, M.note, M.layers, M.finish = nothing, nothing, nothing, nothing

-- What a failed run leaves behind is part of its error, and is shown.
M.left = text.note

return M
