--- --progress quiet: warnings, and what belongs to an error.
local displays = require("tests.lib.display")

describe("os2.report.progress.quiet", function()
  it("says nothing of what goes well", function()
    local display = displays.open("quiet", { ticks = true })
    display.ui:title("name", "about")
    display.ui:note("note")
    local phase <close> = displays.build(display)
    phase:show("words")
    phase:step("words")
    phase:bytes(1, 2)
    phase:layer{ layer = "0123456789ab", state = "pushed" }
    display.ui:layers{ { bytes = 1 } }
    display.ui:image{ steps = 1, cached = 0, sent = 1 }
    display.ui:pushed({ sent = 1, pushed = 1, exists = 0 }, "d")
    phase:done("done")
    assert.equal("", display.output())
  end)

  it("says warnings, and what a failed run leaves", function()
    local display = displays.open("quiet")
    display.ui:warn("look")
    display.ui:left("an image")
    assert.equal("os2: warning: look\n  left: an image\n", display.output())
  end)
end)
