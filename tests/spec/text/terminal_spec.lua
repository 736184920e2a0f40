--- Sizes, times, bars and foreign text.
local terminal = require("os2.text.terminal")

describe("os2.text.terminal", function()
  it("writes sizes in decimal units", function()
    for bytes, expected in pairs{
      [0] = "0 B", [999] = "999 B", [1000] = "1.0 kB", [4100000] = "4.1 MB",
      [312000000] = "312 MB", [999600] = "1.0 MB", [5000000000] = "5.0 GB",
      [7000000000000000] = "7000 TB",
    } do
      assert.equal(expected, terminal.size(bytes))
    end
  end)

  it("writes a part in the unit of the whole", function()
    assert.equal("251 of 312 MB", terminal.part(251e6, 312e6))
    assert.equal("0.5 of 2.0 kB", terminal.part(500, 2000))
    assert.equal("3 of 7 B", terminal.part(3, 7))
  end)

  it("sets thousands apart", function()
    for count, expected in pairs{
      [0] = "0", [999] = "999", [1000] = "1 000", [18402] = "18 402", [123456789] = "123 456 789",
    } do
      assert.equal(expected, terminal.count(count))
    end
    assert.equal("1 file", terminal.plural(1, "file"))
    assert.equal("1 312 files", terminal.plural(1312, "file"))
  end)

  it("writes durations", function()
    for seconds, expected in pairs{
      [0] = "0.0 s", [0.21] = "0.2 s", [99.94] = "99.9 s", [99.96] = "1 min 40 s",
      [185] = "3 min 05 s", [7800] = "2 h 10 min",
    } do
      assert.equal(expected, terminal.duration(seconds))
    end
  end)

  it("draws a bar that never overflows", function()
    assert.equal("█████░░░░░", terminal.bar(5, 10, 10))
    assert.equal("██████████", terminal.bar(20, 10, 10))
    assert.equal("░░░░░░░░░░", terminal.bar(0, 0, 10))
  end)

  it("cuts on characters, not on bytes", function()
    assert.equal("grüße", terminal.fit("grüße", 5))
    assert.equal("grü…", terminal.fit("grüße", 4))
    assert.equal("", terminal.fit("grüße", 0))
    assert.equal("ü  ", terminal.pad("ü", 3))
  end)

  it("lets nothing steer the terminal", function()
    assert.equal("red text", terminal.clean("\27[31mred\27[0m text"))
    assert.equal("one two", terminal.clean("one\r\n\ttwo\n"))
    assert.equal("a b", terminal.clean("a\194\155b"))
    assert.equal("a??b", terminal.clean("a\255\254b"))
    assert.equal("größe · ok", terminal.clean("größe · ok"))
    assert.equal("grö?ße", terminal.clean("grö\255ße"))
    assert.equal("cut ?", terminal.clean("cut \195"))
  end)
end)
