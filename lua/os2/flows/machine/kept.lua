--- What a command writes, kept for a document: each stream up to `machine.output_limit`.
local policy = require("os2.policy")
local foreign = require("os2.text.foreign")

---@class os2.flows.machine.kept
---@field is_cut boolean?  there was more than is kept
---@field private pieces table<string, string[]>  by stream
---@field private left table<string, integer>  bytes, by stream
local Kept = {}
Kept.__index = Kept

local M = {}

--- Returns an empty one.
---@return os2.flows.machine.kept
function M.new()
  local limit = policy.ask("machine.output_limit")
  return setmetatable({
    pieces = { stdout = {}, stderr = {} }, left = { stdout = limit, stderr = limit },
  }, Kept)
end

--- Keeps a piece, as far as there is room.
---@param stream "stdout"|"stderr"
---@param data string
function Kept:add(stream, data)
  local left = self.left[stream]
  if #data > left then self.is_cut, data = true, data:sub(1, left) end
  self.left[stream] = left - #data
  if data ~= "" then table.insert(self.pieces[stream], data) end
end

--- Returns what is kept of a stream. A command may write any bytes, JSON may not: what is no UTF-8
--- is a "?".
---@param stream "stdout"|"stderr"
---@return string
function Kept:text(stream)
  return foreign.valid(table.concat(self.pieces[stream]))
end

return M
