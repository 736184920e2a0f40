--- A progress display for specs of flows: it keeps what it is told and shows nothing.
local M = {}

---@return table ui
function M.open()
  local told = {}
  local function keep(kind)
    return function(_, words) told[#told + 1] = kind .. ": " .. words end
  end
  local function nothing() end
  local phase = setmetatable({
    show = nothing, step = keep("step"), bytes = nothing, done = keep("done"), close = nothing,
  }, { __close = nothing })
  return {
    told = told, note = keep("note"), warn = keep("warn"), title = keep("title"),
    phase = function() return phase end,
  }
end

return M
