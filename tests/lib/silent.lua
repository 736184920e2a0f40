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
    show = nothing, step = keep("step"), build_step = nothing, log = nothing, layer = nothing,
    bytes = nothing, done = keep("done"), close = nothing,
  }, { __close = nothing })
  return {
    told = told, note = keep("note"), left = keep("left"), warn = keep("warn"),
    title = keep("title"),
    layers = nothing, image = nothing, pushed = nothing, phase = function() return phase end,
  }
end

return M
