--- Counts work instead of measuring time: Lua's instructions, and what patterns are asked of.
---
--- A pattern runs in C, where neither a deadline nor a signal stops it: so the longest text that
--- one sees counts, and a plain find, whose work is that of memchr, does not.

---@class tests.lib.counted
local M = {}

local own = { find = string.find, match = string.match, gmatch = string.gmatch, gsub = string.gsub }

local function watch(found)
  local function note(text, is_anchored)
    if #text > found.longest then found.longest = #text end
    if not is_anchored then found.bytes = found.bytes + #text end
  end
  for name, original in pairs(own) do
    string[name] = function(text, pattern, third, is_plain, ...) -- luacheck: ignore 122
      if not (name == "find" and is_plain) and type(text) == "string" then
        note(text, name ~= "gmatch" and pattern:sub(1, 1) == "^")
      end
      return original(text, pattern, third, is_plain, ...)
    end
  end
end

local function restore()
  debug.sethook()
  for name, original in pairs(own) do string[name] = original end -- luacheck: ignore 122
end

--- Calls a function and returns what it took and its first value.
---@param run function
---@return {instructions: integer, longest: integer, bytes: integer} found  longest: text that a
---  pattern saw; bytes: of the texts that patterns without an anchor saw
---@return any
function M.run(run, ...)
  local found = { instructions = 0, longest = 0, bytes = 0 }
  local _ <close> = setmetatable({}, { __close = restore })
  watch(found)
  debug.sethook(function() found.instructions = found.instructions + 1000 end, "", 1000)
  return found, (run(...))
end

return M
