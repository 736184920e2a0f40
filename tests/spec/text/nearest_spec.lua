--- Names that a mistyped one may have meant.
local counted = require("tests.lib.counted")
local nearest = require("os2.text.nearest")

local NAMES <const> = { "cache.error_ttl", "cache.ttl", "naming.format", "poll.first",
  "resolution.pick", "snapshot.steps" }

describe("os2.text.nearest", function()
  it("does not look into names without end", function()
    local long = ("x."):rep(500000)
    local found, list = counted.run(nearest.find, "eu", { long, "us" })
    assert.same({ "us" }, list)
    assert.is_true(found.longest < 300 and found.instructions < 20000)
    assert.same({}, nearest.find(long, { "eu", long }))
  end)

  local rows = {
    { "cache.tll", "cache.ttl" }, { "Cache.TTL", "cache.ttl" }, { "ttl", "cache.ttl" },
    { "snapshot.ttl", "cache.ttl" }, { "naming.fromat", "naming.format" },
    { "resolution.pic", "resolution.pick" },
  }
  for _, row in ipairs(rows) do
    it(("finds %s for %s"):format(row[2], row[1]), function()
      assert.are.equal(row[2], nearest.find(row[1], NAMES)[1])
    end)
  end

  it("finds nothing for what is nowhere near", function()
    assert.are.same({}, nearest.find("unrelated", NAMES))
  end)

  it("names each once", function()
    assert.are.same({ "cache.ttl" }, nearest.find("cache.tt", { "cache.ttl", "cache.ttl" }))
    assert.are.equal("look there", nearest.hint("unrelated", NAMES, "look there"))
  end)

  it("says its find as a question", function()
    assert.are.equal("did you mean poll.first?", nearest.hint("poll.frist", NAMES, "x"))
  end)
end)
