--- Keeps the last lines of an output that is longer.
local policy = require("os2.policy")

---@class os2.text.tail
local M = {}

-- Returns where the last `count` lines of a text begin.
local function start_of(text, count)
  local at = #text
  if text:sub(-1) == "\n" then at = at - 1 end
  while at > 0 do
    if text:byte(at) == 10 then
      count = count - 1
      if count <= 0 then return at + 1 end
    end
    at = at - 1
  end
  return 1
end

local function newlines_in(text)
  return select(2, text:gsub("\n", "\n"))
end

---@class os2.text.tail.pieces
---@field first integer
---@field last integer
---@field lines integer
---@field bytes integer

-- Drops pieces that are before the last `count` lines, and those that are over the limit.
local function drop(pieces, count, limit)
  while pieces.first < pieces.last do
    local piece = pieces[pieces.first]
    local is_over = pieces.bytes > limit
    if not is_over and pieces.lines - piece.lines <= count then return end
    pieces.lines, pieces.bytes = pieces.lines - piece.lines, pieces.bytes - #piece.data
    pieces[pieces.first] = nil
    pieces.first = pieces.first + 1
  end
end

local function add(pieces, stream, data)
  pieces.last = pieces.last + 1
  local lines = newlines_in(data)
  pieces[pieces.last] = { stream = stream, data = data, lines = lines }
  pieces.lines, pieces.bytes = pieces.lines + lines, pieces.bytes + #data
end

-- Returns how many of the bytes kept are before the last `count` lines.
local function bytes_before(pieces, count)
  local parts = {}
  for index = pieces.first, pieces.last do parts[#parts + 1] = pieces[index].data end
  local text = table.concat(parts)
  return count == 0 and #text or start_of(text, count) - 1
end

local function show(pieces, count, on_output)
  local skipped = bytes_before(pieces, count)
  for index = pieces.first, pieces.last do
    local piece = pieces[index]
    local rest = piece.data:sub(skipped + 1)
    skipped = math.max(0, skipped - #piece.data)
    if rest ~= "" then on_output(piece.stream, rest) end
  end
end

--- Returns a function that takes output, and one that shows the last lines of what was taken until
--- then; what is taken later is passed on at once. Kept are at most policy `machine.output_limit`
--- bytes. Without a count everything is passed on.
---@param count? integer  lines of both streams together
---@param on_output fun(stream: string, data: string)
---@return fun(stream: string, data: string) take
---@return fun() show_tail
function M.new(count, on_output)
  if not count then return on_output, function() end end
  local limit = policy.ask("machine.output_limit")
  local pieces = { first = 1, last = 0, lines = 0, bytes = 0 } ---@type os2.text.tail.pieces?
  return function(stream, data)
    if not pieces then return on_output(stream, data) end
    add(pieces, stream, data)
    drop(pieces, count, limit)
  end, function()
    local kept = pieces
    pieces = nil
    show(kept, count, on_output)
  end
end

return M
