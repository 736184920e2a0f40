--- Names by pattern.
local names = require("os2.text.names")

describe("os2.text.names", function()
  it("fits a name as a whole, whatever its case", function()
    local fits = names.matcher{ "*_TOKEN", "HOME", "LC_*", "A.B", "*KEY*" }
    for name, expected in pairs{
      NPM_TOKEN = true, npm_token = true, TOKEN = false, NPM_TOKENS = false, HOME = true,
      HOMES = false, LC_ALL = true, LC_ = true, ["A.B"] = true, AxB = false, MONKEYS = true,
      [""] = false,
    } do
      assert.equal(expected, fits(name), name)
    end
  end)

  it("fits nothing without names", function()
    assert.is_false(names.matcher{}("A"))
  end)
end)
