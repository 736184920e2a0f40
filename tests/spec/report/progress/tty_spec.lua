--- Progress on a terminal: a line that is redrawn.
local displays = require("tests.lib.display")

local function drawn(display)
  local lines = {}
  for line in (display.output() .. "\r"):gmatch("\27%[K([^\r\n]*)") do
    lines[#lines + 1] = line:match("^  build +(.-)  +%S+ s$")
  end
  return lines
end

describe("os2.report.progress.tty", function()
  it("draws the step that began last, and none of BuildKit's own", function()
    local display = displays.open("tty")
    displays.build(display):done("3 steps")
    assert.same({ "", "[1/3] FROM x", "[b 2/3] RUN make", "[3/3] RUN false", "3 steps" }, drawn(display))
    assert.equal(1, select(2, display.output():gsub("\n", "")))
  end)

  it("draws a transfer by its name", function()
    local display = displays.open("tty")
    local phase = display.ui:phase("build")
    display.pass(1)
    phase:bytes(5e6, 10e6, "context")
    assert.same({ "", "context  5.0 of 10.0 MB" }, drawn(display))
  end)
end)
