--- Blanks, in time that grows with the text and no faster.
local blank = require("os2.text.blank")

describe("os2.text.blank", function()
  it("takes blanks away at the ends", function()
    for given, trimmed in pairs{
      [""] = "", [" "] = "", [" \t\r\n"] = "", a = "a", [" a b\n"] = "a b", ["\ra"] = "a",
    } do
      assert.equal(trimmed, blank.trim(given))
    end
    assert.equal(" a b", blank.trim_end(" a b \t\n"))
    assert.equal("", blank.trim_end(" \n "))
  end)

  it("makes one line", function()
    assert.equal("a b c", blank.one_line("\n a \r\n\t b  c "))
    assert.equal("", blank.one_line("\n\n"))
    assert.equal("a; b", blank.join_lines("\n a \r\n\n  \n b", "; "))
    assert.equal("", blank.join_lines(" \n ", "; "))
  end)
end)
