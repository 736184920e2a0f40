--- W3C trace context.
local trace_context = require("os2.ci.trace_context")

local TRACE <const>, SPAN <const> = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

describe("os2.ci.trace_context", function()
  it("reads what the recommendation takes", function()
    for flags, sampled in pairs{ ["00"] = 0, ["01"] = 1, ["03"] = 3, ["ff"] = 255 } do
      local parent = trace_context.parse(("00-%s-%s-%s"):format(TRACE, SPAN, flags))
      assert.same({ trace_id = TRACE, span_id = SPAN, flags = sampled }, parent)
    end
    -- a later version may have more behind the flags
    assert.is_truthy(trace_context.parse(("01-%s-%s-01"):format(TRACE, SPAN)))
    assert.is_truthy(trace_context.parse(("cc-%s-%s-01-what-the-future-will-be-like"):format(TRACE, SPAN)))
  end)

  it("reads nothing else", function()
    local zero, none = ("0"):rep(32), ("0"):rep(16)
    local wrong = {
      "", "00", "00-" .. TRACE, ("ff-%s-%s-01"):format(TRACE, SPAN), ("00-%s-%s-01"):format(zero, SPAN),
      ("00-%s-%s-01"):format(TRACE, none), ("00-%s-%s-01"):format(TRACE:upper(), SPAN),
      ("00-%s-%s-01"):format(TRACE:sub(2), SPAN), ("00-%s-%s-01"):format(TRACE, SPAN .. "0"),
      ("00-%s-%s-1"):format(TRACE, SPAN), ("00-%s-%s-01-x"):format(TRACE, SPAN),
      ("00-%s-%s-01."):format(TRACE, SPAN), ("01-%s-%s-01x"):format(TRACE, SPAN),
      (" 00-%s-%s-01"):format(TRACE, SPAN), ("00-%s-%s-0g"):format(TRACE, SPAN), "00--" .. SPAN .. "-01",
    }
    for _, text in ipairs(wrong) do assert.is_nil(trace_context.parse(text), text) end
    assert.is_nil(trace_context.parse(nil))
  end)

  it("writes what it reads", function()
    for _ = 1, 50 do
      local trace, span = trace_context.new_trace_id(), trace_context.new_span_id()
      local parent = trace_context.parse(trace_context.format(trace, span, true))
      assert.same({ trace_id = trace, span_id = span, flags = 1 }, parent)
    end
    assert.matches("%-00$", trace_context.format(TRACE, SPAN, false))
  end)
end)
