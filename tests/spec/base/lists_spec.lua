--- Questions about lists.
local lists = require("os2.base.lists")

describe("os2.base.lists", function()
  it("has what stands in it", function()
    assert.is_true(lists.has({ "a", 2 }, 2))
    assert.is_false(lists.has({ "a", 2 }, "2"))
    assert.is_false(lists.has({}, "a"))
  end)

  it("unique keeps the first of each, in their order", function()
    assert.same({ "b", "a", "c" }, lists.unique{ "b", "a", "b", "c", "a" })
    assert.same({}, lists.unique{})
  end)
end)
