--- Lines of columns that come page by page.
local columns = require("os2.text.columns")

describe("os2.text.columns", function()
  it("takes the widths from the first page, and keeps them", function()
    local list = columns.new{}
    assert.equal("a     bb\nlong  c", list:text{ { "a", "bb" }, { "long", "c" } })
    assert.equal("x     y\nlonger  z", list:text{ { "x", "y" }, { "longer", "z" } })
  end)

  it("counts characters and not bytes, and cleans what others have written", function()
    local list = columns.new{}
    assert.equal("ä  1\nb  2", list:text{ { "ä", "1" }, { "b", "2" } })
    assert.equal("r e  3", list:text{ { "\27[31mr\ne", "3" } })
  end)

  it("pads each row as it is, whatever the rows around it", function()
    local list = columns.new{ least = { 4 } }
    list:text{ { "a", "b" } }
    assert.equal("c     d\nä     \u{1F600}\ne     f g\n\nlonger  h",
      list:text{ { "c", "d" }, { "ä", "\u{1F600}" }, { "e", "f\tg" }, { "", "" }, { "longer", "h" } })
    assert.equal(("x"):rep(150) .. "  y", columns.new{}:text{ { ("x"):rep(150), "y" } })
  end)

  it("pads no row to one very long cell, whatever its characters", function()
    local long = ("x"):rep(150)
    assert.equal(("%s  y\na%sz\nä%sz"):format(long, (" "):rep(100), (" "):rep(100)),
      columns.new{}:text{ { long, "y" }, { "a", "z" }, { "ä", "z" } })
  end)

  it("shows titles once, and as many columns as there is place for", function()
    local list = columns.new{ titles = { "NAME", "STATE", "SIZE" }, limit = 12 }
    assert.equal("NAME  STATE\na     up", list:text{ { "a", "up", "1 GB" } })
    assert.equal("b     down", list:text{ { "b", "down", "2 GB" } })
    assert.equal("a-long-name", columns.new{ limit = 4 }:text{ { "a-long-name", "up" } })
  end)

  it("has least widths, and no blanks at the end of a line", function()
    assert.equal("a     b\nc", columns.new{ least = { 4 } }:text{ { "a", "b" }, { "c", "" } })
  end)
end)
