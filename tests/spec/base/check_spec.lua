--- Rules of entries, in words.
local check = require("os2.base.check")

describe("os2.base.check", function()
  local words = {
    { { type = "number", unit = "s", range = { 0, 86400 } }, "a number of seconds from 0 to 86400" },
    { { type = "number", range = { 0.5, 2 } }, "a number from 0.5 to 2" },
    { { type = "integer", unit = "GB", range = { 1, math.huge } }, "a whole number of GB of at least 1" },
    { { type = "string", values = { "asc", "desc" } }, 'one of "asc", "desc"' },
    { { type = "list", element = "string" }, "a list of strings" },
    { { type = "boolean", optional = true }, "true or false, or nil" },
    { { type = "table" }, "a table" },
  }
  for _, row in ipairs(words) do
    it("says " .. row[2], function()
      assert.are.equal(row[2], check.words(row[1]))
    end)
  end

  local taken = {
    { { type = "number" }, 1.5 }, { { type = "integer" }, 3 }, { { type = "integer" }, 3.0 },
    { { type = "number", range = { 0, 1 } }, 0 }, { { type = "number", range = { 0, 1 } }, 1 },
    { { type = "list" }, {} }, { { type = "list", element = "number" }, { 1, 2 } },
    { { type = "table" }, { a = 1 } }, { { type = "boolean" }, false },
    { { type = "string", optional = true }, nil },
  }
  for _, row in ipairs(taken) do
    it(("takes %s as %s"):format(check.show(row[2]), check.words(row[1])), function()
      local ok, value = check.value(row[1], row[2])
      assert.is_true(ok)
      assert.are.same(row[2], value)
    end)
  end

  local refused = {
    { { type = "number" }, "1" }, { { type = "integer" }, 1.5 }, { { type = "integer" }, "1" },
    { { type = "number", range = { 0, 1 } }, 1.1 }, { { type = "number", range = { 0, 1 } }, 0 / 0 },
    { { type = "number", range = { 0, math.huge } }, math.huge },
    { { type = "list" }, { a = 1 } }, { { type = "list" }, { 1, nil, 3 } },
    { { type = "list", element = "number" }, { "1" } }, { { type = "boolean" }, nil },
    { { type = "string", values = { "a" } }, "b" },
  }
  for _, row in ipairs(refused) do
    it(("refuses %s as %s"):format(check.show(row[2]), check.words(row[1])), function()
      local ok, why = check.value(row[1], row[2])
      assert.is_nil(ok)
      assert.is_truthy(why:find("is refused; it takes " .. check.words(row[1]), 1, true), why)
    end)
  end

  it("shows values in one short line", function()
    assert.are.equal('{a = 1, b = {"x", "y"}}', check.show{ b = { "x", "y" }, a = 1 })
    assert.are.equal('"a?b"', check.show("a\nb"))
    assert.are.equal(123, utf8.len(check.show(("x"):rep(500))) + 2)
  end)
end)
