--- The text that a second signal prints before the process ends at once: what the run leaves
--- behind. It is set in advance, because no Lua code runs then.
local native_loop = require("host.loop")
local progress = require("os2.report.progress")
local scheduler = require("os2.run.scheduler")

---@class os2.run.last_words
---@field private at table<any, integer>  key -> index
---@field private keys any[]
---@field private lines string[]
local Words = {}
Words.__index = Words

local M = {}

local LONG_LINES <const> = 16

local open = {} ---@type os2.task.last_words[]

local is_stale = false -- what is published does not have the latest changes

local function publish()
  is_stale = false
  local parts = {}
  for _, words in ipairs(open) do
    if words.lines[1] then parts[#parts + 1] = table.concat(words.lines) end
  end
  native_loop.last_words(parts[1] and progress.erasure() .. table.concat(parts) or nil)
end

-- Nothing is sent before the loop is polled. So the changes of a long list until then are published
-- together, instead of a thousand texts of a thousand lines.
local function publish_changes()
  if is_stale then publish() end
end

--- Returns an empty list of what the run would leave; `<close>` it when nothing would be left.
---@return os2.run.last_words
function M.open()
  local words = setmetatable({ at = {}, keys = {}, lines = {} }, Words)
  open[#open + 1] = words
  scheduler.before_poll = publish_changes
  return words
end

function Words:put(key, line)
  local index = self.at[key] or #self.lines + 1
  self.at[key], self.keys[index], self.lines[index] = index, key, line
end

-- The last entry takes its place, so that removal needs constant time: there may be a thousand
-- entries, removed in any order.
function Words:take(key)
  local index, last = self.at[key], #self.lines
  if not index then return end
  self.at[self.keys[last]] = index
  self.keys[index], self.lines[index] = self.keys[last], self.lines[last]
  self.keys[last], self.lines[last], self.at[key] = nil, nil, nil
end

--- Sets what would be left of one thing; nil: nothing is left of it any more.
---@param key any  the thing
---@param words string?  one line: what is left, and what to do
function Words:set(key, words)
  if words then
    self:put(key, progress.last_line(words))
  else
    self:take(key)
  end
  if #self.lines > LONG_LINES then is_stale = true else publish() end
end

--- Removes the list.
function Words:close()
  for index, words in ipairs(open) do
    if words == self then table.remove(open, index) end
  end
  publish()
end
Words.__close = Words.close

return M
