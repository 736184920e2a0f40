--- Going through pages: whole lists, or an error.
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local json = require("os2.json")
local pages = require("os2.client.pages")

describe("the items of all pages", function()
  -- Answers with these bodies, one after the other, and keeps what it was asked.
  local function server(bodies)
    local asked = {}
    return asked, function(params)
      asked[#asked + 1] = params
      local body = bodies[#asked]
      if err.is(body) then err.raise(body) end
      return body
    end
  end

  local function collect(iterator)
    local found = {}
    for item in iterator do found[#found + 1] = item end
    return found
  end

  it("come by number", function()
    local asked, ask = server{ { items = { 1, 2 }, totalPages = 3 }, { items = {}, totalPages = 3 },
      { items = { 3 }, totalPages = 3 } }
    assert.same({ 1, 2, 3 }, collect(pages.items("x.y", { paging = "page" }, { name = "n" }, ask)))
    assert.same({ { name = "n", page = 1 }, { name = "n", page = 2 }, { name = "n", page = 3 } }, asked)
  end)

  it("come by cursor", function()
    local asked, ask = server{ { items = { 1 }, nextCursor = "a" }, { items = { 2 }, nextCursor = json.null } }
    assert.same({ 1, 2 }, collect(pages.items("x.y", { paging = "cursor" }, {}, ask)))
    assert.same({ {}, { cursor = "a" } }, asked)
  end)

  it("begin where they are told to", function()
    local asked, ask = server{ { items = { 5 }, totalPages = 2 } }
    assert.same({ 5 }, collect(pages.items("x.y", { paging = "page" }, { page = 2 }, ask)))
    assert.equal(2, asked[1].page)
  end)

  it("are none of an empty list", function()
    local _, ask = server{ { items = {}, totalPages = 0 } }
    local iterator = pages.items("x.y", { paging = "page" }, {}, ask)
    assert.same({ nil, nil }, { iterator(), iterator() })
  end)

  it("are an error when a page is", function()
    local _, ask = server{ { items = { 1 }, totalPages = 2 },
      err.new{ kind = "unavailable", op = "x.y", message = "502", status = 502 } }
    local iterator = pages.items("x.y", { paging = "page" }, {}, ask)
    assert.equal(1, iterator())
    assert.equal("unavailable", failure_of(iterator).kind)
  end)

  it("are an error when the answer is no page", function()
    for _, case in ipairs{
      { "page", { items = { 1 } } }, { "page", {} }, { "page", true }, { "cursor", "<html>" },
      { "cursor", { nextCursor = "a" } },
    } do
      local _, ask = server{ case[2] }
      assert.equal("protocol", failure_of(pages.items("x.y", { paging = case[1] }, {}, ask)).kind)
    end
  end)

  it("are an error when a cursor leads nowhere", function()
    local _, ask = server{ { items = { 1 }, nextCursor = "a" }, { items = { 2 }, nextCursor = "a" } }
    local iterator = pages.items("x.y", { paging = "cursor" }, {}, ask)
    assert.equal(1, iterator())
    assert.equal("protocol", failure_of(iterator).kind)
  end)
end)
