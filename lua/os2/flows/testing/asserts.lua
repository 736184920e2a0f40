--- The checks of a test: each raises at the test's line, and says what it got.
local blank = require("os2.text.blank")
local check = require("os2.base.check")
local err = require("os2.err")
local fs = require("os2.fs")
local scheduler = require("os2.run.scheduler")

---@class os2.flows.testing.asserts
local M = {}

local DEEPEST_LEVELS <const> = 32

local function step(path, key)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") then return path .. "." .. key end
  return ("%s[%s]"):format(path, check.show(key))
end

-- Returns where two values differ first, and the two values there.
local function difference(got, wanted, path, level)
  if rawequal(got, wanted) or got == wanted then return nil end
  local is_deep = type(got) == "table" and type(wanted) == "table" and level < DEEPEST_LEVELS
  if not is_deep then return path, got, wanted end
  local keys = {}
  for key in pairs(wanted) do keys[#keys + 1] = key end
  for key in pairs(got) do
    if wanted[key] == nil then keys[#keys + 1] = key end
  end
  table.sort(keys, function(one, other) return tostring(one) < tostring(other) end)
  for _, key in ipairs(keys) do
    local at, one, other = difference(got[key], wanted[key], step(path, key), level + 1)
    if at then return at, one, other end
  end
end

--- Fails unless two values are equal; tables are compared by what they hold.
---@param got any
---@param wanted any
function M.equal(got, wanted)
  local path, one, other = difference(got, wanted, "", 0)
  if not path then return end
  error(("%s is %s, not %s"):format(path == "" and "the value" or path, check.show(one),
    check.show(other)), 2)
end

--- Fails unless a text matches a Lua pattern.
---@param text string
---@param pattern string
function M.matches(text, pattern)
  if type(text) ~= "string" then error("a text is needed, not " .. check.show(text), 2) end
  if text:find(pattern) then return end
  error(("%s does not match %s"):format(check.show(text), check.show(pattern)), 2)
end

local function fits(failure, wanted)
  return wanted == nil or failure.kind == wanted or tostring(failure):find(wanted) ~= nil
end

--- Fails unless a function raises an error of that kind, or one whose message matches. Returns the
--- error object.
---@param wanted string?  a kind ("not_found"), or a Lua pattern
---@param fn function
---@return os2.Err
function M.raises(wanted, fn, ...)
  local ok, failure = pcall(fn, ...)
  scheduler.check_cancelled()
  if ok then error("nothing was raised", 2) end
  failure = err.from(failure)
  if fits(failure, wanted) then return failure end
  error(("%s: %s was raised, not %s"):format(failure.kind, tostring(failure), wanted), 2)
end

-- The line of the test that asserts, as it is written.
local function line_of(path, line)
  local at = 0
  for text in (fs.read(path) .. "\n"):gmatch("([^\n]*)\n") do
    at = at + 1
    if at == line then return blank.trim(text) end
  end
  return "?"
end

--- Returns Lua's `assert` for a file of tests: without a message, it says which line it stands in.
---@param path string
---@return fun(...): ...
function M.assert_of(path)
  return function(...)
    local value, message = ...
    if value then return ... end
    if select("#", ...) < 2 then
      message = "this does not hold: " .. line_of(path, debug.getinfo(2, "l").currentline)
    end
    error(type(message) == "nil" and "nil" or message, type(message) == "string" and 2 or 0)
  end
end

return M
