--- Statements: when one is complete, and which locals the next one knows.
local chunk = require("os2.repl.chunk")
local locals = require("os2.repl.locals")
local scope = require("os2.repl.scope")

local function run(session, text)
  return assert(chunk.compile(text, session))()
end

describe("os2.repl.chunk", function()
  it("knows a statement that goes on", function()
    for _, text in ipairs{ "f(", "function f()", "x =", "if a then", "{", "[[a", "for i = 1, 2 do", "a +" } do
      assert.is_true(chunk.is_incomplete(text), text)
    end
    for _, text in ipairs{ "", "1", "x = 1", "f()", "x = = 1", ")", "'a", "-- a" } do
      assert.is_false(chunk.is_incomplete(text), text)
    end
  end)

  it("returns the values of an expression and none of a statement", function()
    local session = scope.new()
    assert.same({ 1, nil, 3, n = 3 }, table.pack(run(session, "1, nil, 3")))
    assert.same({ n = 0 }, table.pack(run(session, "local a = 1")))
    assert.same({ 5, n = 1 }, table.pack(run(session, "return 5")))
    local none, message = chunk.compile("x = = 1", session)
    assert.is_nil(none)
    assert.matches("^stdin:1: ", message)
  end)

  it("keeps outermost locals for the next statement, and closures share them", function()
    local session = scope.new()
    run(session, "local a, b = 1, 2 local function f() a = a + 1 return a end local c")
    assert.same({ 2, 2, nil }, { run(session, "f(), a, c") })
    run(session, "a = 10")
    assert.equal(11, run(session, "f()"))
    assert.is_nil(rawget(_G, "a"))
  end)

  it("leaves the locals of blocks, functions and attributes alone", function()
    for _, text in ipairs{
      "do local a = 1 end", "local x <const> = 1", "f(function() local a end)", "s = 'local a'",
      "-- local a", "for i = 1, 2 do local a = i end", "repeat local a = 1 until a", "s = [[\nlocal a]]",
    } do
      local same, names = locals.shared(text)
      assert.equal(text, same)
      assert.same({}, names)
    end
    assert.equal("      a, b = nil\nx = 1", (locals.shared("local a, b\nx = 1")))
  end)
end)
