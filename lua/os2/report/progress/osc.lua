--- Sequences for terminals that know them: hyperlinks (OSC 8), and the progress of the run (OSC
--- 9;4). Policies decide whether the terminal does.
local policy = require("os2.policy")

---@class os2.report.progress.osc
local M = {}

local LINK <const> = "\27]8;;%s\27\\%s\27]8;;\27\\"
local PROGRESS <const> = "\27]9;4;%d;%d\27\\"
local GONE <const>, SHARE <const>, BUSY <const> = 0, 1, 3

local END <const> = PROGRESS:format(GONE, 0)

-- Asks once for each display.
local function is_wanted(ui, name)
  ui.osc = ui.osc or {}
  if ui.osc[name] == nil then
    ui.osc[name] = policy.ask(name, { is_terminal = ui.terminal }) == true
  end
  return ui.osc[name]
end

--- Returns a line whose addresses are hyperlinks, where the terminal knows them.
---@param ui os2.report.progress.ui
---@param line string
---@return string
function M.linked(ui, line)
  if not line:find("https?://") or not is_wanted(ui, "terminal.links") then return line end
  return (line:gsub("https?://[%w%-._~:/?#%[%]@!$&'()*+,;=%%]*[%w/]", function(address)
    return LINK:format(address, address)
  end))
end

--- Tells the terminal that a phase runs, or how much of it is done.
---@param ui os2.report.progress.ui
---@param share? number  from 0 to 1
function M.tell(ui, share)
  if not is_wanted(ui, "terminal.progress") then return end
  local percent = share and math.floor(math.max(0, math.min(share, 1)) * 100) or 0
  local words = PROGRESS:format(share and SHARE or BUSY, percent)
  if words == ui.osc.told then return end
  ui.osc.told = words
  ui.write(words)
end

--- Returns what ends the progress that the terminal was told, or "".
---@param ui os2.report.progress.ui
---@return string
function M.ending(ui)
  return ui.osc and ui.osc.told and END or ""
end

--- Tells the terminal that nothing runs any more.
---@param ui os2.report.progress.ui
function M.finish(ui)
  if M.ending(ui) ~= "" then ui.write(END) end
  if ui.osc then ui.osc.told = nil end
end

return M
