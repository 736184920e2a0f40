--- BuildKit's progress messages as the host decodes them: one item at a time.
local native = require("host.docker")
local build_events = require("os2.docker.build_events")

-- A log of the vertex "a" that says "x\n": protobuf, nine bytes and so twelve digits of base64.
local LOG <const> = native.base64_url("\x1a\7\x0a\1a\x22\2x\n")

local function collect(each, kind)
  local list = {}
  for item in each(kind) do list[#list + 1] = item end
  return list
end

describe("host.docker.decode_trace", function()
  it("gives the items of each kind, as often as they are asked for", function()
    local each = assert(native.decode_trace(LOG:rep(3)))
    local log = { vertex = "a", message = "x\n", stream = 0, timestamp = 0.0 }
    for _ = 1, 2 do
      assert.same({ log, log, log }, collect(each, "logs"))
      assert.same({}, collect(each, "vertexes"))
      assert.same({}, collect(each, "statuses"))
      assert.same({}, collect(each, "warnings"))
    end
    assert.is_false((pcall(each, "others")))
    assert.same({}, collect(assert(native.decode_trace("")), "logs"))
  end)

  it("refuses what is no trace, before any of it is taken", function()
    for _, text in ipairs{ "!", LOG .. "Gg", LOG .. "////" } do
      local each, failure = native.decode_trace(text)
      assert.is_nil(each)
      assert.equal("protocol", failure.kind)
    end
  end)

  it("takes little memory for a message of many events", function()
    local count = 200000
    local text = LOG:rep(count)
    local merger, taken, most = build_events.new(), 0, 0
    collectgarbage()
    local before = collectgarbage("count")
    merger:feed{ trace = assert(native.decode_trace(text)) }
    while merger:take() do
      taken = taken + 1
      if taken % 20000 == 0 then
        collectgarbage() -- what is held counts, not how much the collector leaves for later
        most = math.max(most, collectgarbage("count") - before)
      end
    end
    assert.equal(count, taken)
    assert.is_true(most < 3 * #text / 1024, ("%.0f kB for %.0f kB"):format(most, #text / 1024))
  end)
end)
