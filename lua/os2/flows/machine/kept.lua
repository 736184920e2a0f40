--- The output of a command, kept for a document: each stream up to `machine.output_limit` bytes.
local policy = require("os2.policy")
local foreign = require("os2.text.foreign")

---@class os2.flows.machine.kept
---@field is_cut boolean?  there was more output than is kept
---@field private pieces table<string, string[]>  by stream
---@field private left table<string, integer>  bytes of room, by stream
local Kept = {}
Kept.__index = Kept

local M = {}

--- Returns an empty object.
---@return os2.flows.machine.kept
function M.new()
  local limit = policy.ask("machine.output_limit")
  return setmetatable({
    pieces = { stdout = {}, stderr = {} }, left = { stdout = limit, stderr = limit },
  }, Kept)
end

--- Adds a piece, as far as there is room.
---@param stream "stdout"|"stderr"
---@param data string
function Kept:add(stream, data)
  local left = self.left[stream]
  if #data > left then self.is_cut, data = true, data:sub(1, left) end
  self.left[stream] = left - #data
  if data ~= "" then table.insert(self.pieces[stream], data) end
end

--- Returns the kept output of a stream, byte for byte.
---@param stream "stdout"|"stderr"
---@return string
function Kept:bytes(stream)
  return table.concat(self.pieces[stream])
end

--- Returns the kept output of a stream. Bytes that are not UTF-8 become "?", because JSON cannot
--- hold them.
---@param stream "stdout"|"stderr"
---@return string
function Kept:text(stream)
  return foreign.valid(self:bytes(stream))
end

return M
