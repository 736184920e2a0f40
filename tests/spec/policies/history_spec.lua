local policy = require("os2.policy")
local writer = require("os2.history.writer")

describe("the policies of the history", function()
  before_each(policy.reset)
  after_each(policy.reset)

  it("have the values with which the recorder begins before it loads them", function()
    for name, value in pairs(writer.DEFAULTS) do assert.same(value, policy.ask(name), name) end
  end)

  it("decide once something has changed one of them", function()
    policy.set("history.skip", { "resolve" })
    policy.set("history.run_bytes", 5000)
    assert.same({ "resolve" }, writer.setting("history.skip"))
    assert.equal(5000, writer.setting("history.run_bytes"))
    assert.equal(65536, writer.setting("history.fact_bytes"))
  end)

  it("keep at least a day and a megabyte", function()
    assert.has_error(function() policy.set("history.keep_days", 0) end)
    assert.has_error(function() policy.set("history.keep_bytes", 1000) end)
  end)
end)
