--- Lines out of pieces: one by one, bounded, no secret in two.
local lines = require("os2.text.lines")
local secrets = require("os2.text.secrets")

local function all(reader)
  local list = {}
  for line in function() return reader:next() end do list[#list + 1] = line end
  return list
end

describe("os2.text.lines", function()
  before_each(secrets.forget)
  after_each(secrets.forget)

  it("gives whole lines, however the pieces fall", function()
    local text = "one\n\ntwo\r\nthree"
    for size = 1, #text do
      local reader, found = lines.new(200), {}
      for from = 1, #text, size do
        reader:add(text:sub(from, from + size - 1))
        for _, line in ipairs(all(reader)) do found[#found + 1] = line end
      end
      assert.same({ "one", "", "two\r" }, found)
      reader:finish()
      assert.same({ "three" }, all(reader))
      assert.same({}, all(reader))
    end
  end)

  it("goes on after an end", function()
    local reader = lines.new(200)
    reader:add("a")
    reader:finish()
    assert.same({ "a" }, all(reader))
    reader:add("b\nc")
    assert.same({ "b" }, all(reader))
  end)

  it("gives a line that is too long in pieces, all of it", function()
    local reader = lines.new(200)
    reader:add(("x"):rep(1000000))
    local first = all(reader)
    for _, piece in ipairs(first) do assert.equal(200, #piece) end
    reader:add("y\nz\n")
    local rest = all(reader)
    assert.equal("z", table.remove(rest))
    assert.equal(("x"):rep(1000000) .. "y", table.concat(first) .. table.concat(rest))
  end)

  it("gives no more than 100 blank lines in a row", function()
    for _, blank in ipairs{ "\n", "\r\n", " \t\n" } do
      local reader = lines.new(200)
      reader:add("one\n" .. blank:rep(1000))
      local found = all(reader)
      reader:add(blank:rep(300000) .. "  two\n" .. blank:rep(99) .. "three\n")
      for _, line in ipairs(all(reader)) do found[#found + 1] = line end
      assert.equal("one", found[1])
      assert.equal("  two", found[102])
      assert.equal("three", found[202])
      assert.equal(202, #found)
    end
  end)

  it("cuts no secret in two", function()
    local key = "dtn_0123456789abcdef"
    secrets.conceal(key)
    for before = 170, 210 do
      local reader, shown = lines.new(200), {}
      reader:add(("x"):rep(before) .. key .. ("y"):rep(3000) .. "\n")
      for _, piece in ipairs(all(reader)) do shown[#shown + 1] = secrets.masked(piece) end
      assert.equal(("x"):rep(before) .. "***" .. ("y"):rep(3000), table.concat(shown))
    end
  end)
end)
