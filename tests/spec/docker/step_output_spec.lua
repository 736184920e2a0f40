--- What is kept of the output of a build's step.
local step_output = require("os2.docker.step_output")

describe("os2.docker.step_output", function()
  it("keeps all lines within the bound", function()
    local output = step_output.new(12)
    for _, line in ipairs{ "one", "", "three" } do output:add(line) end
    assert.equal("one\n\nthree", output:text())
    assert.equal("one\n\nthree", output:text())
  end)

  it("drops the oldest lines, and says how many", function()
    local output = step_output.new(9)
    for index = 1, 100000 do output:add(("%06d"):format(index)) end
    assert.equal("… 99999 earlier lines are not shown (policy limits.step_output)\n100000", output:text())
  end)

  it("keeps the last line whatever its length", function()
    local output = step_output.new(5)
    output:add("short")
    output:add(("x"):rep(100))
    assert.equal(("x"):rep(100), output:text():match("\n(.*)"))
  end)
end)
