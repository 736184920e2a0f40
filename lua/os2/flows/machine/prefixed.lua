--- Writes the output of commands in many machines: line by line, each after its machine's name, or
--- machine by machine.
local env = require("os2.env")
local exec = require("os2.flows.machine.exec")
local fs = require("os2.fs")
local task = require("os2.task")
local terminal = require("os2.text.terminal")

---@class os2.flows.machine.prefixed
---@field failure os2.Err?  why nothing is written any more
---@field private ui os2.report.progress.ui
---@field private cells integer  width of the names, in terminal cells
---@field private is_terminal table<string, boolean>  by stream
---@field private colour_of table<string, string>  by machine's name
local Prefixed = {}
Prefixed.__index = Prefixed

local M = {}

local WIDEST_NAME_CELLS <const> = 32 -- cells; a longer name is not aligned
-- One for each machine in turn: cyan, yellow, green, magenta, blue. Red is left for failures.
local COLOURS <const> = { "\27[36m", "\27[33m", "\27[32m", "\27[35m", "\27[34m" }
local PLAIN <const> = "\27[0m"
local LONGEST_LINE_BYTES <const> = 64 * 1024 -- bytes; a longer line is written in pieces

--- Returns a writer for the machines of a run.
---@param ui os2.report.progress.ui
---@param machines os2.machine[]
---@return os2.flows.machine.prefixed
function M.new(ui, machines)
  local cells, colour_of = 0, {}
  for index, machine in ipairs(machines) do
    cells = math.max(cells, terminal.width(machine.name))
    colour_of[machine.name] = COLOURS[(index - 1) % #COLOURS + 1]
  end
  return setmetatable({
    ui = ui, cells = math.min(cells, WIDEST_NAME_CELLS), colour_of = colour_of,
    is_terminal = { stdout = fs.is_terminal(1), stderr = fs.is_terminal(2) },
  }, Prefixed)
end

-- A stream that takes no more is a failure of the run, not of a machine.
function Prefixed:write(stream, line)
  if self.failure then return end
  self.ui:clear()
  local _, failure = task.try(exec.write_through, stream, line)
  self.failure = failure
end

-- Returns words in the colour of a machine, where the stream shows colours.
function Prefixed:coloured(name, stream, words)
  if not self.is_terminal[stream] or (env.get("NO_COLOR") or "") ~= "" then return words end
  return (self.colour_of[name] or "") .. words .. PLAIN
end

-- When the stream is no terminal, the command's bytes are written unchanged.
function Prefixed:shown(stream, line)
  return self.is_terminal[stream] and terminal.clean(line) or line
end

function Prefixed:write_line(name, stream, line)
  local prefix = terminal.pad(terminal.clean(name), self.cells) .. " | "
  self:write(stream, self:coloured(name, stream, prefix) .. self:shown(stream, line) .. "\n")
end

--- Writes all that a machine has written to one stream below a line with its name.
---@param name string
---@param stream "stdout"|"stderr"
---@param text string  "" is not written
function Prefixed:write_group(name, stream, text)
  if text == "" then return end
  if text:sub(-1) ~= "\n" then text = text .. "\n" end
  if self.is_terminal[stream] then
    text = text:gsub("([^\n]*)\n", function(line) return terminal.clean(line) .. "\n" end)
  end
  self:write(stream, self:coloured(name, stream, terminal.clean(name) .. ":") .. "\n" .. text)
end

-- Writes the complete lines of what has arrived, and returns the incomplete rest.
function Prefixed:write_lines(name, stream, bytes)
  local at = 1
  while true do
    local stop = bytes:find("\n", at, true)
    if not stop and #bytes - at + 1 < LONGEST_LINE_BYTES then return bytes:sub(at) end
    stop = stop or at + LONGEST_LINE_BYTES
    self:write_line(name, stream, bytes:sub(at, stop - 1))
    at = bytes:sub(stop, stop) == "\n" and stop + 1 or stop
  end
end

--- Returns two functions for one machine: one for the output of its command, and one to call when
--- the command has ended.
---@param name string
---@return fun(stream: "stdout"|"stderr", data: string) add
---@return fun() finish
function Prefixed:of(name)
  local held = { stdout = "", stderr = "" }
  return function(stream, data)
    held[stream] = self:write_lines(name, stream, held[stream] .. data)
  end, function()
    for stream, rest in pairs(held) do
      if rest ~= "" then self:write_line(name, stream, rest) end
    end
  end
end

return M
