--- Words by chance, and keys in an order.
local random = require("os2.base.random")
local sorted = require("os2.base.sorted")

describe("os2.base", function()
  it("gives words of so many digits, each once", function()
    local seen = {}
    for _ = 1, 100 do
      local word = random.word()
      assert.matches("^%x+$", word)
      assert.same({ 16, nil }, { #word, seen[word] })
      seen[word] = true
    end
    for _, digits in ipairs{ 1, 8, 17, 32 } do assert.equal(digits, #random.word(digits)) end
  end)

  it("gives keys by their text, of whatever type, and none for nil", function()
    assert.same({ 1, 10, "a", "b", true }, sorted.keys{ b = 1, a = 1, [10] = 1, [1] = 1, [true] = 1 })
    assert.same({}, sorted.keys(nil))
  end)
end)
