--- Times: UTC and back, ISO 8601, moments that do not exist.
local clock = require("os2.clock")
local failure_of = require("tests.lib.failure_of")

local function fields(year, month, day, hour, min, sec)
  return { year = year, month = month, day = day, hour = hour, min = min, sec = sec }
end

local MOMENTS <const> = {
  { 0, fields(1970, 1, 1, 0, 0, 0), "1970-01-01T00:00:00Z" },
  { -1, fields(1969, 12, 31, 23, 59, 59), "1969-12-31T23:59:59Z" },
  { 951782399, fields(2000, 2, 28, 23, 59, 59), "2000-02-28T23:59:59Z" },
  { 951782400, fields(2000, 2, 29, 0, 0, 0), "2000-02-29T00:00:00Z" },
  { 1768159845, fields(2026, 1, 11, 19, 30, 45), "2026-01-11T19:30:45Z" },
  { 2147483648, fields(2038, 1, 19, 3, 14, 8), "2038-01-19T03:14:08Z" },
  { 253402300799, fields(9999, 12, 31, 23, 59, 59), "9999-12-31T23:59:59Z" },
}

describe("os2.clock", function()
  it("tells the time, and lengths that never go back", function()
    assert.is_true(clock.now() > 1700000000)
    local before = clock.monotonic()
    assert.is_true(clock.monotonic() >= before)
  end)

  for _, moment in ipairs(MOMENTS) do
    local seconds, utc, text = table.unpack(moment)
    it("knows " .. text, function()
      assert.same(utc, clock.utc(seconds))
      assert.same(utc, clock.utc(seconds + 0.9))
      assert.equal(seconds, clock.time(utc))
      assert.equal(text, clock.iso(seconds))
      assert.equal(seconds, clock.parse_iso(text))
    end)
  end

  it("knows no time that does not exist", function()
    for _, utc in ipairs{
      fields(2026, 2, 29, 0, 0, 0), fields(2026, 2, 31, 0, 0, 0), fields(2026, 13, 1, 0, 0, 0),
      fields(2026, 0, 1, 0, 0, 0), fields(2026, 1, 0, 0, 0, 0), fields(2026, 1, 1, 24, 0, 0),
      fields(2026, 1, 1, 0, 60, 0), fields(2026, 1, 1, 0, 0, 60), fields(2026, 1, 1, -1, 0, 0),
      fields(1899, 1, 1, 0, 0, 0), fields(10000, 1, 1, 0, 0, 0), fields(1900, 2, 29, 0, 0, 0),
    } do
      assert.is_nil(clock.time(utc))
    end
  end)

  it("has no fields for what no calendar holds", function()
    for _, seconds in ipairs{ 1e15, -1e15, math.huge, -math.huge, 0 / 0 } do
      assert.is_nil(clock.utc(seconds))
    end
  end)

  it("refuses fields that are no small integers", function()
    for _, bad in ipairs{ "x", 1.5, 1000000, false } do
      local utc = fields(2026, 1, 1, 0, 0, 0)
      utc.day = bad
      assert.matches("clock_spec.lua:%d+: .*'day'", failure_of(function() clock.time(utc) end))
    end
  end)

  it("parses fractions of a second", function()
    assert.is_true(math.abs(clock.parse_iso("2026-01-11T19:30:45.191Z") - 1768159845.191) < 1e-6)
  end)

  it("parses the date of an HTTP answer, and no other", function()
    assert.equal(784111777, clock.parse_http("Sun, 06 Nov 1994 08:49:37 GMT"))
    for _, text in ipairs{ "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
      "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 +0000" } do
      assert.is_nil(clock.parse_http(text), text)
    end
  end)

  it("parses nothing else", function()
    for _, text in ipairs{
      "", "2026-01-11", "2026-01-11 19:30:45Z", "2026-01-11T19:30:45", "2026-01-11T19:30:45+01:00",
      "2026-1-11T19:30:45Z", "2026-02-30T19:30:45Z", "2026-01-11T19:30:45.Z",
      "2026-01-11T19:30:45123Z", "2026-01-11T19:30:45.1.2Z", " 2026-01-11T19:30:45Z",
      "2026-01-11T19:30:45Z\n", "2026-01-11T24:00:00Z",
    } do
      assert.is_nil(clock.parse_iso(text), text)
    end
  end)
end)
