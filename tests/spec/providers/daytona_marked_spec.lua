--- A log whose pieces are marked with their stream, read again and again.
local marked = require("os2.providers.daytona.marked")

describe("os2.providers.daytona.marked", function()
  local seen, log

  before_each(function()
    seen = { stdout = "", stderr = "" }
    log = marked.new(function(stream, data) seen[stream] = seen[stream] .. data end)
  end)

  -- The log so far, in pieces of this size.
  local function read(text, size)
    local at = 1
    log:read(function()
      if at > #text then return nil end
      at = at + size
      return text:sub(at - size, at - 1)
    end)
  end

  it("passes on each byte once, in its stream, however it is cut", function()
    local text = "\1\1\1out\n\2\2\2err\n\1\1\1\1again\1\2\2\2\2"
    for size = 1, #text do
      log = marked.new(function(stream, data) seen[stream] = seen[stream] .. data end)
      seen = { stdout = "", stderr = "" }
      for length = 0, #text, 3 do read(text:sub(1, length), size) end
      read(text, size)
      log:finish()
      assert.same({ stdout = "out\n\1again\1", stderr = "err\n\2" }, seen)
    end
  end)

  -- The log does not tell them apart; README says so.
  it("takes three such bytes of a command's own for a mark", function()
    read("\1\1\1a\2\2\2b\1\1\1c\2\2d", 100)
    log:finish()
    assert.same({ stdout = "ac\2\2d", stderr = "b" }, seen)
  end)

  it("takes what has no mark for stdout", function()
    read("plain\n", 4)
    assert.same({ stdout = "plain\n", stderr = "" }, seen)
  end)

  it("goes on behind what a reading that broke off had passed on", function()
    pcall(log.read, log, coroutine.wrap(function()
      coroutine.yield("\1\1\1one\n\2\2")
      error("cut")
    end))
    read("\1\1\1one\n\2\2\2two\n", 100)
    assert.same({ stdout = "one\n", stderr = "two\n" }, seen)
  end)
end)
