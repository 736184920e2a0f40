--- Values as a person reads them.
local json = require("os2.json")
local secrets = require("os2.text.secrets")
local show = require("os2.repl.show")

local BOUNDS <const> = { items = 5, depth = 3, text = 40, columns = 60 }

local function text(value) return show.text(value, BOUNDS) end

describe("os2.repl.show", function()
  it("shows simple values", function()
    assert.same({ "nil", "nil", "true", "1", "1.5", '"a\\"b\\t"' },
      { text(nil), text(json.null), text(true), text(1), text(1.5), text('a"b\t') })
    assert.matches("^function %(.+show_spec.lua:%d+%)$", text(function() end))
    assert.equal("function (of C)", text(print))
  end)

  it("shows a table that fits in one line, with what names it first", function()
    assert.equal("{}", text{})
    assert.equal('{ name = "x", id = 1, state = "on", a = {}, b = { 1, nil } }',
      text{ b = { 1, json.null }, a = {}, state = "on", id = 1, name = "x" })
    assert.equal('{ [2] = 1, ["a b"] = 2, ["end"] = 3 }', text{ [2] = 1, ["a b"] = 2, ["end"] = 3 })
  end)

  it("bounds count, depth, length and width", function()
    assert.equal("{\n  1,\n  2,\n  3,\n  4,\n  5,\n  … 9 995 more (policy repl.items)\n}",
      text((function() local list = {} for i = 1, 10000 do list[i] = i end return list end)()))
    assert.equal("{ a = { b = { c = { … } } } }", text{ a = { b = { c = { d = 1 } } } })
    assert.equal(('"%s"… (50 bytes)'):format(("x"):rep(40)), text(("x"):rep(50)))
    local rows = { { name = "a", note = ("n"):rep(39) }, { name = "b", more = ("m"):rep(39), note = "n" } }
    for line in text(rows):gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= 60, line) end
  end)

  it("shows a table within itself", function()
    local value = { name = "x" }
    value.own = value
    assert.equal('{ name = "x", own = { (itself) } }', text(value))
  end)

  it("hides secrets, and what would control the terminal", function()
    secrets.conceal("a-secret-of-sixteen")
    assert.equal('{ name = "***", token = *** }', text{ name = "a-secret-of-sixteen", token = "abc" })
    assert.equal('{ ["***"] = 1 }', text{ ["a-secret-of-sixteen"] = 1 })
    assert.is_nil(text{ "a\27[31mb\7", "\u{202e}" }:find("[\27\7\u{202e}]"))
    assert.is_nil(text("a\n\27[2Jb"):find("\27", 1, true))
    secrets.forget()
  end)

  it("calls nothing of a table's own but __tostring, which may fail", function()
    assert.equal("me", text(setmetatable({}, { __tostring = function() return "me" end })))
    assert.equal("table", text(setmetatable({}, { __tostring = function() error("no") end })))
    local trap = setmetatable({ a = 1 }, {
      __index = function() error("asked") end, __pairs = function() error("asked") end,
      __len = function() error("asked") end,
    })
    assert.equal("{ a = 1 }", text(trap))
  end)

  it("shows the next items of an iterator over pages, which it still gives", function()
    local function iterator(count)
      local pages = {}
      for index = 1, count do pages[index] = { { name = "n" .. index } } end
      return require("os2.base.paged").items(function() return table.remove(pages, 1) end)
    end
    local few, many = iterator(2), iterator(9)
    assert.equal('iterator { { name = "n1" }, { name = "n2" } }', text(few))
    assert.equal("n1", few().name)
    assert.equal('iterator { { name = "n2" } }', text(few))
    assert.equal("iterator {}", text(iterator(0)))
    assert.equal('iterator {\n  { name = "n1" },\n  { name = "n2" },\n  { name = "n3" },\n'
      .. '  { name = "n4" },\n  { name = "n5" },\n}\n… more (policy repl.items); '
      .. "`for item in … do … end` walks all of them", text(many))
    assert.equal("n1", many().name)
    assert.equal("{ of = iterator }", text{ of = many })
  end)

  it("puts values of one line side by side", function()
    assert.equal("1\tnil", show.all(table.pack(1, nil), text))
  end)
end)
