--- Wall and monotonic time. All times are UTC, all lengths seconds.
local host = require("host.clock")

---@class os2.clock
local M = {}

--- Seconds since 1970-01-01T00:00:00Z. Tests put their own function here.
---@return number
M.now = host.now

--- Seconds since some fixed moment; for lengths of time.
---@return number
M.monotonic = host.monotonic

--- The UTC fields {year, month, day, hour, min, sec} of a moment; nil beyond what a calendar holds.
---@return table?
M.utc = host.utc

--- The moment of UTC fields; nil when there is no such time (31 February, hour 24).
---@return integer?
M.time = host.time

--- A moment as "2026-01-11T19:30:45Z"; a part of a second is left out.
---@param seconds number
---@return string
function M.iso(seconds)
  local t = M.utc(seconds)
  return ("%04d-%02d-%02dT%02d:%02d:%02dZ"):format(t.year, t.month, t.day, t.hour, t.min, t.sec)
end

--- The moment of an ISO 8601 text in UTC ("2026-11-23T08:59:10.191Z"); nil when it is none.
---@param text string
---@return number?
function M.parse_iso(text)
  local year, month, day, hour, min, sec, fraction =
    text:match("^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)(.*)Z$")
  if not year or not (fraction == "" or fraction:match("^%.%d+$")) then return nil end
  local whole = M.time{
    year = tonumber(year), month = tonumber(month), day = tonumber(day),
    hour = tonumber(hour), min = tonumber(min), sec = tonumber(sec),
  }
  return whole and whole + (tonumber("0" .. fraction) or 0)
end

return M
