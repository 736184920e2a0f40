--- The last lines of an output.
local tail = require("os2.text.tail")

describe("os2.text.tail", function()
  local function last(count, pieces, later)
    local seen = {}
    local take, show = tail.new(count, function(stream, data) seen[#seen + 1] = stream:sub(4) .. data end)
    for index, piece in ipairs(pieces) do take(index % 2 == 1 and "stdout" or "stderr", piece) end
    show()
    if later then take("stdout", later) end
    return table.concat(seen, "|")
  end

  it("shows the last lines of both streams together, in order, and what comes later", function()
    for _, case in ipairs{
      { 2, { "a\nb\nc\n" }, "outb\nc\n" },
      { 2, { "a\nb\nc" }, "outb\nc" },
      { 1, { "a\n", "b\n" }, "errb\n" },
      { 2, { "a\n", "b\n", "c\n" }, "errb\n|outc\n" },
      { 2, { "a\nb", "c\nd\n" }, "outb|errc\nd\n" },
      { 9, { "a\n", "b" }, "outa\n|errb" },
      { 1, { "a\n", "", "b" }, "outb" },
      { 0, { "a\n", "b" }, "" },
      { 1, {}, "" },
    } do
      assert.equal(case[3], last(case[1], case[2]))
    end
    assert.equal("outb\n|outnew", last(1, { "a\nb\n" }, "new"))
  end)

  it("passes on everything without a count", function()
    assert.equal("outa\n|errb", last(nil, { "a\n", "b" }))
  end)

  it("agrees with the tail command, however the text is cut", function()
    local text = ("x\n\nyy\nzzz\n"):rep(20) .. "end"
    for count = 0, 12 do
      for size = 1, 9, 4 do
        local seen = {}
        local take, show = tail.new(count, function(_, data) seen[#seen + 1] = data end)
        for at = 1, #text, size do take("stdout", text:sub(at, at + size - 1)) end
        show()
        local lines = {}
        for line in (text .. "\n"):gmatch("[^\n]*\n") do lines[#lines + 1] = line end
        local wanted = table.concat(lines, "", math.max(1, #lines - count + 1)):sub(1, -2)
        assert.equal(count == 0 and "" or wanted, table.concat(seen))
      end
    end
  end)

  it("keeps no more than machine.output_limit", function()
    require("tests.base.policies" and "os2.policy")
  end)
end)
