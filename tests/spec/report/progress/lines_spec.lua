--- Progress without a terminal: a line when something ends.
local displays = require("tests.lib.display")

describe("os2.report.progress.lines", function()
  it("writes a step of the Dockerfile when it ends, with its seconds", function()
    local display = displays.open("lines")
    displays.build(display):done("3 steps, 1 cached")
    assert.equal("  build      [1/3] FROM x                             cached\n"
      .. "  build      [b 2/3] RUN make                          2.0 s\n"
      .. "  build      [3/3] RUN false                          failed\n"
      .. "  build      3 steps, 1 cached                         4.0 s\n", display.output())
  end)

  it("writes the largest layers in one line, and none where there is none", function()
    local display = displays.open("lines", { width = 110 })
    display.ui:layers{ { bytes = 0, created_by = "RUN true" } }
    assert.equal("", display.output())
    display.ui:layers{
      { bytes = 5e6 }, { bytes = 0, created_by = "RUN true" }, { bytes = 7e6, created_by = "RUN " .. ("x"):rep(99) },
      { bytes = 1200, created_by = "COPY a b" }, { bytes = 100, created_by = "COPY c d" },
      { bytes = 50, created_by = "COPY e f" },
    }
    assert.equal(("  layers     7.0 MB RUN %s… · 5.0 MB · 1.2 kB COPY a b · 2 more, 150 B\n"):format(("x"):rep(19)),
      display.output())
  end)

  it("does not speak of every layer of a push", function()
    local display = displays.open("lines")
    display.ui:phase("push"):layer{ layer = "0123456789ab", state = "exists" }
    assert.equal("", display.output())
  end)

  it("tells a step that was stopped from one that failed", function()
    local display = displays.open("lines")
    display.ui:phase("build"):build_step{
      id = "a", name = "RUN a", index = 1, total = 2, state = "error",
      message = "executor failed running [a]: context canceled",
    }
    assert.equal("  build      [1/2] RUN a                             stopped\n", display.output())
  end)
end)
