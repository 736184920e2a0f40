--- Checks the headers of a request, so that no value can add another header.
local arguments = require("os2.base.arguments")

---@class os2.client.headers
local M = {}

local NAME <const> = "^[%w!#$%%&'*+.^_`|~-]+$" -- RFC 9110, 5.6.2
local CONTROL <const> = "[%z\1-\8\10-\31\127]"

local function check(caller, name, value)
  if type(name) ~= "string" or not name:match(NAME) then
    arguments.misuse(("%s: '%s' is not a header name"):format(caller, tostring(name)))
  end
  if value:find(CONTROL) then
    arguments.misuse(("%s: the header %s holds a line break or another control character"):format(
      caller, name))
  end
end

--- Returns "Name: value" for each header, sorted. Raises at the caller's line for a bad header; the
--- message does not contain the value, which may be secret.
---@param caller string  the name of the function, for the message
---@param caller string  the function, for the message
---@param headers? table<string, string>
---@return string[]
function M.list(caller, headers)
  local list = {}
  for name, value in pairs(headers or {}) do
    check(caller, name, tostring(value))
    list[#list + 1] = ("%s: %s"):format(name, value)
  end
  table.sort(list)
  return list
end

--- Returns the number in an answer's header; nil when the text is anything else, also with a sign.
---@param text string
---@return number?
function M.number(text)
  -- the end is compared by position, because an anchored pattern would backtrack over the blanks
  local digits, behind = text:match("^%s*(%d+%.?%d*)%s*()")
  return behind == #text + 1 and tonumber(digits) or nil
end

--- Returns the seconds that an answer asks to wait: Retry-After, or Daytona's
--- Retry-After-<throttle>.
---@param received table<string, string>  headers, with lower-case names
---@return number?
function M.retry_after(received)
  local longest
  for name, value in pairs(received) do
    -- a date is not supported, and a value that is no duration is ignored
    local seconds = name:match("^retry%-after") and M.number(value)
    if seconds and (not longest or seconds > longest) then longest = seconds end
  end
  return longest
end

return M
