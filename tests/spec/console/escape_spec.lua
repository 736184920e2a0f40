--- What is said to os2 itself while the keys go to a machine.
local escape = require("os2.console.escape")

describe("os2.console.escape", function()
  -- What is sent and asked for, as one text: the bytes, and "<detach>" or "<help>".
  local function read(mark, ...)
    local reader, out = escape.new(mark), {}
    for _, piece in ipairs{ ... } do
      local bytes, asked = reader:feed(piece)
      out[#out + 1] = bytes .. (asked and "<" .. asked .. ">" or "")
    end
    return table.concat(out)
  end

  for _, case in ipairs{
    { "plain", "plain" },
    { "~.", "<detach>" },
    { "ls\r~.", "ls\r<detach>" },
    { "ls\n~.", "ls\n<detach>" },
    { "~.more", "<detach>" },
    { "~~.", "~." },
    { "~~~.", "~~." },
    { "a~.", "a~." },
    { "\27[A~.", "\27[A~." },
    { "~?", "<help>" },
    { "~x~.", "~x~." },
    { "~\r~.", "~\r<detach>" },
    { "cd ~\r~.", "cd ~\r<detach>" },
    { "\0\255~.", "\0\255~." },
    { "", "" },
  } do
    it(("takes %q, however it is cut"):format(case[1]), function()
      -- what stands behind a dot in the same piece is dropped with it
      assert.equal(case[2], read("~", case[1]))
      if case[1] ~= "~.more" then
        local bytes = {}
        for char in case[1]:gmatch(".") do bytes[#bytes + 1] = char end
        assert.equal(case[2], read("~", table.unpack(bytes)))
      end
    end)
  end

  it("goes on at the start of a line after the help", function()
    assert.equal("<help><detach>", read("~", "~?", "~."))
  end)

  it("takes another character, or none", function()
    assert.equal("~.\r<detach>", read("^", "~.\r^."))
    assert.equal("~.\r~.", read("", "~.\r~."))
    assert.equal("<detach>", read("\28", "\28."))
  end)
end)
