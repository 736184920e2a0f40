--- Wall and monotonic time. All times are UTC, all durations seconds.
local native_clock = require("host.clock")

---@class os2.clock
local M = {}

--- Returns the seconds since 1970-01-01T00:00:00Z. Tests replace this function.
---@return number
M.now = native_clock.now

--- Returns the seconds since an arbitrary fixed moment; for measuring durations.
---@return number
M.monotonic = native_clock.monotonic

--- Returns the UTC fields {year, month, day, hour, min, sec} of a moment, given in seconds since
--- 1970; nil when the year is out of range.
---@return table?
M.utc = native_clock.utc

--- Returns the moment, in seconds since 1970, of UTC fields {year, month, day, hour, min, sec}; nil
--- when no such time exists (31 February, hour 24).
---@return integer?
M.time = native_clock.time

--- Returns a moment, given in seconds since 1970, as "2026-01-11T19:30:45Z"; fractions of a second
--- are dropped.
---@param seconds number
---@return string
function M.iso(seconds)
  local t = M.utc(seconds)
  return ("%04d-%02d-%02dT%02d:%02d:%02dZ"):format(t.year, t.month, t.day, t.hour, t.min, t.sec)
end

local MONTHS <const> = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8,
  Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

--- Returns the moment, in seconds since 1970, of an HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT");
--- nil when the text is not such a date. Source: RFC 9110, 5.6.7, IMF-fixdate.
---@param text string
---@return integer?
function M.parse_http(text)
  local day, month, year, hour, min, sec =
    text:match("^%a%a%a, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$")
  if not day or not MONTHS[month] then return nil end
  return M.time{
    year = tonumber(year), month = MONTHS[month], day = tonumber(day),
    hour = tonumber(hour), min = tonumber(min), sec = tonumber(sec),
  }
end

--- Returns the moment, in seconds since 1970, of an ISO 8601 text in UTC
--- ("2026-11-23T08:59:10.191Z"); nil when the text is not such a time.
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
