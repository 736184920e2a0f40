--- Sizes, times, bars and foreign text.
local text = require("os2.progress.text")

describe("os2.progress.text", function()
  it("writes sizes in decimal units", function()
    for bytes, expected in pairs{
      [0] = "0 B", [999] = "999 B", [1000] = "1.0 kB", [4100000] = "4.1 MB",
      [312000000] = "312 MB", [999600] = "1.0 MB", [5000000000] = "5.0 GB",
      [7000000000000000] = "7000 TB",
    } do
      assert.equal(expected, text.size(bytes))
    end
  end)

  it("writes a part in the unit of the whole", function()
    assert.equal("251 of 312 MB", text.part(251e6, 312e6))
    assert.equal("0.5 of 2.0 kB", text.part(500, 2000))
    assert.equal("3 of 7 B", text.part(3, 7))
  end)

  it("sets thousands apart", function()
    for count, expected in pairs{
      [0] = "0", [999] = "999", [1000] = "1 000", [18402] = "18 402", [123456789] = "123 456 789",
    } do
      assert.equal(expected, text.count(count))
    end
    assert.equal("1 file", text.plural(1, "file"))
    assert.equal("1 312 files", text.plural(1312, "file"))
  end)

  it("writes durations", function()
    for seconds, expected in pairs{
      [0] = "0.0 s", [0.21] = "0.2 s", [99.94] = "99.9 s", [99.96] = "1 min 40 s",
      [185] = "3 min 05 s", [7800] = "2 h 10 min",
    } do
      assert.equal(expected, text.duration(seconds))
    end
  end)

  it("draws a bar that never overflows", function()
    assert.equal("█████░░░░░", text.bar(5, 10, 10))
    assert.equal("██████████", text.bar(20, 10, 10))
    assert.equal("░░░░░░░░░░", text.bar(0, 0, 10))
  end)

  it("cuts on characters, not on bytes", function()
    assert.equal("grüße", text.fit("grüße", 5))
    assert.equal("grü…", text.fit("grüße", 4))
    assert.equal("", text.fit("grüße", 0))
    assert.equal("ü  ", text.pad("ü", 3))
  end)

  it("lets nothing steer the terminal", function()
    assert.equal("red text", text.clean("\27[31mred\27[0m text"))
    assert.equal("one two", text.clean("one\r\n\ttwo\n"))
    assert.equal("a b", text.clean("a\194\155b"))
    assert.equal("a??b", text.clean("a\255\254b"))
    assert.equal("größe · ok", text.clean("größe · ok"))
    assert.equal("grö?ße", text.clean("grö\255ße"))
    assert.equal("cut ?", text.clean("cut \195"))
  end)
end)
