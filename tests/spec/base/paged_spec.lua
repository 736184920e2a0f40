--- Iterators over pages, and a look at what they give next.
local paged = require("os2.base.paged")

describe("os2.base.paged", function()
  -- Gives these pages, and counts how many were asked for; a text is raised.
  local function pages(list)
    local asked = { count = 0 }
    return asked, function()
      asked.count = asked.count + 1
      local page = list[asked.count]
      if type(page) == "string" then error(page, 0) end
      return page
    end
  end

  local function rest(iterator)
    local found = {}
    for item in iterator do found[#found + 1] = item end
    return found
  end

  it("looks ahead without taking anything, and asks for the pages it needs", function()
    local asked, next_page = pages{ { 1, 2 }, {}, { 3, 4 }, { 5 } }
    local iterator = paged.items(next_page)
    assert.same({}, paged.ahead(iterator, 0))
    assert.equal(0, asked.count)
    assert.same({ 1, 2, 3 }, paged.ahead(iterator, 3))
    assert.same({ 1 }, paged.ahead(iterator, 1))
    assert.equal(3, asked.count)
    assert.equal(1, iterator())
    assert.same({ 2, 3, 4 }, paged.ahead(iterator, 3))
    assert.same({ 2, 3, 4, 5 }, rest(iterator))
    assert.same({}, paged.ahead(iterator, 3))
    assert.is_nil(iterator())
    assert.equal(5, asked.count)
  end)

  it("reaches the end of a list once", function()
    local asked, next_page = pages{ { 1 } }
    local iterator = paged.items(next_page)
    assert.same({ 1 }, paged.ahead(iterator, 9))
    assert.same({ 1 }, paged.ahead(iterator, 9))
    assert.same({ 1 }, rest(iterator))
    assert.equal(2, asked.count)
  end)

  it("loses nothing when a page fails", function()
    local _, next_page = pages{ { 1, 2 }, "lost", { 3 } }
    local iterator = paged.items(next_page)
    assert.same({ false, "lost" }, { pcall(paged.ahead, iterator, 3) })
    assert.same({ 1, 2, 3 }, rest(iterator))
  end)

  it("knows no other function", function()
    assert.is_nil(paged.ahead(print, 1))
  end)
end)
