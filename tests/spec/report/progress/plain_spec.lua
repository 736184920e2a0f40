--- --progress plain: every line of a build, with its step and its seconds.
local displays = require("tests.lib.display")

describe("os2.report.progress.plain", function()
  it("writes steps and their output as docker buildx does", function()
    local display = displays.open("plain")
    displays.build(display)
    assert.equal([[
#1 [internal] load metadata
#1 DONE 0.2s
#2 [1/3] FROM x
#2 CACHED
#3 [b 2/3] RUN make
#3 0.123   indented	text
#3 2.000 untimed
#3 DONE 2.0s
#4 [3/3] RUN false
#4 ERROR: exit code: 1
]], display.output())
  end)

  it("names a step that is cached before it was said to begin", function()
    local display = displays.open("plain")
    local phase = display.ui:phase("build")
    phase:build_step{ id = "a", name = "COPY . .", index = 2, total = 2, state = "cached" }
    assert.equal("#1 [2/2] COPY . .\n#1 CACHED\n", display.output())
  end)

  it("names the layers that moved and those that did not, and all sizes", function()
    local display = displays.open("plain")
    display.ui:layers{ { bytes = 5e6 }, { bytes = 0, created_by = "RUN true" },
      { bytes = 1200, created_by = "COPY . ." } }
    local phase = display.ui:phase("push")
    phase:layer{ layer = "0123456789ab", state = "exists" }
    phase:layer{ layer = "123456789abc", state = "pushed", created_by = "COPY . ." }
    assert.equal([[
  layer      5.0 MB
  layer      0 B RUN true
  layer      1.2 kB COPY . .
  push       0123456789ab is in the registry already
  push       123456789abc pushed, COPY . .
]], display.output())
  end)

  it("lets no output steer the terminal, break a line or tell a secret", function()
    local display = displays.open("plain")
    local phase = display.ui:phase("build")
    phase:log{ step = "a", text = "a\27[31mb\27]0;x\7c\nd", seconds = 0 }
    assert.equal("#1 0.000 ab ]0;x c d\n", display.output())
  end)

  it("tells a step that was stopped from one that failed", function()
    local display = displays.open("plain")
    display.ui:phase("build"):build_step{
      id = "a", name = "RUN a", index = 1, total = 2, state = "error",
      message = "executor failed running [a]: context canceled",
    }
    assert.equal("#1 [1/2] RUN a\n#1 CANCELED\n", display.output())
  end)
end)
